// SPDX-License-Identifier: GPL-2.0-only
// Whose observation it is, and who was killed: worker children that die, hang or are signalled at a
// time when it is easy to blame the wrong point.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <csignal>
#include <fmt/format.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/model/contract.h"
#include "harness/sys/file.h"
#include "harness/sys/proc.h"
#include "tests/selftest/block_run.h"

namespace tagtrap {

using selftest::on_pipe;
using selftest::Run;

namespace {

/// Children of this process that are left, of whatever kind, as /proc/PID/stat begins; empty: none.
std::string children_left()
{
	if (waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD)
		return "";
	std::string left = "one that could be waited for";
	std::istringstream pids(
		sys::read_file(fmt::format("/proc/{0}/task/{0}/children", getpid())));
	for (std::string pid; pids >> pid;)
		left += "; " + sys::read_file("/proc/" + pid + "/stat").substr(0, 60);
	return left;
}

std::vector<std::string> good_reads(size_t count)
{
	std::vector<std::string> ids;
	for (size_t i = 0; i < count; ++i)
		ids.push_back("read/pipe/good/sync/" + std::to_string(100 + i) + "@48/handler");
	return ids;
}

} // namespace

TEST_CASE("a death at the tenth item of a block costs that item alone, and none is run twice")
{
	auto ids = good_reads(9);
	ids.push_back(on_pipe("inject-death"));
	ids.push_back(on_pipe("write", false));
	const Run run(ids);
	for (size_t i = 0; i < ids.size(); ++i) {
		CAPTURE(ids[i], run.verdict(i).reason);
		CHECK(run.seen[i].issued_before == 0);
		CHECK(run.verdict(i).kind == (i == 9 ? VerdictKind::broken : VerdictKind::pass));
	}
}

TEST_CASE("a repeat that sleeps for good is P5 of its own point, and the run goes on")
{
	const Run run({on_pipe("inject-kept-lock", false), on_pipe("inject-kept-lock"),
		       on_pipe("read", false)},
		      0.05);
	CAPTURE(run.verdict(1).reason);
	CHECK(run.verdict(0).kind == VerdictKind::pass);
	CHECK(run.verdict(1).kind == VerdictKind::fail);
	CHECK(run.verdict(1).rules == std::vector{Rule::p5});
	CHECK(run.seen[1].repeat_result == -ETIMEDOUT);
	CHECK(run.verdict(2).kind == VerdictKind::pass);
	CHECK_FALSE(run.spoiled);
}

TEST_CASE("a hang in a child is looked at and killed where it is: the child")
{
	const auto id =
		GENERATE(as<std::string>(), "inject-deadlock/pipe/plain/sync/4096@2048/fork",
			 "inject-deadlock/pipe/plain/sync/4096@2048/vfork",
			 "inject-dead-child/pipe/plain/sync/4096@2048/handler");
	const Run run({id, on_pipe("read", false)});
	CAPTURE(id, run.verdict(0).reason, run.seen[0].hang.stacks[0].data());
	CHECK(run.seen[0].end == End::hung);
	CHECK(run.seen[0].hang.killable);
	CHECK_FALSE(run.seen[0].hang.worker);
	CHECK_FALSE(run.spoiled);
	// The task that was looked at reads from a pipe; its parent waits for a child.
	const std::string syscall = run.seen[0].hang.syscall.data();
	CAPTURE(syscall);
	CHECK(syscall.starts_with(std::to_string(SYS_read) + " "));
	CHECK(run.verdict(1).kind == VerdictKind::pass);
	CHECK(children_left() == "");
}

TEST_CASE("a signal that comes when the caller has seen the result belongs to that point")
{
	const Run run({on_pipe("inject-late"), on_pipe("read", false),
		       "inject-late/pipe/plain/sync/4096@2048/default", on_pipe("write", false)});
	for (const size_t i : {0, 2}) {
		CAPTURE(i, run.verdict(i).reason);
		CHECK(run.verdict(i).kind == VerdictKind::fail);
		CHECK(run.verdict(i).rules == std::vector{Rule::m1});
	}
	CHECK(run.seen[0].late_count + run.seen[0].signal_count == 1);
	CHECK((run.seen[2].late_death == SIGSEGV || run.seen[2].death_signal == SIGSEGV));
	for (const size_t i : {1, 3}) {
		CAPTURE(i, run.verdict(i).reason, run.seen[i].failure.step.data());
		CHECK(run.verdict(i).kind == VerdictKind::pass);
		CHECK(run.seen[i].issued_before == 0);
	}
}

TEST_CASE("a signal that comes when a worker has nothing in hand belongs to its last point")
{
	constexpr int longer_than_the_delay_ms = 200;
	SECTION("it is handled")
	{
		const Run run({on_pipe("inject-later")}, 1.0, longer_than_the_delay_ms);
		CHECK(run.seen[0].late_count == 1);
		CHECK(run.seen[0].late.number == SIGSEGV);
		CHECK(run.verdict(0).rules == std::vector{Rule::m1});
	}
	SECTION("nobody asks before its worker is done with the next block")
	{
		const Run run(
			{on_pipe("inject-later"), "read/tmpfs/cached+good/sync/4096@2048/handler"},
			1.0, longer_than_the_delay_ms, false);
		CHECK(run.seen[0].late_count == 1);
		CHECK(run.verdict(0).rules == std::vector{Rule::m1});
		CHECK(run.seen[1].late_count == 0);
		CHECK(run.verdict(1).kind == VerdictKind::pass);
	}
	SECTION("it is the end of the worker, and the next point gets another one")
	{
		const Run run({"inject-later/pipe/plain/sync/4096@2048/default",
			       "read/tmpfs/cached+good/sync/4096@2048/handler"},
			      1.0, longer_than_the_delay_ms);
		CHECK(run.seen[0].late_death == SIGSEGV);
		CHECK(run.verdict(0).rules == std::vector{Rule::m1});
		CHECK(run.verdict(1).kind == VerdictKind::pass);
	}
}

TEST_CASE("preparations that die each time are the suite's own fault, and no other point's")
{
	const Run run({"read/pipe/good/sync/4096@2048/default",
		       "inject-arming/pipe/plain/sync/1024@0/default", on_pipe("write", false)});
	CHECK(run.verdict(0).kind == VerdictKind::pass);
	CHECK(run.seen[0].late_death == 0);
	CHECK(run.verdict(1).kind == VerdictKind::broken);
	CHECK(run.verdict(2).kind == VerdictKind::pass);
}

TEST_CASE("a descriptor that is left behind is P5 of its own point")
{
	const auto call = GENERATE(as<std::string>(), "inject-descriptor", "inject-far-descriptor");
	const Run run({on_pipe(call, false), on_pipe(call), on_pipe("read", false)});
	CAPTURE(call, run.verdict(0).reason, run.verdict(1).reason, run.verdict(2).reason);
	CHECK(run.verdict(0).kind == VerdictKind::pass);
	CHECK(run.verdict(1).rules == std::vector{Rule::p5});
	CHECK(run.verdict(2).kind == VerdictKind::pass);
}

} // namespace tagtrap
