// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>

#include "harness/cli/options.h"

namespace tagtrap {

/// What is said before a run on a machine that is not ours to lose: what will be done, and what may
/// happen. `machine` names it, `out` is where results go. Pure.
std::string first_screen(const Options &options, const std::string &machine, size_t points,
			 const std::string &out);

/// Prints it and asks, where somebody is there to answer (both standard input and standard error
/// are a terminal) and --yes was not said. Throws sys::Problem when the answer is no.
void ask_first(const Options &options, const std::string &machine, size_t points,
	       const std::string &out);

/// Whether `answer` means yes: y or yes. Pure.
bool means_yes(std::string answer);

} // namespace tagtrap
