// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tagtrap::sys {

/// A program to run. `argv[0]` is looked up in PATH.
struct Command {
	std::vector<std::string> argv;
	std::string directory = {};                ///< working directory; empty: ours
	std::vector<std::string> environment = {}; ///< NAME=VALUE, on top of ours
	/// File that stdout and stderr are appended to; empty: both are captured.
	std::string log = {};
	bool inherit = false; ///< leave stdout and stderr as they are (progress on a terminal)
};

/// How a program ended: its exit status, or 128 + the signal that ended it.
struct Finished {
	int status = 0;
	std::string out = {};
	std::string err = {};
};

/// A program that ended with a status other than 0. what() names it and quotes its last words.
struct CommandFailed : std::runtime_error {
	CommandFailed(const Command &command, Finished how);
	Finished finished;
};

/// Runs the program and waits. Throws std::system_error when it cannot be started.
Finished run(const Command &command);

/// Runs the program; throws CommandFailed when it fails, else returns its standard output.
std::string output_of(const Command &command);

/// Replaces this process. Throws std::system_error when that fails.
[[noreturn]] void become(const std::vector<std::string> &argv);

/// Whether `name` is an executable in PATH (or a path that is executable).
bool on_path(std::string_view name);

/// The words as a line that can be pasted into a shell.
std::string shell_line(const std::vector<std::string> &argv);

/// The last `count` lines of `text` that are not blank.
std::string last_lines(std::string_view text, int count);

} // namespace tagtrap::sys
