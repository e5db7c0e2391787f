// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sweep/compare.h"

#include <fmt/format.h>

namespace tagtrap::sweep {

namespace {

using Counts = std::map<uint32_t, uint64_t>;

/// Those that no copy may come to, whatever it moved.
Counts refused(const Counts &missing, const Limits &limits)
{
	Counts found;
	for (const auto &[number, cases] : missing) {
		const bool one_byte = limits.single && (number + 1) % limits.unit == 0;
		if (!limits.allow(number, one_byte ? 1 : 0))
			found[number] = cases;
	}
	return found;
}

Counts above(const Counts &counts, uint32_t most)
{
	return {counts.upper_bound(most), counts.end()};
}

uint32_t largest(const Counts &counts)
{
	return counts.empty() ? 0 : counts.rbegin()->first;
}

std::string joined(const std::string &left, const std::string &right)
{
	return left.empty() || right.empty() ? left + right : left + ", " + right;
}

std::string wider(const Tally &seen, const Limits &limits)
{
	std::string text;
	if (const auto more = refused(seen.missing, limits); !more.empty())
		text = numbers(more) + " short";
	if (const auto more = above(seen.beyond, limits.beyond); !more.empty())
		text = joined(text, numbers(more) + " beyond");
	return text;
}

std::string narrower(const Tally &seen, const Limits &limits)
{
	std::string text;
	if (const auto most = largest(seen.missing); most < limits.most)
		text = most == 0 ? "0 short" : fmt::format("at most {} short", most);
	if (const auto most = largest(seen.beyond); most < limits.beyond)
		text = joined(text,
			      most == 0 ? "0 beyond" : fmt::format("at most {} beyond", most));
	return text;
}

/// What has no distance: calls that did more than they may, or else than they should.
std::string compare_whole(const Tally &seen)
{
	uint64_t more = 0;
	for (const Wrong why : {Wrong::past_fault, Wrong::touched, Wrong::beyond})
		if (const auto at = seen.wrong.find(why); at != seen.wrong.end())
			more += at->second;
	if (more != 0)
		return fmt::format("wider: {} calls", more);
	if (seen.wrong_cases() != 0)
		return fmt::format("differs: {} calls", seen.wrong_cases());
	return "agrees";
}

} // namespace

std::string compare(const Tally &seen, const Limits &limits)
{
	if (seen.faults == 0)
		return "-";
	switch (limits.says) {
	case Says::open:
		return largest(seen.missing) == 0 && seen.beyond.empty() ? "left open: is exact"
									 : "left open";
	case Says::whole:
	case Says::succeeds:
		return compare_whole(seen);
	case Says::stops:
		break;
	}
	if (const auto more = wider(seen, limits); !more.empty())
		return "wider: " + more;
	const auto less = narrower(seen, limits);
	return less.empty() ? "agrees" : "narrower: " + less;
}

} // namespace tagtrap::sweep
