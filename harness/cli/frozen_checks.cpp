// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/frozen_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tagtrap {

FrozenTally &FrozenTally::operator+=(const FrozenTally &other)
{
	good += other.good;
	broken += other.broken;
	wrong.insert(wrong.end(), other.wrong.begin(), other.wrong.end());
	return *this;
}

FrozenTally compare_frozen(const Verdicts &undisturbed, const Verdicts &disturbed)
{
	FrozenTally tally;
	for (const auto &[id, was] : undisturbed) {
		const auto found = disturbed.find(id);
		const std::string is = found == disturbed.end() ? "missing" : found->second;
		const bool good = was == "PASS";
		tally.good += good ? 1 : 0;
		if (is == was)
			continue;
		if (good && is.starts_with("BROKEN"))
			++tally.broken;
		else
			tally.wrong.push_back(fmt::format("{}: {}, undisturbed {}", id, is, was));
	}
	return tally;
}

std::vector<VmCheck> check_frozen(const std::string &kind, const FrozenTally &seen)
{
	return {checked(kind + ": no verdict is another one than undisturbed",
			fmt::format("{}", fmt::join(seen.wrong, "; "))),
		checked(kind + ": at most one good point in a hundred is BROKEN",
			100 * seen.broken <= seen.good
				? ""
				: fmt::format("{} of {}", seen.broken, seen.good))};
}

} // namespace tagtrap
