// SPDX-License-Identifier: GPL-2.0-only
// Was memory ever in the states that the plan speaks of?
#include "harness/cli/vm_memory.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "harness/model/memory.h"
#include "harness/model/point.h"

namespace tagtrap {

namespace {

/// QEMU's processor has no protection keys.
constexpr std::array stands_in_qemu = {Stand::eof, Stand::gcs, Stand::pfn};

/// Why nobody saw a point whose variant ends like this, by what its last SKIP says; empty: it was
/// seen, and where it is `raced`, the second thread was at work during the call.
std::string unseen(std::span<const StoredRun> runs, const std::string &variant, bool raced = false)
{
	std::string why = "no run has such a point";
	for (const auto &run : runs) {
		for (const auto &end : run.journal.ends) {
			if (end.id.find(variant + "/sync/") == std::string::npos)
				continue;
			const bool seen = end.seen.end == End::returned;
			if (seen && (!raced || end.seen.race_steps > 0))
				return "";
			why = seen ? end.id + ": the second thread did nothing during the call"
				   : fmt::format("{}: {} {}", end.id, to_string(end.verdict.kind),
						 end.verdict.reason);
		}
	}
	return why;
}

} // namespace

std::vector<std::string> memory_specs()
{
	std::vector<std::string> specs = {"read/tmpfs/*+mem-*", "write/tmpfs/*+mem-*",
					  "read/pipe/mem-*", "write/pipe/mem-*"};
	for (const auto stand : stands_in_qemu)
		specs.push_back(fmt::format("read/ext4/cached+direct+{}/*", to_string(stand)));
	return specs;
}

std::vector<VmCheck> check_reached(std::span<const StoredRun> runs)
{
	std::vector<VmCheck> checks;
	for (const auto &row : memory_rows())
		for (const std::string_view tail : {"", "+good"}) {
			if (row.holes == Holes::all && tail.empty())
				continue;
			checks.push_back(checked(
				fmt::format("memory is {}{}", row.name,
					    tail.empty() ? ", a bad granule" : ""),
				unseen(runs, fmt::format("+mem-{}{}", row.name, tail), row.raced)));
		}
	for (const auto stand : stands_in_qemu)
		checks.push_back(checked(fmt::format("a page is {}", to_string(stand)),
					 unseen(runs, fmt::format("+{}", to_string(stand)))));
	return checks;
}

} // namespace tagtrap
