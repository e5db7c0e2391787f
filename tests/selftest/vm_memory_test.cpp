// SPDX-License-Identifier: GPL-2.0-only
// Whether memory was in each state: told from runs that are made up.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "harness/cli/vm_memory.h"
#include "harness/model/memory.h"

namespace tagtrap {

namespace {

StoredEnd end_of_point(const std::string &variant, bool seen)
{
	StoredEnd end;
	end.id = "read/tmpfs/cached+" + variant + "/sync/16384@0/handler";
	end.seen.end = seen ? End::returned : End::none;
	end.seen.race_steps = 1;
	end.verdict.kind = seen ? VerdictKind::pass : VerdictKind::skip;
	end.verdict.reason = seen ? "" : "this machine has no swap";
	return end;
}

StoredRun run_with(std::string_view without)
{
	StoredRun run;
	const auto add = [&](const std::string &variant) {
		run.journal.ends.push_back(end_of_point(variant, variant != without));
	};
	for (const auto &row : memory_rows()) {
		add("mem-" + std::string(row.name));
		add("mem-" + std::string(row.name) + "+good");
	}
	add("eof");
	add("gcs");
	add("pfn");
	return run;
}

std::vector<std::string> failed(std::span<const StoredRun> runs)
{
	std::vector<std::string> names;
	for (const auto &check : check_reached(runs))
		if (check.result == VmCheck::Result::failed)
			names.push_back(check.name + ": " + check.wrong);
	return names;
}

/// Of each state with right tags and with a bad granule, where there are points of both.
size_t all_checks()
{
	const auto half = std::ranges::count(memory_rows(), Holes::all, &MemoryRow::holes);
	return 2 * memory_rows().size() - static_cast<size_t>(half) + 3;
}

} // namespace

TEST_CASE("a state that no kernel reaches fails, one that some kernel reaches does not")
{
	const std::vector<StoredRun> both = {run_with("mem-swapped+good"), run_with("gcs")};
	CHECK(failed(both).empty());
	CHECK(check_reached(both).size() == all_checks());
	const std::vector<StoredRun> one = {run_with("mem-swapped+good"),
					    run_with("mem-swapped+good")};
	CHECK(failed(one) ==
	      std::vector<std::string>{
		      "memory is swapped: read/tmpfs/cached+mem-swapped+good/sync/16384@0/"
		      "handler: SKIP this machine has no swap"});
	CHECK(failed({}).size() == all_checks());
	const std::vector<StoredRun> no_shadow = {run_with("gcs")};
	CHECK(failed(no_shadow).size() == 1);
	// What is swapped out of shared memory is another state.
	const std::vector<StoredRun> shared = {run_with("mem-shmem")};
	CHECK(failed(shared).size() == 1);
}

TEST_CASE("a race that met no call was not reached")
{
	StoredRun run = run_with("");
	CHECK(failed(std::span(&run, 1)).empty());
	for (auto &end : run.journal.ends)
		end.seen.race_steps = 0;
	CHECK(failed(std::span(&run, 1)).size() == 8); // three rows of two, two of one
	// What was not run has its own reason.
	for (auto &end : run.journal.ends)
		end.seen.end = End::none;
	for (const auto &check : check_reached(std::span(&run, 1)))
		CHECK(check.wrong.find("second thread") == std::string::npos);
}

} // namespace tagtrap
