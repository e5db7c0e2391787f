// SPDX-License-Identifier: GPL-2.0-only
// Points that were not run, and what they gave way to.
#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <map>

#include "harness/model/duration.h"
#include "harness/report/parts.h"
#include "harness/report/words.h"

namespace tagtrap {

std::string closed_text(const Digest &all)
{
	constexpr std::string_view mark = "group: ";
	std::map<std::string, size_t> groups;
	for (const auto &row : all.rows)
		if (row.end->verdict.kind == VerdictKind::skip &&
		    row.end->verdict.reason.starts_with(mark))
			groups[row.end->group]++;
	if (groups.empty())
		return {};
	size_t points = 0;
	for (const auto &[group, count] : groups)
		points += count;
	auto out = item("Closed",
			fmt::format("{} after hangs, {} of them skipped "
				    "(--every-point tries them):",
				    counted(groups.size(), "group"), counted(points, "point")));
	for (const auto &[group, count] : groups)
		out += item("", fmt::format("{} ({})", group, count), 3);
	return out;
}

std::string time_limit_text(const Json &run, const Digest &all)
{
	const auto &limit = value_at(run, {"plan", "max_time_s"});
	if (!limit.is_number_integer())
		return {};
	const auto late = static_cast<size_t>(std::ranges::count_if(all.rows, [](const Row &row) {
		return row.end->verdict.kind == VerdictKind::skip &&
		       row.end->verdict.reason.starts_with(out_of_time);
	}));
	return item("Time limit",
		    fmt::format("{} (--max-time): {} left out, what tells most came first",
				to_string(std::chrono::seconds(limit.get<int64_t>())),
				late == 0
					? "no point was"
					: counted(late, "point") + (late == 1 ? " was" : " were")));
}

} // namespace tagtrap
