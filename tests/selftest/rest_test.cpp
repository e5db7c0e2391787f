// SPDX-License-Identifier: GPL-2.0-only
// A run that lost its rest says so, with the reason, and does not end with 0 or 1.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <csignal>

#include "harness/model/settle.h"
#include "harness/report/report.h"
#include "harness/report/rest.h"
#include "harness/report/status.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using Catch::Matchers::ContainsSubstring;

namespace {

using Lines = std::vector<std::string>;

/// A plan of three points and a control that they need.
std::string run_of_three()
{
	auto run = sample_run();
	run["plan"]["points"] = 3;
	run["plan"]["controls"] = {
		{{"id", "read/pipe/good/sync/1@0/handler"}, {"control_for", "read/pipe/plain"}}};
	return to_line(run);
}

std::string passed(int number)
{
	return to_line(
		sample_end("read/pipe/plain/sync/64@" + std::to_string(16 * number) + "/handler"));
}

const std::string control = to_line(sample_end("read/pipe/good/sync/1@0/handler"));

std::string finish_with(const Json &more = Json::object())
{
	Json finish = {{"event", "finish"}, {"planned", 4}, {"pending", Json::object()}};
	finish.update(more);
	return to_line(finish);
}

std::string restart(const std::string &why)
{
	return to_line(Json{{"event", "restart"}, {"why", why}});
}

Journal read(const Lines &lines)
{
	return settle(read_back(lines));
}

/// Why two points are missing.
std::string why(Lines lines)
{
	lines.insert(lines.begin() + 1, {control, passed(0)});
	const auto journal = read(lines);
	const auto rest = rest_of(journal);
	CHECK(rest.planned == 4);
	CHECK(rest.missing == 2);
	const int number = interrupted_by(journal);
	CHECK(exit_status(journal) == (number == 0 ? 3 : 128 + number));
	std::string flat = text_report(journal);
	CHECK_THAT(flat, ContainsSubstring("Missing     2 points of 4 planned have no result: "));
	CHECK_THAT(ktap_report(journal),
		   ContainsSubstring("# 2 points of 4 planned without a result: "));
	CHECK(Json::parse(json_report(journal))["rest"]["why"] == rest.why);
	return rest.why;
}

} // namespace

TEST_CASE("a plan that was gone through leaves no rest", "[rest]")
{
	const auto journal =
		read({run_of_three(), control, passed(0), passed(1), passed(2), finish_with()});
	CHECK(rest_of(journal).missing == 0);
	CHECK(rest_of(journal).why.empty());
	CHECK(exit_status(journal) == 0);
	CHECK_THAT(text_report(journal), !ContainsSubstring("Missing"));
	CHECK_THAT(text_report(journal),
		   ContainsSubstring("     3  points in all of 3 planned\n"
				     "     1  controls that these need: 1 PASS\n"));
}

TEST_CASE("why a run has lost its rest", "[rest]")
{
	const auto run = run_of_three();
	CHECK(why({run, finish_with({{"interrupted", SIGINT}})}) == "interrupted by SIGINT");
	CHECK(why({run, finish_with({{"interrupted", SIGHUP}})}) == "interrupted by SIGHUP");
	CHECK(why({run, finish_with({{"spoiled", true}})}) ==
	      "its machine was given up for a task that SIGKILL does not end, or for a complaint "
	      "whose point was still to be found, and no other one went on");
	CHECK(why({run, restart("panic")}) ==
	      "the machine was lost, and no other one went on: panic");
	CHECK(why({run, finish_with({{"spoiled", true}}), restart("spoiled")}) ==
	      "the machine was lost, and no other one went on: spoiled");
	CHECK_THAT(why({run}), ContainsSubstring("the journal breaks off"));
	CHECK_THAT(why({run, restart("panic"), run}), ContainsSubstring("the journal breaks off"));
	CHECK(why({run, finish_with({{"pending", {{"nomops", 2}}}})}) ==
	      "no machine came for those that wait for nomops");
	CHECK(why({run, finish_with()}) == "the session ended without them");
	const auto unsound = to_line(
		Json{{"event", "preflight"}, {"status", "wrong"}, {"checks", Json::array()}});
	CHECK(why({run, unsound, finish_with()}) == "preflight: wrong");
}

TEST_CASE("a point that was left out has a result, one that ended twice has one", "[rest]")
{
	const auto skipped =
		to_line(sample_end("read/pipe/plain/sync/64@16/handler", VerdictKind::skip, "no"));
	CHECK(rest_of(read({run_of_three(), control, passed(0), skipped, passed(2)})).missing == 0);
	CHECK(rest_of(read({run_of_three(), control, passed(0), passed(0), passed(0)})).missing ==
	      2);
}

TEST_CASE("a run that is cut anywhere before its end is neither 0 nor 1", "[rest]")
{
	std::string all;
	for (const auto &line : {run_of_three(), control, passed(0), passed(1), passed(2)})
		all += line;
	const auto finish = finish_with();
	const auto begin = run_of_three().size();
	for (size_t size = begin; size < all.size() + finish.size() - 1; size += 7)
		REQUIRE(exit_status(read({(all + finish).substr(0, size)})) == 3);
	CHECK(exit_status(read({all + finish})) == 0);
}

TEST_CASE("a control alone says nothing of the kernel", "[rest]")
{
	auto run = Json::parse(run_of_three());
	run["plan"]["points"] = 1;
	const auto skipped =
		to_line(sample_end("read/pipe/plain/sync/64@0/handler", VerdictKind::skip, "no"));
	const auto finish = finish_with({{"planned", 2}});
	CHECK(exit_status(read({to_line(run), control, skipped, finish})) == 77);
	CHECK(exit_status(read({to_line(run), control, passed(0), finish})) == 0);
}

TEST_CASE("calls that are never checked are named in the head", "[rest]")
{
	auto journal = sample_journal();
	CHECK_THAT(text_report(journal), !ContainsSubstring("never checked"));
	journal.never_checked = {"read", "uring-write+worker"};
	CHECK_THAT(text_report(journal),
		   ContainsSubstring("\nCalls       never checked, although declared so (FAIL M1): "
				     "read\n            uring-write+worker\n"));
}

TEST_CASE("points that a TEST-SPEC excludes are counted, and shown as skipped", "[rest]")
{
	auto run = Json::parse(run_of_three());
	run["plan"]["excluded"] = 1;
	const std::string id = "write/gfs2/cached/sync/64@0/handler";
	const auto skipped =
		to_line(sample_end(id, VerdictKind::skip, std::string(left_out_by) + "~*/gfs2/*"));
	const Lines lines = {to_line(run), control, passed(0), passed(1), passed(2)};
	auto whole = lines;
	whole.insert(whole.end(), {skipped, finish_with({{"planned", 5}})});
	const auto journal = read(whole);
	CHECK(exit_status(journal) == 0);
	const auto report = text_report(journal);
	CHECK_THAT(report, ContainsSubstring("3 points and 1 control that they need, 1 left\n"
					     "            out by ~SPEC\n"));
	CHECK_THAT(report, ContainsSubstring("     1  left out by ~*/gfs2/*\n"));
	CHECK_THAT(report, ContainsSubstring("     4  points in all of 4 planned\n"));
	CHECK_THAT(report, !ContainsSubstring("gfs2 (all skipped)")); // nobody asked for it
	CHECK_THAT(ktap_report(journal),
		   ContainsSubstring("ok 1 " + id + " # SKIP left out by ~*/gfs2/*\n"));
	auto less = lines;
	less.push_back(finish_with({{"planned", 5}}));
	CHECK(rest_of(read(less)).missing == 1);
}
