// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <sys/types.h>

#include "fixtures/vm/run.h"

namespace tagtrap {

/// A run, and what its disturber has to know of it. The run's thread writes, under the lock.
struct FrozenRun {
	vm::VmRun run;
	std::set<std::string, std::less<>> hangs; ///< points that hang
	std::mutex lock = {};
	std::chrono::steady_clock::time_point heard = {}; ///< the last line of the journal
	bool in_hand = false; ///< a block with one of the hangs was begun last
	size_t begun = 0;     ///< blocks
	pid_t process = -1;   ///< QEMU's
	bool over = false;
};

/// Has the run tell its disturber what it does; `slow`: all its disks get a few kB/s from the
/// start of the plan on.
void follow_run(FrozenRun &run, bool slow);

/// Stops QEMU in a good call and in a watch, for each of `times`. For the disturber's thread.
void stop_now_and_then(FrozenRun &run, std::span<const std::chrono::seconds> times);

/// Lets QEMU run 10 ms of each 100 until the run is over. For the disturber's thread.
void run_now_and_then(FrozenRun &run);

} // namespace tagtrap
