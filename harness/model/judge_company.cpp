// SPDX-License-Identifier: GPL-2.0-only
// What else the call did: other requests that it served, and what was made after it.
#include <fmt/format.h>

#include "harness/model/judge_parts.h"

namespace tagtrap::judging {

void judge_company(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	if (seen.end == End::returned && seen.siblings_done < seen.siblings_due)
		found.breaks(matter.forced() ? Rule::f4 : Rule::m1,
			     fmt::format("{} of {} other requests of the call were completed",
					 seen.siblings_done, seen.siblings_due));
	if (seen.child_signal != 0)
		found.breaks(matter.forced() ? Rule::f1 : Rule::m1,
			     fmt::format("a child that was made after the call died of {}",
					 signal_text(seen.child_signal)));
	if (seen.image_signal != 0)
		found.breaks(
			matter.forced() ? Rule::f9 : Rule::m1,
			fmt::format("the new image died of {}", signal_text(seen.image_signal)));
}

} // namespace tagtrap::judging
