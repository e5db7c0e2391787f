// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/judge_parts.h"
#include "harness/model/row.h"

namespace tagtrap::judging {

bool absent(const Matter &matter)
{
	const Observation &seen = matter.seen;
	const rows::Row *const row = matter.point.call->row;
	if (row == nullptr || complains(seen))
		return false;
	if (seen.end == End::setup_failed)
		return rows::says_absent(*row, -seen.failure.error);
	return seen.end == End::returned && matter.point.stand == Stand::good &&
	       rows::says_absent(*row, seen.result) && !matter.signalled();
}

} // namespace tagtrap::judging
