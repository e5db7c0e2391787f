// SPDX-License-Identifier: GPL-2.0-only
// What one point cannot tell of itself, and what a machine that is lost must not make forgotten.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <csignal>

#include "tests/selftest/settle_world.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using enum VerdictKind;

TEST_CASE("a machine lost between a broken control and its points forgets nothing", "[settle]")
{
	const auto run = run_line(mainline);
	const auto control = line(good, mainline, {.fails = true});
	const auto hung = line(bad, mainline, {.hangs = true});
	for (const Lines &lines : {Lines{run, control, hung}, // as one machine
				   Lines{run, control, restart_line(), run, hung},
				   Lines{run, hung, restart_line(), run, control}}) {
		const auto journal = settled(lines);
		CHECK(kind(journal, good) == broken);
		CHECK(kind(journal, bad) == broken);
		CHECK(at(journal, bad).verdict.rules.empty());
		CHECK_THAT(at(journal, bad).verdict.reason,
			   StartsWith("its control " + good + " fails: expected "));
		CHECK(at(journal, bad).known.is_null());
	}
	CHECK(kind(settled({run, hung}), bad) == livelock);
	CHECK(kind(settled({run, line(good, mainline), hung}), bad) == livelock);
}

TEST_CASE("a machine lost between the first and the second kind of signal forgets neither",
	  "[settle]")
{
	const auto run = run_line(forced);
	const auto segv = line(first, forced, {.signal = SIGSEGV});
	const auto bus = line(third, forced, {.signal = SIGBUS});
	for (const Lines &lines :
	     {Lines{run, segv, bus}, Lines{run, segv, restart_line(), run, bus},
	      Lines{run, bus, restart_line(), run, segv}}) {
		const auto journal = settled(lines);
		CHECK(kind(journal, first) == pass); // a tie
		CHECK(kind(journal, third) == fail);
		CHECK(at(journal, third).verdict.rules == Rules{Rule::f1});
		CHECK_THAT(at(journal, third).verdict.reason,
			   ContainsSubstring("; F1: SIGBUS where most points of this run got "
					     "SIGSEGV"));
		CHECK(at(journal, third).provisional->kind == pass);
	}
}

TEST_CASE("which signal a kernel uses is what most points got", "[settle]")
{
	const auto died = point_id("read", "pipe", "plain", 48, "default");
	const Lines lines = {run_line(forced), line(first, forced, {.signal = SIGSEGV}),
			     line(second, forced, {.signal = SIGBUS}),
			     line(died, forced, {.signal = SIGBUS})};
	auto journal = settled(lines);
	CHECK(kind(journal, first) == fail);
	CHECK(kind(journal, second) == pass);
	CHECK(kind(journal, died) == pass);

	// --signal says it, whatever most points got.
	auto pinned = lines;
	pinned[0] = run_line(forced, SignalPin::segv);
	journal = settled(pinned);
	CHECK(kind(journal, first) == pass);
	CHECK_FALSE(at(journal, second).provisional);

	// Under mainline any signal is wrong, and none is compared with another.
	journal = settled({run_line(mainline), line(first, mainline, {.signal = SIGSEGV}),
			   line(third, mainline, {.signal = SIGBUS})});
	CHECK(at(journal, third).verdict.rules == Rules{Rule::m1});
	CHECK_FALSE(at(journal, third).provisional);
}

TEST_CASE("points that say nothing do not decide which signal is used", "[settle]")
{
	// Their control fails; a signal that nobody asked for; no signal.
	const auto other = point_id("read", "xfs", "cached", 16);
	const auto journal = settled(
		{run_line(forced), line(good, forced, {.fails = true}),
		 line(bad, forced, {.signal = SIGBUS}), line(other, forced, {.signal = SIGBUS}),
		 line(first, forced, {.signal = SIGSEGV}), line(second, forced)});
	CHECK(kind(journal, first) == pass);
	CHECK(at(journal, second).verdict.rules == Rules{Rule::f1});
	CHECK_FALSE(at(journal, second).provisional);
}

TEST_CASE("a control speaks for its call, submission, place and state alone", "[settle]")
{
	Lines lines = {run_line(mainline), line(good, mainline, {.fails = true})};
	const std::vector<std::string> same = {
		bad, point_id("read", "xfs", "cached+seg2", 2048),
		point_id("read", "xfs", "cached+unmapped", 0),
		point_id("read", "xfs", "cached+tco", 16, "blocked")};
	const std::vector<std::string> others = {point_id("read", "xfs", "small", 512),
						 point_id("read", "xfs", "cached+direct", 2048),
						 point_id("read", "xfs", "cached+worker", 2048),
						 point_id("read", "ext4", "cached", 2048),
						 point_id("write", "xfs", "cached", 2048)};
	for (const auto *ids : {&same, &others})
		for (const auto &id : *ids)
			lines.push_back(line(id, mainline));
	const auto journal = settled(lines);
	for (const auto &id : same)
		CHECK(kind(journal, id) == broken);
	for (const auto &id : others) {
		INFO(id);
		CHECK(kind(journal, id) == pass);
	}
}

TEST_CASE("what a control that fails leaves alone", "[settle]")
{
	const auto other = point_id("read", "xfs", "cached", 16);
	auto journal =
		settled({run_line(mainline), line(good, mainline, {.fails = true}),
			 to_line(crash_end(bad, "panic")), to_line(left_out(other, "not today"))});
	CHECK(kind(journal, bad) == crash);
	CHECK(kind(journal, other) == skip);

	// A control that was not run, or that works while the kernel complains, hides nothing.
	for (const auto &control : {to_line(left_out(good, "no xfs here")),
				    line(good, mainline, {.complaint = "BUG: KASAN: x"})}) {
		journal = settled({run_line(mainline), control, line(bad, mainline)});
		CHECK(kind(journal, bad) == pass);
	}
	// One in which the machine went down does not work.
	journal = settled(
		{run_line(mainline), to_line(crash_end(good, "panic")), line(bad, mainline)});
	CHECK(kind(journal, good) == crash);
	CHECK(kind(journal, bad) == broken);
}

TEST_CASE("a SKIP never hides what was seen", "[settle]")
{
	const auto skipped = to_line(left_out(bad, "group: settle-read/xfs/cached/sync"));
	const auto seen = line(bad, mainline, {.hangs = true});
	const auto run = run_line(mainline);
	for (const Lines &lines : {Lines{run, skipped, seen}, Lines{run, seen, run, skipped},
				   Lines{run, skipped, seen, skipped}}) {
		const auto journal = settled(lines);
		REQUIRE(journal.ends.size() == 1);
		CHECK(kind(journal, bad) == livelock);
	}
	const auto journal = settled({run, skipped, to_line(left_out(bad, "later"))});
	REQUIRE(journal.ends.size() == 1);
	CHECK(journal.ends[0].verdict.reason == "later");
}

TEST_CASE("what came late counts, wherever it stands", "[settle]")
{
	const auto run = run_line(mainline);
	const auto seen = line(bad, mainline);
	const auto late = line(bad, mainline, {.late = SIGSEGV});
	const auto skipped = to_line(left_out(bad, "a task is left"));
	for (const Lines &lines : {Lines{run, seen, late}, Lines{run, late, run, seen, skipped}}) {
		const auto journal = settled(lines);
		REQUIRE(journal.ends.size() == 1);
		CHECK(at(journal, bad).verdict.rules == Rules{Rule::m1});
	}
}

TEST_CASE("what is known is asked of settled verdicts", "[settle]")
{
	const auto hung = point_id("read", "ext4", "cached", 16);
	const Lines lines = {run_line(mainline), line(hung, mainline, {.hangs = true}),
			     line(first, mainline, {.hangs = true})};
	auto journal = settled(lines);
	CHECK(at(journal, hung).known["reason"] == "spins");
	CHECK(at(journal, first).known.is_null());
	auto unsound = lines;
	unsound.push_back(
		line(point_id("read", "ext4", "cached+good", 16), mainline, {.fails = true}));
	journal = settled(unsound);
	CHECK(kind(journal, hung) == broken);
	CHECK(at(journal, hung).known.is_null());
}

TEST_CASE("a journal that is settled stays as it is", "[settle]")
{
	const Lines lines = {run_line(forced),
			     line(good, forced, {.fails = true}),
			     line(bad, forced, {.signal = SIGSEGV}),
			     suspect_line({first, second}, "BUG: x"),
			     line(first, forced, {.signal = SIGSEGV}),
			     line(second, forced, {.signal = SIGSEGV}),
			     line(third, forced, {.signal = SIGBUS})};
	const auto once = settled(lines);
	const auto twice = settle(once, known_in_world);
	REQUIRE(twice.ends.size() == once.ends.size());
	for (size_t i = 0; i < once.ends.size(); i++) {
		CHECK(twice.ends[i].verdict == once.ends[i].verdict);
		CHECK(twice.ends[i].provisional == once.ends[i].provisional);
	}
	CHECK(verdicts_of(once).at(first).second == Rules{Rule::p8});
}

TEST_CASE("what this version does not know is left as it was written", "[settle]")
{
	const auto stranger = sample_end("no/such/cached/sync/4096@16/handler", fail, "why");
	auto run = Json::parse(run_line(mainline));
	run["contract"]["name"] = nullptr;
	for (const auto &start : {run_line(mainline), to_line(run), std::string()}) {
		const auto journal = settled({start, to_line(stranger), line(first, mainline)});
		CHECK(kind(journal, stranger.id) == fail);
		CHECK(at(journal, stranger.id).verdict.reason == "why");
		CHECK(kind(journal, first) == pass);
	}
}
