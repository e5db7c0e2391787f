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

namespace {

using enum VerdictKind;
using Rules = std::vector<Rule>;

constexpr auto mainline = Contract::mainline;
constexpr auto forced = Contract::forced_signal;

const StoredEnd &at(const Journal &journal, const std::string &id)
{
	const auto found = std::ranges::find(journal.ends, id, &StoredEnd::id);
	REQUIRE(found != journal.ends.end());
	return *found;
}

VerdictKind kind(const Journal &journal, const std::string &id)
{
	return at(journal, id).verdict.kind;
}

std::string line(const std::string &id, Contract contract, const How &how = {})
{
	return to_line(ended(id, contract, how));
}

const std::string good = point_id("read", "xfs", "cached+good", 2048);
const std::string bad = point_id("read", "xfs", "cached", 2048);
const std::string first = point_id("read", "pipe", "plain", 16);
const std::string second = point_id("read", "pipe", "plain", 32);
const std::string third = point_id("write", "pipe", "plain", 16);

} // namespace

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
	// The first that has a verdict; one that has none where there is no other.
	auto journal = settled({run, suspect, skipped, line(second, mainline)});
	CHECK(kind(journal, first) == skip);
	CHECK(at(journal, second).verdict.rules == Rules{Rule::p8});
	journal = settled({run, suspect, skipped});
	CHECK(kind(journal, first) == fail);
	CHECK(at(journal, first).verdict.rules == Rules{Rule::p8});
	// Nothing was run again: the plan is not gone through, and reports show the block.
	journal = settled({run, suspect});
	CHECK(journal.ends.empty());
	REQUIRE(journal.suspects.size() == 1);
	CHECK(journal.suspects[0].complaint == "INFO: task hung");
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
