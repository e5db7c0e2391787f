// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/parts.h"
#include "harness/report/report.h"
#include "harness/report/rerun.h"

namespace tagtrap {

std::string text_report(const Journal &journal)
{
	auto all = digest(journal);
	auto cells = matrix(all);
	std::string out = head_text(all);
	out += rerun_text(journal);
	out += causes_text(all);
	out += known_passed_text(all);
	out += broken_text(all);
	if (!all.rows.empty())
		out += matrix_text(all, cells);
	out += unchecked_text(all);
	out += skipped_text(all);
	out += signals_text(all);
	out += totals_text(all);
	return out + details_text(all, cells);
}

} // namespace tagtrap
