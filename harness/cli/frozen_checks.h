// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

#include "harness/cli/chaos_checks.h"

namespace tagtrap {

/// What became of the points of runs on a machine that stood still, against a run that nobody
/// disturbed.
struct FrozenTally {
	size_t good = 0;                ///< points that pass undisturbed
	size_t broken = 0;              ///< those of them that are BROKEN
	std::vector<std::string> wrong; ///< "ID: VERDICT, undisturbed VERDICT"

	FrozenTally &operator+=(const FrozenTally &other);
};

/// One run: a hang that is not there any more, or BROKEN; a good point that is any other thing than
/// it was, but for BROKEN; a point that is missing. Pure.
FrozenTally compare_frozen(const Verdicts &undisturbed, const Verdicts &disturbed);

/// Whether runs of one kind may stand: nothing is wrong, at most one good point in a hundred is
/// BROKEN. Pure.
std::vector<VmCheck> check_frozen(const std::string &kind, const FrozenTally &seen);

} // namespace tagtrap
