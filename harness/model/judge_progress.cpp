// SPDX-License-Identifier: GPL-2.0-only
// P1, P2, P6 and their counterparts F4 and M5: calls that do not end.
#include <fmt/format.h>

#include "harness/model/judge_parts.h"

namespace tagtrap::judging {

bool moved_on(const Hang &hang)
{
	return hang.last.system_ticks > hang.first.system_ticks ||
	       hang.last.minor_faults > hang.first.minor_faults ||
	       hang.last.voluntary_switches > hang.first.voluntary_switches;
}

bool others_starved(const Hang &hang)
{
	// A fiftieth of what it does alone is no share of a processor any more.
	constexpr uint64_t least_share = 50;
	if (!hang.others_measured || hang.others_baseline == 0)
		return false; // nobody gets on there, whatever the call does
	if (hang.others_baseline < 0)
		return hang.others_progress == 0;
	return hang.others_progress < static_cast<uint64_t>(hang.others_baseline) / least_share +
					      (hang.others_progress == 0 ? 1 : 0);
}

namespace {

std::string seconds(uint64_t nanoseconds)
{
	return fmt::format("{:.1f} s", static_cast<double>(nanoseconds) / 1e9);
}

} // namespace

std::string hang_doubt(const Matter &matter)
{
	const Observation &seen = matter.seen;
	const Hang &hang = seen.hang;
	switch (hang.doubt) {
	case Doubt::none:
		break;
	case Doubt::disk:
		return fmt::format("the call waited for a disk that was at work, and did not come "
				   "back in {}: it may be slow",
				   seconds(hang.watched_ns));
	case Doubt::standstill:
		return fmt::format("the machine stood still: in {} it did what it does in {}",
				   seconds(hang.watched_ns), seconds(hang.counted_ns));
	case Doubt::came_back:
		return "the call came back while it was being killed";
	case Doubt::interrupted:
		return "the run was interrupted while the call was watched";
	}
	// A run with a good tag has no other one beside it. Old journals have none at all.
	const bool alone = matter.point.stand == Stand::good && !matter.right_pointer();
	if (alone || !hang.paired)
		return {};
	if (seen.before.made != Made::ended)
		return "the call did not come back, and the same call with a good tag was not seen "
		       "to end right before it";
	switch (seen.after.made) {
	case Made::ended:
	case Made::wanted: // settle() looks
	case Made::impossible:
		return {};
	case Made::no_end:
		return "the call did not come back, nor did the same call with a good tag, on a "
		       "fresh object, afterwards";
	case Made::none:
	case Made::failed:
		break;
	}
	return "the call did not come back, and the same call with a good tag could not be made "
	       "afterwards";
}

void judge_progress(const Matter &matter, Findings &found)
{
	const Hang &hang = matter.seen.hang;
	if (others_starved(hang))
		found.breaks(Rule::p6, "a second task that used the same place meanwhile did not "
				       "get on");
	if (matter.seen.left_behind)
		found.breaks(Rule::p2, "a task of the point survived SIGKILL");
	if (matter.seen.end != End::hung)
		return;
	found.breaks(Rule::p1);
	found.breaks(matter.forced() ? Rule::f4 : Rule::m5);
	if (!hang.killable && !matter.seen.left_behind)
		found.breaks(Rule::p2, "it survived SIGKILL");
}

} // namespace tagtrap::judging
