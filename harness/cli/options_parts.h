// SPDX-License-Identifier: GPL-2.0-only
// What the two files that read command lines share.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "harness/cli/options.h"

namespace CLI {
class App;
}

namespace tagtrap {

/// A command line that makes no sense; what() is the line for the user.
struct UsageError : std::invalid_argument {
	using std::invalid_argument::invalid_argument;
};

/// The number above 0 and up to `most` that `word`, the value of the option `name`, is. Throws
/// UsageError.
double positive_number(const std::string &name, const std::string &word, int most = 1000);

/// --kernel, --native and what else says on which kernel and machine of ours.
void add_where(CLI::App &app, Options &options);
/// --on and what goes with it: a machine that is reached.
void add_board(CLI::App &app, Options &options);

/// What is left when all options are read: TEST-SPECs, directories, a cause, or too much. Throws
/// UsageError.
void take_rest(Options &options, std::vector<std::string> rest);

/// Options that exclude each other, or lack one another. Throws UsageError.
void check_together(const Options &options, const std::vector<std::string> &words);

} // namespace tagtrap
