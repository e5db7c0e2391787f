// SPDX-License-Identifier: GPL-2.0-only
// Violations that are run again alone.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <set>

#include "harness/report/confirm.h"
#include "harness/report/report.h"
#include "harness/report/reproduced.h"
#include "harness/report/status.h"
#include "tests/selftest/settle_world.h"

namespace tagtrap::selftest {

namespace {

using Catch::Matchers::ContainsSubstring;

const How hangs = {.hangs = true};

std::string offset_id(const std::string &place, uint32_t number)
{
	return point_id("read", place, place == "pipe" ? "plain" : "cached", 16 * number);
}

/// The journal of a run that found `hung` hanging, and what confirming each came to.
Journal confirmed(const std::vector<std::string> &hung, const std::vector<Json> &events)
{
	Lines lines = {run_line(mainline)};
	for (const auto &id : hung)
		lines.push_back(line(id, mainline, hangs));
	for (const auto &event : events)
		lines.push_back(to_line(event));
	return settled(lines);
}

Json came_to(const std::string &id, const How &how, const std::string &where = "confirm/1")
{
	return confirm_event(id, where, settled({run_line(mainline), line(id, mainline, how)}));
}

} // namespace

TEST_CASE("every violation is run again where they are few", "[confirm]")
{
	Lines lines = {run_line(mainline), line(good, mainline), line(first, mainline, hangs),
		       line(second, mainline, hangs), line(third, mainline, {.signal = 11})};
	const auto ids = to_confirm(settled(lines));
	CHECK(std::set(ids.begin(), ids.end()) == std::set{first, second, third});
	// The worst first, and one of each cause before the second of any.
	CHECK(ids.front() == first);
	CHECK(ids.back() == second);
	CHECK(to_confirm(settled({run_line(mainline), line(good, mainline)})).empty());
}

TEST_CASE("one for each rule and group is run again where they are many, and not more than the "
	  "bound",
	  "[confirm]")
{
	Lines lines = {run_line(mainline)};
	for (uint32_t i = 0; i <= most_confirmed; i++)
		lines.push_back(line(offset_id("xfs", i), mainline, hangs));
	lines.push_back(line(first, mainline, hangs));
	const auto ids = to_confirm(settled(lines));
	CHECK(ids.size() == 2);
	CHECK(std::set(ids.begin(), ids.end()) == std::set{offset_id("xfs", 0), first});

	// Many groups: of the modes and places, and yet no more than the bound.
	lines = {run_line(mainline)};
	for (const auto *place : {"tmpfs", "ext4", "xfs", "btrfs", "gfs2"})
		for (const auto *state : {"cached", "cold", "new", "hole", "small"})
			for (const auto *direct : {"", "+direct"})
				lines.push_back(line(
					point_id("read", place, std::string(state) + direct, 512),
					mainline, hangs));
	CHECK(to_confirm(settled(lines)).size() == most_confirmed);
}

TEST_CASE("the report says which are confirmed, and what the others came to", "[confirm]")
{
	auto text = text_report(confirmed(
		{first, second}, {came_to(first, hangs), came_to(second, hangs, "confirm/2")}));
	CHECK_THAT(text, ContainsSubstring("\n    again      confirmed 2 of 2, each run alone; "
					   "evidence in confirm/1\n"));
	CHECK_THAT(text, ContainsSubstring("2 of 2 points run again (--confirm; at most 20,"));
	text = text_report(
		confirmed({first, second}, {came_to(first, hangs), came_to(second, {})}));
	CHECK_THAT(text, ContainsSubstring("\n    again      confirmed 1 of 2, each run alone; "
					   "evidence in confirm/1\n"
					   "               not confirmed: PASS\n"));
	// Of one point three runs: 3 of 3, or not.
	text = text_report(confirmed(
		{first}, {came_to(first, hangs), came_to(first, hangs), came_to(first, hangs)}));
	CHECK_THAT(text, ContainsSubstring("confirmed 3 of 3, each run alone;"));
	CHECK_THAT(text, ContainsSubstring("1 of 1 point run again"));
	text = text_report(confirmed({first}, {came_to(first, hangs), came_to(first, {})}));
	CHECK_THAT(text, ContainsSubstring("confirmed 1 of 2, each run alone;"));
	text = text_report(confirmed({first}, {came_to(first, {})}));
	CHECK_THAT(text, ContainsSubstring("\n    again      not confirmed: PASS\n"));
	text = text_report(confirmed({first}, {came_to(first, {.signal = 11})}));
	CHECK_THAT(text, ContainsSubstring("\n    again      not confirmed: FAIL M1\n"));
	text = text_report(confirmed({first}, {unconfirmed_event(first, "no machine")}));
	CHECK_THAT(text, ContainsSubstring("\n    again      not run again: no machine\n"));
	text = text_report(confirmed({first}, {}));
	CHECK(text.find("again  ") == std::string::npos);
}

TEST_CASE("what confirming came to changes no verdict and no status", "[confirm]")
{
	auto journal = confirmed({first}, {});
	journal.finish = {{"event", "finish"}};
	const int before = exit_status(journal);
	journal.confirms = {came_to(first, {})};
	CHECK(exit_status(journal) == before);
	CHECK(kind(journal, first) == VerdictKind::livelock);
}

TEST_CASE("the report says what an ordinary user made of it", "[confirm]")
{
	const auto as_user = [](Json event) {
		event["uid"] = 65534;
		return event;
	};
	auto text =
		text_report(confirmed({first}, {as_user(came_to(first, hangs, "confirm/user-1"))}));
	CHECK_THAT(text, ContainsSubstring("ran as uid 65534, the same; evidence in"));
	CHECK(text.find("again  ") == std::string::npos); // that is the caller's own repetition
	text = text_report(confirmed({first}, {as_user(came_to(first, {}))}));
	CHECK_THAT(text, ContainsSubstring("as uid 65534 it came to PASS"));
}

TEST_CASE("the report says what the C program of a cause showed", "[confirm]")
{
	const auto with = [](const Json &event) {
		auto journal = confirmed({first}, {});
		const auto all = digest(journal);
		auto stored = event;
		stored["cause"] = causes_of(all).at(0).id;
		return text_report(confirmed({first}, {stored}));
	};
	const Json hung = {{"status", 1}, {"output", "HANGS, killable: yes\n"}};
	auto text = with(reproduced_event(first, "", 65534, "", hung));
	CHECK_THAT(text, ContainsSubstring("    C program  alone, as uid 65534: HANGS, killable: "
					   "yes: shows it\n"));
	CHECK_THAT(text, ContainsSubstring("its C program ran as uid 65534"));
	text = with(reproduced_event(first, "", 0, "", hung));
	CHECK(text.find("its C program ran") == std::string::npos);
	for (const auto &[status, words] : {std::pair(0, "all is as it should be"),
					    {2, "its set-up failed"},
					    {-1, "it did not end"},
					    {139, "status 139"}}) {
		const auto event = reproduced_event(first, "", 65534, "",
						    {{"status", status}, {"output", ""}});
		CHECK_FALSE(reproduced(event));
		text = with(event);
		CHECK_THAT(text, ContainsSubstring("DOES NOT SHOW IT"));
		CHECK_THAT(reproduced_words(event), ContainsSubstring(words));
		CHECK(text.find("its C program ran") == std::string::npos);
	}
	// A machine that is lost shows a crash, and nothing else; what was not run shows nothing.
	const Json answer = {{"status", program_lost}, {"output", ""}};
	const auto lost = reproduced_event(first, "", 65534, "", answer);
	CHECK_FALSE(reproduced(lost));
	CHECK_THAT(reproduced_words(lost), ContainsSubstring("IT: the machine was lost"));
	CHECK(reproduced(reproduced_event(first, "", 65534, "", answer, true)));
	for (const bool crash : {false, true}) {
		const auto not_run = reproduced_event(first, "", 65534, "", nullptr, crash);
		CHECK_FALSE(reproduced(not_run));
		CHECK_THAT(reproduced_words(not_run), ContainsSubstring("it was not run"));
	}
	const auto none = reproduced_event(first, "", 65534, "two calls", nullptr);
	CHECK_FALSE(reproduced(none));
	CHECK_THAT(with(none), ContainsSubstring("    C program  none: two calls\n"));
}

TEST_CASE("a point that its own run did not get to is not confirmed", "[confirm]")
{
	const auto event = confirm_event(first, "confirm/1", settled({run_line(mainline)}));
	CHECK(event["verdict"].is_null());
	CHECK(event["reason"] == "the run ended without it");
}

} // namespace tagtrap::selftest
