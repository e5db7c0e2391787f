// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <map>
#include <sys/types.h>

#include "harness/model/observation.h"
#include "harness/sys/proc.h"

namespace tagtrap {

using Tasks = std::map<pid_t, sys::TaskStat>;

/// Everything that may work for the caller: its threads, and io-wq of old kernels.
Tasks look_around(pid_t process, bool uring);

/// The task that did most between two looks; `otherwise` where none did anything. Pure.
pid_t busiest_of(const Tasks &first, const Tasks &last, pid_t otherwise);

/// iou-wrk-N and iou-sqp-N; io_wqe_worker-N and io_uring-sq before 5.12. Any other task is a
/// caller.
bool is_uring_thread(const std::string &name);

HangSample sample_of(const sys::TaskStat &task, uint64_t at_ns);

} // namespace tagtrap
