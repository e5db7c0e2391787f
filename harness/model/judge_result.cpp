// SPDX-License-Identifier: GPL-2.0-only
// What the call reported: P3, P7, and the rules of both contracts about results.
#include <cerrno>
#include <fmt/format.h>

#include "harness/model/judge_parts.h"
#include "harness/model/sweep.h"

namespace tagtrap::judging {

namespace {

/// Everything should have moved.
void judge_full(const Matter &matter, Findings &found)
{
	const int64_t result = matter.seen.result;
	if (result == matter.demand.full)
		return;
	if (matter.forced() && matter.seen.pending_before) {
		found.breaks(Rule::f7, "a SIGSEGV that was sent, blocked and pending, stopped it");
		return;
	}
	found.breaks(result_rule(matter));
	if (matter.demand.ground == Ground::by_path && matter.forced())
		found.breaks(Rule::f6);
}

/// The access was declared checked and came through.
void judge_unchecked(const Matter &matter, Findings &found)
{
	if (matter.excused()) {
		found.note(fmt::format("unchecked: {}", matter.demand.promise.may_be_unchecked));
		return;
	}
	if (matter.point.tco)
		found.breaks(Rule::p7, "PSTATE.TCO of the caller is set");
	if (!matter.forced())
		return; // best effort: judge() tells whether that is all there is to say
	found.breaks(Rule::f1, "completed unchecked");
	if (matter.demand.ground == Ground::worker)
		found.breaks(Rule::f9, "EFAULT or a short count is due");
}

/// A fault should have stopped it, or may have.
void judge_stopped(const Matter &matter, Findings &found)
{
	const Demand &wanted = matter.demand;
	const int64_t result = matter.seen.result;
	if (wanted.allows(result))
		return;
	if (wanted.promise.kind == PromiseKind::ignored || has_holes(matter.point))
		found.breaks(result_rule(matter));
	else if (result > wanted.good)
		found.breaks(Rule::p3,
			     fmt::format("{} bytes past the fault", result - wanted.good));
	else if (result > wanted.most)
		found.breaks(Rule::p3, "it moved a part");
	else if (result > 0)
		found.breaks(Rule::p3,
			     fmt::format("{} bytes short of the promise", wanted.least - result));
	else if (result == -EFAULT)
		found.breaks(Rule::p3,
			     fmt::format("nothing moved, {} bytes were promised", wanted.least));
	else
		found.breaks(result_rule(matter));
}

} // namespace

void judge_result(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	if (matter.stored_nothing())
		found.breaks(Rule::p3, "success, and nothing was stored");
	else if (matter.completed())
		judge_unchecked(matter, found);
	else if (matter.demand.stops() || has_holes(matter.point))
		judge_stopped(matter, found);
	else
		judge_full(matter, found);

	if (matter.point.call->shape.uring && seen.submit_result < 0)
		found.breaks(
			matter.forced() ? Rule::f3 : Rule::m1,
			fmt::format("io_uring_enter returned {}", result_text(seen.submit_result)));
	if (matter.forced() && seen.entries > 1)
		found.breaks(Rule::f3, fmt::format("the call was entered {} times", seen.entries));
}

} // namespace tagtrap::judging
