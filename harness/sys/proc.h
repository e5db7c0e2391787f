// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace tagtrap::sys {

/// One task as /proc/PID/task/TID/stat and status show it. Ticks are USER_HZ (1/100 s).
struct TaskStat {
	pid_t tid = 0;
	std::string name = {};
	char state = '?';
	uint64_t minor_faults = 0;
	uint64_t user_ticks = 0;
	uint64_t system_ticks = 0;
	uint64_t voluntary_switches = 0;
};

/// Whole file, or empty if it cannot be read. For /proc and /sys: bounded to 64 KiB.
std::string slurp(const std::string &path);

/// Writes `text` to an existing file in one write(2). False if that fails.
bool spew(const std::string &path, const std::string &text);

/// Every task of a process (io-wq workers of kernels since 5.12 are among them). Empty: it is gone.
std::vector<TaskStat> tasks(pid_t process);

/// Kernel threads that may work for an io_uring of another task (io-wq before 5.12).
std::vector<TaskStat> uring_kernel_threads();

/// Fields of a stat line; false if it is none. For tests, too.
bool parse_stat(const std::string &line, TaskStat &task);

/// Number behind "KEY:" in a status-like file, 0 if it is not there.
uint64_t status_field(const std::string &text, const std::string &key);

/// CLOCK_MONOTONIC.
uint64_t now_ns();

} // namespace tagtrap::sys
