// SPDX-License-Identifier: GPL-2.0-only
// Calls that are watched, on the kernel at hand: what is seen beside them decides.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/model/contract.h"
#include "harness/model/evidence.h"
#include "tests/selftest/block_run.h"

namespace tagtrap {

using Catch::Matchers::ContainsSubstring;
using selftest::on_pipe;
using selftest::Run;

namespace {

constexpr double brief_s = 1;

std::string on_tmpfs(const std::string &call)
{
	return call + "/tmpfs/cached/sync/4096@2048/handler";
}

Run watched(const std::vector<std::string> &ids)
{
	return Run(ids, 1.0, 0, true, brief_s);
}

} // namespace

TEST_CASE("a hang comes with good-tag runs before and behind it, and with the length of SIGKILL")
{
	const Run run = watched({on_pipe("inject-deadlock"), on_pipe("read", false)});
	const auto &seen = run.seen[0];
	CAPTURE(run.verdict(0).reason);
	CHECK(run.verdict(0).kind == VerdictKind::deadlock);
	CHECK(seen.before.made == Made::ended);
	CHECK(seen.before.result == 4096);
	CHECK(seen.after.made == Made::ended);
	CHECK(seen.after.result == 4096);
	CHECK(seen.hang.kill_ns > 0);
	CHECK(seen.hang.counted_ns >= 1'000'000'000);
	CHECK(seen.hang.watched_ns >= seen.hang.counted_ns);
	CHECK(run.seen[1].before == GoodRun()); // nobody asks where the call comes back
	CHECK(run.verdict(1).kind == VerdictKind::pass);
}

TEST_CASE("a call that comes back at the last moment does not hang")
{
	const Run run = watched({on_tmpfs("inject-last-look"), on_pipe("read", false)});
	CAPTURE(run.verdict(0).reason);
	CHECK(run.seen[0].end == End::returned);
	CHECK(run.verdict(0).kind == VerdictKind::pass);
	REQUIRE(run.verdict(0).notes.size() == 1);
	CHECK(run.verdict(0).notes[0].starts_with("slow: "));
	CHECK(run.seen[0].issued_before == 0);
	CHECK(run.verdict(1).kind == VerdictKind::pass);
}

TEST_CASE("where a good tag does not help nothing is said of the kernel")
{
	// The bounds are those of the suite's own steps here.
	const Run run({on_pipe("inject-anyway"), on_pipe("read", false)}, 0.05);
	CHECK(run.verdict(0).kind == VerdictKind::broken);
	CHECK_THAT(run.verdict(0).reason,
		   ContainsSubstring("with a good tag, right before it, does not come back"));
	CHECK(run.verdict(1).kind == VerdictKind::pass);
}

TEST_CASE("a hang that holds what a good tag needs is told by the run before, and says so")
{
	const Run run({on_tmpfs("inject-holds"), on_pipe("read", false)}, 0.1, 0, true, 10);
	CAPTURE(run.verdict(0).reason);
	CHECK(run.verdict(0).kind == VerdictKind::deadlock);
	CHECK(run.seen[0].after.made == Made::impossible);
	CHECK(std::ranges::any_of(run.verdict(0).notes, [](const std::string &note) {
		return note.starts_with("after: not possible");
	}));
	CHECK(run.verdict(1).kind == VerdictKind::pass);
	CHECK_FALSE(run.spoiled);
}

TEST_CASE("of calls beside a second task the first that fails is the one that is told")
{
	const Run run = watched({on_tmpfs("inject-once-wrong"), on_tmpfs("inject-once-late"),
				 on_pipe("read", false)});
	CAPTURE(run.verdict(0).reason, run.verdict(1).reason);
	CHECK(run.verdict(0).kind == VerdictKind::fail);
	CHECK(run.verdict(0).rules == std::vector{Rule::p4, Rule::p3});
	CHECK(run.seen[0].issued_before == 2);
	// What was seen of the hang is still there.
	CHECK(run.verdict(1).kind == VerdictKind::deadlock);
	CHECK(run.seen[1].hang.seen);
	CHECK(run.seen[1].hang.syscall[0] != 0);
	CHECK(run.seen[1].hang.others_measured);
	CHECK(run.seen[1].hang.others_progress > 0);
	CHECK(run.verdict(2).kind == VerdictKind::pass);
}

TEST_CASE("a second task is compared with what it did alone")
{
	const Run run = watched({"together/tmpfs/cached+good/sync/4096@2048/handler"});
	CAPTURE(run.verdict(0).reason);
	CHECK(run.verdict(0).kind == VerdictKind::pass);
	CHECK(run.seen[0].hang.others_measured);
	CHECK(run.seen[0].hang.others_progress > 0);
	CHECK(run.seen[0].hang.others_baseline > 0);
}

} // namespace tagtrap
