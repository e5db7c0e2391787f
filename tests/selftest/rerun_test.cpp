// SPDX-License-Identifier: GPL-2.0-only
// A run that takes up what another one has left.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/report/report.h"
#include "harness/report/rerun.h"
#include "tests/selftest/settle_world.h"

namespace tagtrap::selftest {

namespace {

using Catch::Matchers::ContainsSubstring;
using enum VerdictKind;

const std::string was_hung = point_id("read", "xfs", "cached", 16);
const std::string was_left = point_id("read", "xfs", "cached", 32);
const std::string was_fresh = point_id("write", "xfs", "cached", 16);
const std::string was_gone = point_id("write", "pipe", "plain", 64);

/// One point of each kind; what is `was_fresh` has no result.
Lines earlier()
{
	return {run_line(mainline),
		line(good, mainline),
		line(was_hung, mainline, {.hangs = true}),
		to_line(left_out(was_left, "group: closed")),
		line(first, mainline),
		line(was_gone, mainline, {.hangs = true}),
		to_line(left_out(third, std::string(left_out_by) + "~write"))};
}

std::vector<Point> today()
{
	std::vector<Point> points;
	for (const auto &id : {good, was_hung, was_left, first, was_fresh})
		points.push_back(parse_id(id));
	return points;
}

using Ids = std::set<std::string, std::less<>>;

} // namespace

TEST_CASE("what failed, was skipped or is new is taken up", "[rerun]")
{
	const auto event = rerun_event("results/x", settled(earlier()), today());
	CHECK(taken_up(event) == Ids{was_hung, was_left, was_fresh});
	CHECK(event["of"] == "results/x");
	CHECK(event["gone"] == Json{was_gone}); // what a spec had excluded is not
	Json was;
	for (const auto &group : event["was"])
		was[group["verdict"].get<std::string>()] = group["ids"];
	CHECK(was == Json{{"LIVELOCK P1", {was_hung}},
			  {"SKIP", {was_left}},
			  {"without a result", {was_fresh}}});
	for (const auto *kind : {"FAIL", "DEADLOCK", "CRASH", "BROKEN", "LIVELOCK"}) {
		auto journal = settled(earlier());
		journal.ends[0].verdict = {.kind = parse_verdict(kind)};
		CHECK(taken_up(rerun_event("x", journal, today())).contains(good));
	}
	for (const auto *kind : {"PASS", "UNCHECKED"}) {
		auto journal = settled(earlier());
		journal.ends[0].verdict = {.kind = parse_verdict(kind)};
		CHECK_FALSE(taken_up(rerun_event("x", journal, today())).contains(good));
	}
}

TEST_CASE("a rerun of a rerun takes up no point that the first run was done with", "[rerun]")
{
	auto before = settled(earlier());
	before.rerun = rerun_event("results/first", before, today());
	CHECK(taken_up(rerun_event("results/x", before, today())) == Ids{was_hung, was_left});
}

TEST_CASE("the report says what became of each", "[rerun]")
{
	const auto event = rerun_event("results/x", settled(earlier()), today());
	const auto text = text_report(
		settled({to_line(event), run_line(mainline), line(was_hung, mainline),
			 line(was_left, mainline, {.hangs = true}), line(good, mainline)}));
	CHECK_THAT(text, ContainsSubstring("\nRerun of    results/x\n"));
	CHECK_THAT(text, ContainsSubstring("     1  now passes: was LIVELOCK P1, is PASS\n"
					   "        " +
					   was_hung + "\n"));
	CHECK_THAT(text, ContainsSubstring("     1  fails: was SKIP, is LIVELOCK P1\n"));
	CHECK_THAT(text, ContainsSubstring("     1  not judged: was without a result, is without a "
					   "result\n"));
	CHECK_THAT(text, ContainsSubstring("     1  that failed or were skipped there are in no "
					   "plan of today\n"));
	const auto again = text_report(settled(
		{to_line(event), run_line(mainline), line(was_hung, mainline, {.hangs = true}),
		 line(was_left, mainline), line(was_fresh, mainline)}));
	CHECK_THAT(again, ContainsSubstring("still fails: was LIVELOCK P1, is LIVELOCK P1\n"));
	CHECK_THAT(again, ContainsSubstring("passes: was SKIP, is PASS\n"));
	auto broken_now = settled({to_line(event), run_line(mainline), line(was_hung, mainline)});
	broken_now.ends[0].verdict = {.kind = broken};
	CHECK_THAT(rerun_text(broken_now), ContainsSubstring("fails otherwise: was LIVELOCK P1, "
							     "is BROKEN\n"));
	CHECK(text_report(settled(earlier())).find("Rerun") == std::string::npos);
	broken_now.rerun["of"] = "\x1b[2J\n\xff";
	broken_now.rerun["was"] = {{{"verdict", "\x07"}, {"ids", {"\x1b", ""}}}};
	broken_now.rerun["gone"] = 7;
	broken_now.confirms = {Json{{"id", was_hung}, {"verdict", 7}}, Json(7)};
	CHECK(std::ranges::all_of(text_report(broken_now),
				  [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
}

TEST_CASE("a `rerun` event that cannot be read is named", "[rerun]")
{
	CHECK_THROWS(read_back(std::vector<std::string>{R"({"event":"rerun","of":"x"})"}));
	CHECK_THROWS(read_back(
		std::vector<std::string>{R"({"event":"rerun","of":"x","was":[{"ids":["a"]}]})"}));
	CHECK_THROWS(read_back(std::vector<std::string>{R"({"event":"rerun","was":[]})"}));
}

TEST_CASE("what --max-time left out is counted in the head, and is no missing result", "[rerun]")
{
	auto run = Json::parse(run_line(mainline));
	run["plan"]["max_time_s"] = 1800;
	const auto late = std::string(out_of_time) + "--max-time=30m is over";
	const auto text = text_report(
		settled({to_line(run), line(good, mainline), to_line(left_out(was_left, late)),
			 to_line(left_out(was_hung, late))}));
	CHECK_THAT(text,
		   ContainsSubstring("\nTime limit  30m (--max-time): 2 points were left out, "
				     "what tells most\n"));
	CHECK_THAT(text, ContainsSubstring("     2  time: --max-time=30m is over\n"));
	CHECK_THAT(text_report(settled({to_line(run), line(good, mainline)})),
		   ContainsSubstring("30m (--max-time): no point was left out"));
	run["plan"]["max_time_s"] = nullptr;
	CHECK(text_report(settled({to_line(run), line(good, mainline)})).find("Time limit") ==
	      std::string::npos);
}

} // namespace tagtrap::selftest
