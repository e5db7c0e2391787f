// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "harness/cli/chaos_checks.h"

namespace tagtrap {

Verdicts verdicts_on_board(const Journal &journal);

struct BoardDifferences {
	std::string odd;    ///< the last point that is not as it was; empty: there is none
	size_t crashed = 0; ///< points that are CRASH now
};

/// A run on a board that was restarted, against one that was not. A point that is CRASH is counted,
/// and BROKEN is what such a point is the control of. Pure.
BoardDifferences differences_on_board(const Verdicts &undisturbed, const Journal &disturbed);

/// Lines of a file that have `word`; 0 if there is none.
size_t lines_with(const std::filesystem::path &file, std::string_view word);

/// A point with more than one `end` in this journal; empty if there is none.
std::string doubled_in(const std::filesystem::path &journal);

} // namespace tagtrap
