// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

#include "harness/sys/owned.h"

namespace tagtrap {

/// SIGKILL to a process and its group, and reap it.
void end_child(pid_t process);

/// A program at work for a test, as somebody started it from a terminal of his own. It does not
/// outlive us.
struct Child {
	sys::Owned<pid_t, end_child, -1> process; ///< leads a process group
	std::filesystem::path scratch;            ///< its TMPDIR
	std::filesystem::path log;                ///< standard output and error, appended to
	std::string mark; ///< in the environment of all that it starts, to find them by
};

/// Starts the program argv[0]. `name` tells its log and TMPDIR, below `base`, from those of others.
/// Throws std::system_error.
Child start_child(const std::vector<std::string> &argv, const std::filesystem::path &base,
		  const std::string &name);

/// Sends `signal` to the child's process group, as a terminal does.
void disturb(const Child &child, int signal);

/// Whether it still runs.
bool running(Child &child);

/// Waits for its end: its exit status, or 128 + the signal that ended it. One that is there after
/// `limit` is killed; throws sys::Problem that quotes its last words.
int wait_for(Child &child, std::chrono::seconds limit);

/// QEMU's process, -1 if none of it runs.
pid_t qemu_of(const Child &child);

/// What is left of a child that has ended: processes (after some seconds of grace) and files in its
/// TMPDIR. One line each; none if all is well.
std::vector<std::string> left_behind(const Child &child);

} // namespace tagtrap
