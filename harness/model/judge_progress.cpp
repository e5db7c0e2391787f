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

void judge_progress(const Matter &matter, Findings &found)
{
	const Hang &hang = matter.seen.hang;
	if (hang.others_measured && hang.others_progress == 0)
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
