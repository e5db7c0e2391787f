// SPDX-License-Identifier: GPL-2.0-only
// What may be different about a run on a board that was restarted.
#include <catch2/catch_test_macros.hpp>

#include "harness/cli/board_run_checks.h"
#include "harness/sys/file.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using namespace tagtrap::selftest;

namespace {

void add_end(Journal &journal, const std::string &id, VerdictKind kind,
	     const std::string &reason = "")
{
	StoredEnd end;
	end.id = id;
	end.verdict.kind = kind;
	end.verdict.reason = reason;
	journal.ends.push_back(end);
}

const std::string good = "read/pipe/good/sync/4096@2048/handler";
const std::string bad = "read/pipe/protnone/sync/4096@0/handler";
const Verdicts both_pass = {{good, "PASS"}, {bad, "PASS"}};

} // namespace

TEST_CASE("a point that was alone with a restart is CRASH, and what needs it BROKEN", "[board]")
{
	Journal journal;
	add_end(journal, good, VerdictKind::crash, "the machine was restarted");
	add_end(journal, bad, VerdictKind::broken, "its control " + good + " fails: saw EFAULT");
	const auto found = differences_on_board(both_pass, journal);
	CHECK(found.odd.empty());
	CHECK(found.crashed == 1);
}

TEST_CASE("whatever else is different about a point is odd", "[board]")
{
	Journal journal;
	add_end(journal, good, VerdictKind::pass);
	SECTION("another verdict")
	{
		add_end(journal, bad, VerdictKind::skip, "no pipes");
	}
	SECTION("BROKEN by itself")
	{
		add_end(journal, bad, VerdictKind::broken, "setup");
	}
	SECTION("a control that passes")
	{
		add_end(journal, bad, VerdictKind::broken, "its control " + good + " fails: x");
	}
	SECTION("a point that is not there") {}
	SECTION("a point that was not there before")
	{
		add_end(journal, bad, VerdictKind::pass);
		add_end(journal, "write/pipe/good/sync/4096@2048/handler", VerdictKind::pass);
	}
	CHECK_FALSE(differences_on_board(both_pass, journal).odd.empty());
}

TEST_CASE("a point with two ends is named", "[board]")
{
	const Scratch scratch;
	const auto file = scratch.path / "journal.jsonl";
	const std::string one = R"({"event":"end","id":"a"})"
				"\n"
				R"({"event":"end","id":"b"})"
				"\n";
	sys::write_file(file, one);
	CHECK(doubled_in(file).empty());
	CHECK(lines_with(file, R"("event":"end")") == 2);
	sys::write_file(file, one + R"({"event":"end","id":"a"})" + "\n");
	CHECK(doubled_in(file) == "a");
	CHECK(lines_with(scratch.path / "none", "a") == 0);
}
