// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

#include "harness/model/record.h"
#include "harness/report/cause.h"

namespace tagtrap {

/// What one id came to in two runs. A side without the point is null.
struct PointChange {
	const StoredEnd *before = nullptr, *after = nullptr;
};

/// A cause in two runs. A side without it is null.
struct CauseChange {
	const Cause *before = nullptr, *after = nullptr;
};

/// Two settled runs side by side. All pointers are into the journals and `digests`, which have to
/// outlive it.
struct Comparison {
	/// Ways in which the runs are not alike: emulator, plan, suite, contract, kernel. One line
	/// each: "QEMU: 10.0.2, now 11.1.3".
	std::vector<std::string> unlike;
	std::vector<Cause> causes_before, causes_after;
	std::vector<CauseChange> fresh, gone, changed; ///< causes
	/// Causes of the first run of which the second one judged no point: nobody can tell.
	std::vector<CauseChange> untold;
	std::vector<PointChange> worse;   ///< points that violate now, or are BROKEN, and were not
	std::vector<PointChange> better;  ///< points that violated or were BROKEN, and passed now
	std::vector<PointChange> other;   ///< another verdict, neither better nor worse
	std::vector<PointChange> results; ///< the same verdict, but another result or signal
	size_t same = 0, only_before = 0, only_after = 0; ///< points
	size_t judged_in_both = 0;
};

/// Compares `after` with `before`. Known issues make no difference: a violation that is expected
/// and was not there before is worse all the same. Pure.
Comparison compare(const Digest &before, const Digest &after);

/// For people: what is unlike first, then causes, then points.
std::string comparison_text(const Comparison &all);

/// 1 when something got worse, 77 when no point was judged in both, else 0.
int comparison_status(const Comparison &all);

} // namespace tagtrap
