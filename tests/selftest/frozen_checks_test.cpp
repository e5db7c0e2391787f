// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "harness/cli/frozen_checks.h"

using namespace tagtrap;

namespace {

const Verdicts quiet_run = {
	{"a", "PASS"}, {"b", "PASS"}, {"hang", "LIVELOCK P1 M5"}, {"left", "SKIP"}};

FrozenTally with(const std::string &id, const std::string &verdict)
{
	Verdicts seen = quiet_run;
	seen[id] = verdict;
	return compare_frozen(quiet_run, seen);
}

bool passed(const FrozenTally &tally)
{
	return std::ranges::all_of(check_frozen("stopped", tally), [](const VmCheck &check) {
		return check.result == VmCheck::Result::passed;
	});
}

} // namespace

TEST_CASE("a run that shows what the quiet_run one shows may stand")
{
	const auto tally = compare_frozen(quiet_run, quiet_run);
	CHECK(tally.good == 2);
	CHECK(passed(tally));
}

TEST_CASE("each way in which a machine that stands still may bend a verdict is told")
{
	for (const auto &[id, verdict] : {std::pair("a", "LIVELOCK P1 M5"),
					  {"a", "DEADLOCK P1 M5"},
					  {"a", "FAIL P5"},
					  {"a", "FAIL P6"},
					  {"a", "DEADLOCK P2 P1"},
					  {"a", "SKIP"},
					  {"hang", "PASS"},
					  {"hang", "BROKEN"},
					  {"hang", "DEADLOCK P1 M5"},
					  {"hang", "LIVELOCK P2 P1 M5"},
					  {"left", "PASS"}}) {
		INFO(id << " " << verdict);
		const auto tally = with(id, verdict);
		REQUIRE(tally.wrong.size() == 1);
		CHECK(tally.wrong[0].starts_with(id));
		CHECK_FALSE(passed(tally));
	}
	Verdicts fewer = quiet_run;
	fewer.erase("a");
	CHECK_FALSE(passed(compare_frozen(quiet_run, fewer)));
}

TEST_CASE("one good point in a hundred may be BROKEN, not more")
{
	CHECK_FALSE(passed(with("a", "BROKEN")));
	FrozenTally many = {.good = 100, .broken = 1};
	CHECK(passed(many));
	many += FrozenTally{.good = 90, .broken = 1};
	CHECK_FALSE(passed(many));
}
