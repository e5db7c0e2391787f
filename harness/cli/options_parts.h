// SPDX-License-Identifier: GPL-2.0-only
// What the two files that read command lines share.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "harness/cli/options.h"

namespace tagtrap {

/// A command line that makes no sense; what() is the line for the user.
struct UsageError : std::invalid_argument {
	using std::invalid_argument::invalid_argument;
};

/// What is left when all options are read: TEST-SPECs, directories, a cause, or too much. Throws
/// UsageError.
void take_rest(Options &options, std::vector<std::string> rest);

/// Options that exclude each other, or lack one another. Throws UsageError.
void check_together(const Options &options, const std::vector<std::string> &words);

} // namespace tagtrap
