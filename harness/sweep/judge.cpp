// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sweep/judge.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <stdexcept>

namespace tagtrap::sweep {

namespace {

constexpr std::array<std::string_view, 10> wrong_names = {
	"nothing", "past_fault", "too_short", "incomplete", "beyond",
	"touched", "bytes",      "error",     "hung",       "died"};

/// Whether the destination of what comes whole or not at all can be looked at.
bool delivers(Routine routine)
{
	return routine == Routine::from_user_nofault ||
	       routine == Routine::strncpy_from_user_nofault;
}

Judged judge_whole(const Pass &pass, const Case &one, const Seen &seen, const KernelFacts &facts)
{
	Judged judged;
	judged.faults = one.good < one.length;
	judged.beyond = seen.result < 0 && !seen.done ? seen.changed : 0;
	const bool may_do =
		!judged.faults || limits_of(pass, Class::tiny, facts).says == Says::succeeds;
	const uint32_t reach = seen.done ? one.length : std::min(one.good, one.length);
	if (seen.done && !may_do)
		judged.wrong = Wrong::past_fault;
	else if (seen.changed > reach)
		judged.wrong = Wrong::touched;
	else if (seen.done)
		judged.wrong = delivers(pass.routine) && seen.arrived < one.length ? Wrong::bytes
										   : Wrong::nothing;
	else if (seen.result != -EFAULT)
		judged.wrong = Wrong::error;
	else if (may_do)
		judged.wrong = Wrong::incomplete;
	else if (judged.beyond != 0)
		judged.wrong = Wrong::beyond;
	return judged;
}

Wrong judge_distance(const Pass &pass, const Case &one, const Judged &judged, uint32_t done,
		     const KernelFacts &facts)
{
	if (!suite_allows(pass, judged.missing, facts))
		return Wrong::too_short;
	const Limits limits = limits_of(pass, class_of(pass, one, facts.page_size), facts);
	if (limits.says == Says::open)
		return Wrong::nothing;
	const uint32_t start = chunk_of(pass.routine, one, facts.page_size).start;
	if (!limits.allow(judged.missing, done - std::min(done, start)))
		return Wrong::too_short;
	return judged.beyond > limits.beyond ? Wrong::beyond : Wrong::nothing;
}

/// What came is what was stored: the call only says whether it is all.
Judged judge_silent(const Pass &pass, const Case &one, const Seen &seen, const KernelFacts &facts)
{
	Judged judged;
	judged.faults = one.good < one.length;
	const uint32_t reach = std::min(one.good, one.length);
	judged.missing = reach - std::min(seen.arrived, reach);
	if (seen.result != 0 && seen.result != -EFAULT)
		judged.wrong = Wrong::error;
	else if (seen.changed > reach)
		judged.wrong = Wrong::touched;
	else if (seen.done && judged.faults)
		judged.wrong = Wrong::past_fault;
	else if (seen.arrived < seen.changed || (seen.done && judged.missing != 0))
		judged.wrong = Wrong::bytes;
	else if (!judged.faults)
		judged.wrong = seen.done ? Wrong::nothing : Wrong::incomplete;
	else
		judged.wrong = judge_distance(pass, one, judged, seen.arrived, facts);
	return judged;
}

Judged judge_counted(const Pass &pass, const Case &one, const Seen &seen, const KernelFacts &facts)
{
	Judged judged;
	judged.faults = one.good < one.length;
	if (seen.result < 0 && seen.result != -EFAULT) {
		judged.wrong = Wrong::error;
		return judged;
	}
	const uint32_t done =
		static_cast<uint32_t>(std::clamp<int64_t>(seen.result, 0, UINT32_MAX));
	const uint32_t reach = std::min(one.good, one.length);
	judged.missing = reach - std::min(done, reach);
	judged.beyond = seen.changed - std::min(done, seen.changed);
	if (done > reach)
		judged.wrong = Wrong::past_fault;
	else if (seen.changed > reach)
		judged.wrong = Wrong::touched;
	else if (seen.arrived < done)
		judged.wrong = Wrong::bytes;
	else if (!judged.faults)
		judged.wrong = done == one.length ? Wrong::nothing : Wrong::incomplete;
	else
		judged.wrong = judge_distance(pass, one, judged, done, facts);
	return judged;
}

} // namespace

std::string_view to_string(Wrong wrong)
{
	return wrong_names[static_cast<size_t>(wrong)];
}

Wrong parse_wrong(std::string_view text)
{
	const auto *const at = std::ranges::find(wrong_names, text);
	if (at == wrong_names.end())
		throw std::invalid_argument(fmt::format("no way of being wrong: {}", text));
	return static_cast<Wrong>(at - wrong_names.begin());
}

Judged judge(const Pass &pass, const Case &one, const Seen &seen, const KernelFacts &facts)
{
	if (seen.end != End::returned)
		return {.wrong = seen.end == End::hung ? Wrong::hung : Wrong::died,
			.faults = one.good < one.length};
	switch (trait(pass.routine).shape) {
	case Shape::counted:
		return judge_counted(pass, one, seen, facts);
	case Shape::silent:
		return judge_silent(pass, one, seen, facts);
	default:
		return judge_whole(pass, one, seen, facts);
	}
}

std::string describe(const Case &one, const Seen &seen)
{
	return fmt::format("length {}, user +{}, kernel +{}, fault at {}: {}, {} arrived, "
			   "changed up to {}{}",
			   one.length, one.user, one.kernel, one.good, seen.result, seen.arrived,
			   seen.changed, seen.end == End::returned ? "" : ", did not return");
}

} // namespace tagtrap::sweep
