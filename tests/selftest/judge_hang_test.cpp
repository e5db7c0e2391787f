// SPDX-License-Identifier: GPL-2.0-only
// When a call that does not come back is a hang: not where a good tag does not help, where it was
// not tried, where a disk or the machine stood still.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

namespace {

using Catch::Matchers::ContainsSubstring;

/// A hang as it is seen today: with its good-tag runs.
Scene paired_hang()
{
	Scene at = hangs(read_exact, mainline);
	at.seen.hang.paired = true;
	at.seen.before = {Made::ended, 4096, 1000};
	at.seen.after = {Made::ended, 4096, 1000};
	return at;
}

} // namespace

TEST_CASE("a hang between two good-tag runs that ended is one", "[judge]")
{
	CHECK(judge(paired_hang()).kind == VerdictKind::livelock);
	CHECK(judge(paired_hang()).notes.empty());
}

TEST_CASE("without a good-tag run that ended right before it nothing hangs", "[judge]")
{
	Scene at = paired_hang();
	at.seen.before.made = GENERATE(Made::none, Made::no_end, Made::failed);
	const Verdict verdict = judge(at);
	CHECK(verdict.kind == VerdictKind::broken);
	CHECK(verdict.rules.empty());
	CHECK_THAT(verdict.reason, ContainsSubstring("not seen to end right before it"));
}

TEST_CASE("where a good tag does not help afterwards nothing hangs", "[judge]")
{
	Scene at = paired_hang();
	at.seen.after.made = Made::no_end;
	CHECK(judge(at).kind == VerdictKind::broken);
	CHECK_THAT(judge(at).reason, ContainsSubstring("nor did the same call with a good tag"));
	at.seen.after.made = GENERATE(Made::none, Made::failed);
	CHECK(judge(at).kind == VerdictKind::broken);
	CHECK_THAT(judge(at).reason, ContainsSubstring("could not be made afterwards"));
}

TEST_CASE("where there is no other machine the run before suffices, and that is noted", "[judge]")
{
	Scene at = paired_hang();
	at.seen.hang.killable = false;
	at.seen.left_behind = true;
	at.seen.after.made = Made::impossible;
	CHECK(judge(at).kind == VerdictKind::livelock);
	CHECK(judge(at).rules == std::vector{Rule::p2, Rule::p1, Rule::m5});
	REQUIRE(judge(at).notes.size() == 1);
	CHECK(judge(at).notes[0].starts_with("after: not possible"));
	at.seen.after.made = Made::wanted; // what the other machine says is settled later
	CHECK(judge(at).kind == VerdictKind::livelock);
	CHECK(judge(at).notes.empty());
}

TEST_CASE("a disk or a machine that stands still hangs no call", "[judge]")
{
	Scene at = paired_hang();
	at.seen.hang.doubt =
		GENERATE(Doubt::disk, Doubt::standstill, Doubt::came_back, Doubt::interrupted);
	at.seen.hang.killable = false; // it sleeps where no signal reaches it
	at.seen.left_behind = true;
	CHECK(judge(at).kind == VerdictKind::broken);
	CHECK(judge(at).rules.empty());
	const char *const word = at.seen.hang.doubt == Doubt::disk         ? "waited for a disk"
				 : at.seen.hang.doubt == Doubt::standstill ? "stood still"
				 : at.seen.hang.doubt == Doubt::came_back  ? "came back"
									   : "interrupted";
	CHECK_THAT(judge(at).reason, ContainsSubstring(word));
	// The kernel notices that, too; what else it complains of is its own doing.
	at.seen.complaint_kind = ComplaintKind::stall;
	CHECK(judge(at).kind == VerdictKind::broken);
	at.seen.complaint_kind = ComplaintKind::report;
	CHECK(judge(at).rules == std::vector{Rule::p8});
}

TEST_CASE("a run with a good tag needs no other one beside it", "[judge]")
{
	Scene at = hangs(read_exact, mainline);
	at.point.stand = Stand::good;
	at.seen.hang.paired = true;
	CHECK(judge(at).kind == VerdictKind::broken);
	CHECK_THAT(judge(at).reason, ContainsSubstring("the control with a matching tag fails"));
}

TEST_CASE("others are compared with what they do alone", "[judge]")
{
	Scene at = paired_hang();
	Hang &hang = at.seen.hang;
	const auto starved = [&](uint64_t progress, int64_t baseline) {
		hang.others_measured = true;
		hang.others_progress = progress;
		hang.others_baseline = baseline;
		const auto rules = judge(at).rules;
		return rules == std::vector{Rule::p1, Rule::m5, Rule::p6};
	};
	CHECK(starved(0, -1)); // it was not measured: old journals, tasks that survive
	CHECK_FALSE(starved(1, -1));
	CHECK(starved(0, 1));
	CHECK(starved(0, 1000));
	CHECK(starved(19, 1000));
	CHECK_FALSE(starved(20, 1000));
	CHECK_FALSE(starved(1, 10));
	CHECK_FALSE(starved(0, 0)); // nobody gets on there, whatever the call does
}

} // namespace tagtrap::selftest
