// SPDX-License-Identifier: GPL-2.0-only
#include <cerrno>

#include "harness/model/judge_parts.h"
#include "harness/model/row.h"

namespace tagtrap::judging {

bool left_no_trace(const Matter &matter)
{
	const Observation &seen = matter.seen;
	const bool signals = matter.signalled() && (!matter.forced() || matter.control());
	return seen.end == End::returned && !complains(seen) && !signals && !seen.around_changed &&
	       !seen.granule_changed && !seen.behind_changed && !seen.buffer_changed &&
	       seen.tags_kept && seen.mode_kept && seen.mask_kept && seen.dispositions_kept &&
	       seen.open_before == seen.open_after && seen.lowest_before == seen.lowest_after;
}

bool absent(const Matter &matter)
{
	const Observation &seen = matter.seen;
	const rows::Row *const row = matter.point.call->row;
	if (row == nullptr || complains(seen))
		return false;
	if (seen.end == End::setup_failed) { // or it is not for this user to make
		const int error = seen.failure.error;
		return rows::not_built_in(-error) || error == EACCES || error == EPERM;
	}
	return matter.point.stand == Stand::good && rows::says_absent(*row, seen.result) &&
	       left_no_trace(matter);
}

} // namespace tagtrap::judging
