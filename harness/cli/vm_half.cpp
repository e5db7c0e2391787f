// SPDX-License-Identifier: GPL-2.0-only
// Does a machine without tags judge the half that needs none?
#include "harness/cli/vm_half.h"

#include <fmt/format.h>

#include "harness/model/point.h"
#include "harness/model/sweep.h"
#include "harness/report/rest.h"

namespace tagtrap {

namespace {

/// The first point that did not end as one of its kind has to; empty: all did.
std::string odd_one(const Journal &journal, bool page)
{
	size_t met = 0;
	for (const auto &end : journal.ends) {
		const auto point = known_point(end.id);
		if (!point || (page ? !breaks_page(point->stand) : point->stand != Stand::bad))
			continue;
		++met;
		const auto &verdict = end.verdict;
		const bool absent = verdict.kind == VerdictKind::skip &&
				    (point->stand >= Stand::eof || verdict.reason == "no-mte");
		if (page ? verdict.kind != VerdictKind::pass && !absent : !absent)
			return fmt::format("{}: {} {}", end.id, to_string(verdict.kind),
					   verdict.reason);
	}
	return met == 0 ? "no run has such a point" : "";
}

} // namespace

std::vector<std::string> half_words()
{
	return {"--cmdline=arm64.nomte", "read/tmpfs/*", "write/tmpfs/*", "write/pipe/*",
		"read/ext4/*"};
}

std::vector<VmCheck> check_half(const StoredRun &run)
{
	return {checked("without MTE the run says which half it is",
			ordinary_half(run.journal) ? "" : "it does not"),
		checked("without MTE page faults are judged", odd_one(run.journal, true)),
		checked("without MTE bad granules are left out", odd_one(run.journal, false))};
}

} // namespace tagtrap
