// SPDX-License-Identifier: GPL-2.0-only
// What is known of a call or a block as a whole: never checked; the kernel complained.
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

TEST_CASE("a complaint that no point of the block shows again is not forgotten", "[settle]")
{
	const auto run = run_line(mainline);
	const auto suspect = suspect_line({first, second, third}, "BUG: KASAN: use-after-free");
	const Lines again = {line(first, mainline), line(second, mainline), line(third, mainline)};
	Lines lines = {run, suspect, restart_line(), run};
	lines.insert(lines.end(), again.begin(), again.end());
	auto journal = settled(lines);
	CHECK(kind(journal, first) == fail);
	CHECK(at(journal, first).verdict.rules == Rules{Rule::p8});
	const auto &reason = at(journal, first).verdict.reason;
	CHECK_THAT(reason, ContainsSubstring("; P8: the kernel complained while " + first + " to " +
					     third + " ran (BUG: KASAN: use-after-free)"));
	CHECK_THAT(reason, ContainsSubstring("which point it was is unknown"));
	CHECK(kind(journal, second) == pass);

	// One that shows it has the blame; a WARN is not it.
	lines[5] = line(second, mainline, {.complaint = "BUG: KASAN: use-after-free"});
	journal = settled(lines);
	CHECK(kind(journal, first) == pass);
	CHECK(at(journal, second).verdict.rules == Rules{Rule::p8});
	auto warned = ended(second, mainline);
	warned.seen.kernel_complained = true;
	warned.seen.complaint_kind = ComplaintKind::warning;
	lines[5] = to_line(warned);
	CHECK(at(settled(lines), first).verdict.rules == Rules{Rule::p8});
	lines[5] = to_line(crash_end(second, "panic: KASAN"));
	CHECK(kind(settled(lines), first) == pass);
}

TEST_CASE("a block of which nothing was judged again keeps its complaint", "[settle]")
{
	const auto suspect = suspect_line({first, second, third}, "INFO: task hung");
	const auto run = run_line(mainline);
	const auto skipped = to_line(left_out(first, "a task is left"));
	const auto skipped_too = to_line(left_out(third, "a task is left"));
	// The first that has a verdict; one that has none where there is no other.
	auto journal = settled({run, suspect, skipped, line(second, mainline), skipped_too});
	CHECK(kind(journal, first) == skip);
	CHECK(at(journal, second).verdict.rules == Rules{Rule::p8});
	const auto none = to_line(left_out(second, "a task is left"));
	journal = settled({run, suspect, skipped, none, skipped_too});
	CHECK(kind(journal, first) == fail);
	CHECK(at(journal, first).verdict.rules == Rules{Rule::p8});
	// Not all were run again yet: it may be one of the others.
	journal = settled({run, suspect, skipped, line(second, mainline)});
	CHECK(kind(journal, first) == skip);
	CHECK(kind(journal, second) == pass);
	// Nothing was run again: the plan is not gone through, and reports show the block.
	journal = settled({run, suspect});
	CHECK(journal.ends.empty());
	REQUIRE(journal.suspects.size() == 1);
	CHECK(journal.suspects[0].complaint == "INFO: task hung");
}

TEST_CASE("a complaint that a hang of the block carries is no other point's", "[settle]")
{
	const auto run = run_line(mainline);
	const auto suspect = to_line(Json{{"event", "suspect"},
					  {"ids", {first}},
					  {"stuck", {second}},
					  {"complaint", "INFO: lockdep"}});
	const auto innocent = line(first, mainline);
	const How hung = {.hangs = true};
	How complaining = hung;
	complaining.complaint = "INFO: lockdep";
	auto journal = settled({run, line(second, mainline, complaining), suspect, innocent});
	CHECK(kind(journal, first) == pass);
	// Another point shows it alone: the hang is no more than a hang.
	const auto guilty = line(first, mainline, {.complaint = "INFO: lockdep"});
	journal = settled({run, line(second, mainline, complaining), suspect, guilty});
	CHECK(at(journal, first).verdict.rules == Rules{Rule::p8});
	CHECK(kind(journal, second) == livelock);
	CHECK(std::ranges::count(at(journal, second).verdict.rules, Rule::p8) == 0);
	CHECK_THAT(at(journal, second).verdict.reason,
		   ContainsSubstring("; the kernel's complaint was that of " + first));
	// It carries none: somebody has to.
	journal = settled({run, line(second, mainline, hung), suspect, innocent});
	CHECK(at(journal, first).verdict.rules == Rules{Rule::p8});
	// Its `end` is lost, and it is not run again yet.
	journal = settled({run, suspect, innocent});
	CHECK(kind(journal, first) == pass);
}

TEST_CASE("a call that is stopped nowhere was never checked", "[settle]")
{
	const How whole = {.unchecked = true};
	const auto worker = point_id("read", "pipe", "worker", 16);
	Lines lines = {run_line(mainline), line(first, mainline, whole),
		       line(second, mainline, whole), line(third, mainline)};
	auto journal = settled(lines);
	CHECK(journal.never_checked == std::vector<std::string>{"settle-read"});
	for (const auto &id : {first, second}) {
		CHECK(kind(journal, id) == fail);
		CHECK(at(journal, id).verdict.rules == Rules{Rule::m1});
		CHECK_THAT(at(journal, id).verdict.reason,
			   StartsWith("never checked: none of 2 points of settle-read that meet a "
				      "bad granule in an access declared checked stops there: "));
	}
	CHECK(kind(journal, third) == pass);

	// Through a worker it is another call. One stop anywhere makes UNCHECKED an exception.
	lines.push_back(line(worker, mainline, whole));
	CHECK(settled(lines).never_checked ==
	      std::vector<std::string>{"settle-read", "settle-read+worker"});
	for (const How &stop : {How{}, How{.hangs = true}, How{.signal = SIGSEGV}}) {
		auto more = lines;
		more.push_back(line(bad, mainline, stop));
		journal = settled(more);
		CHECK(journal.never_checked == std::vector<std::string>{"settle-read+worker"});
		CHECK(kind(journal, first) == unchecked);
		CHECK(kind(journal, worker) == fail);
	}
	// What stops in a place whose control fails shows nothing.
	lines.push_back(line(bad, mainline));
	lines.push_back(line(good, mainline, {.fails = true}));
	CHECK(kind(settled(lines), first) == fail);
}

TEST_CASE("a mode that checks a half convicts no call, and acquits one", "[settle]")
{
	const auto in_mode = [](std::string id, const std::string &mode) {
		return id.replace(id.find("/sync/"), 6, "/" + mode + "/");
	};
	const How whole = {.unchecked = true};
	const auto stores = in_mode(first, "storeonly"), loads = in_mode(third, "asymm");
	auto journal = settled(
		{run_line(mainline), line(stores, mainline, whole), line(loads, mainline, whole)});
	CHECK(journal.never_checked.empty());
	CHECK(kind(journal, stores) == unchecked);
	CHECK(kind(journal, loads) == unchecked);
	// SYNC that goes unchecked everywhere is never checked, and the other mode tells no more.
	journal = settled(
		{run_line(mainline), line(first, mainline, whole), line(stores, mainline, whole)});
	CHECK(kind(journal, first) == fail);
	CHECK(kind(journal, stores) == unchecked);
	journal =
		settled({run_line(mainline), line(first, mainline, whole), line(stores, mainline)});
	CHECK(kind(journal, first) == unchecked);
}

TEST_CASE("what need not be checked does not make a call one that never is", "[settle]")
{
	std::string none = first;
	none.replace(none.find("/sync/"), 6, "/none/");
	auto journal = settled({run_line(mainline), line(none, mainline, {.unchecked = true})});
	CHECK(journal.never_checked.empty());
	CHECK(kind(journal, none) == pass);
	// The other contract has a rule of its own for it.
	journal = settled({run_line(forced), line(first, forced, {.unchecked = true})});
	CHECK(journal.never_checked.empty());
	CHECK(at(journal, first).verdict.rules == Rules{Rule::f1});
}
