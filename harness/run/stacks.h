// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace tagtrap {

/// /proc/TASK/stack of a task in the state that /proc shows. One that sleeps is looked at as it is.
/// That of one that may be running is whole only while it is not, so a sampler child that shares
/// one CPU with the task looks at it just after it was preempted. Takes `bound_ms` at most, also
/// when the task never lets the sampler run. The deepest of several looks; empty when stacks may
/// not be read. All looks are added to `glimpses`, if it is there. Parent only. The task may run on
/// every CPU again afterwards.
std::string stack_of(pid_t task, char state, int bound_ms,
		     std::vector<std::string> *glimpses = nullptr);

} // namespace tagtrap
