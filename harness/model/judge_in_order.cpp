// SPDX-License-Identifier: GPL-2.0-only
#include <csignal>
#include <fmt/format.h>

#include "harness/model/case.h"
#include "harness/model/record.h"

namespace tagtrap {

namespace {

void note_signal(const Point &point, const Observation &seen, Terms &terms)
{
	if (terms.run_signal != 0)
		return;
	int number = 0;
	if (seen.end == End::killed)
		number = seen.death_signal;
	else if (seen.signal_count > 0)
		number = seen.signals[0].number;
	if (number != SIGSEGV && number != SIGBUS)
		return;
	const auto expected = expect(point, terms.kernel);
	if (expected.checked && expected.sub_page)
		terms.run_signal = number;
}

/// Where a control fails, what the same call does there with a bad granule means nothing.
void heed_controls(const Point &point, Verdict &verdict, Terms &terms)
{
	const std::string ground = fmt::format("{}/{}", point.call->name, point.place->name);
	if (is_control(point)) {
		// The kernel may complain of a call that works.
		const bool works =
			verdict.kind == VerdictKind::pass || verdict.rules == std::vector{Rule::p8};
		if (!works)
			terms.broken.insert(ground);
	} else if (terms.broken.contains(ground)) {
		verdict.reason =
			fmt::format("a control of this call and place fails: {}", verdict.reason);
		verdict.kind = VerdictKind::broken;
		verdict.rules.clear();
	}
}

} // namespace

Verdict judge_in_order(const Point &point, const Observation &seen, Terms &terms)
{
	auto verdict = judge(point, seen, terms);
	note_signal(point, seen, terms);
	heed_controls(point, verdict, terms);
	return verdict;
}

} // namespace tagtrap
