// SPDX-License-Identifier: GPL-2.0-only
// Hangs whose good-tag run had to be made on another machine.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/report/judge_again.h"
#include "tests/selftest/settle_world.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using Catch::Matchers::ContainsSubstring;
using enum VerdictKind;

namespace {

/// `bad`, as it hangs on a machine that is lost to it.
EndRecord left_hanging()
{
	EndRecord end = ended(bad, mainline, {.hangs = true});
	end.seen.hang.killable = false;
	end.seen.left_behind = true;
	end.seen.hang.paired = true;
	end.seen.before = {Made::ended, 4096, 1};
	end.seen.after = {.made = Made::wanted};
	end.verdict = judge(parse_id(bad), end.seen, {});
	return end;
}

Lines lines_with(const Lines &more)
{
	Lines lines = {run_line(mainline), line(good, mainline), to_line(left_hanging()),
		       restart_line(), run_line(mainline)};
	lines.insert(lines.end(), more.begin(), more.end());
	return lines;
}

std::string after_line(Made made, const std::string &id = bad)
{
	return to_line(after_event(id, {made, 4096, 7}));
}

} // namespace

TEST_CASE("a hang is one where the good-tag run on another machine ended", "[settle]")
{
	const auto journal = settled(lines_with({after_line(Made::ended)}));
	CHECK(kind(journal, bad) == livelock);
	CHECK(at(journal, bad).verdict.rules == Rules{Rule::p2, Rule::p1, Rule::m5});
	CHECK(at(journal, bad).seen.after == GoodRun{Made::ended, 4096, 7});
}

TEST_CASE("a hang is none where the good-tag run on another machine did not end", "[settle]")
{
	const auto made = GENERATE(Made::no_end, Made::failed, Made::none);
	const auto journal = settled(lines_with({after_line(made)}));
	CHECK(kind(journal, bad) == broken);
	CHECK(at(journal, bad).verdict.rules.empty());
	CHECK(at(journal, bad).provisional->kind == livelock);
}

TEST_CASE("a hang is none as long as no other machine has looked", "[settle]")
{
	const auto journal = settled(lines_with({after_line(Made::ended, good)}));
	CHECK(kind(journal, bad) == broken);
	CHECK_THAT(at(journal, bad).verdict.reason,
		   ContainsSubstring("no other machine has made the same call"));
}

TEST_CASE("hangs that were settled stay so, and can be judged again", "[settle]")
{
	const auto made = GENERATE(Made::ended, Made::no_end);
	const auto journal = settled(lines_with({after_line(made)}));
	CHECK(verdicts_of(settle(journal)) == verdicts_of(journal));
	const auto again = rejudged(journal, mainline, SignalPin::any);
	CHECK(verdicts_of(again) == verdicts_of(journal));
}

TEST_CASE("what the kernel reports of itself outlives the doubt", "[settle]")
{
	EndRecord end = left_hanging();
	end.seen.kernel_complained = true;
	end.seen.complaint_kind = ComplaintKind::report;
	end.verdict = judge(parse_id(bad), end.seen, {});
	auto lines = lines_with({after_line(Made::no_end)});
	lines[2] = to_line(end);
	CHECK(kind(settled(lines), bad) == fail);
	CHECK(at(settled(lines), bad).verdict.rules == Rules{Rule::p8});
}
