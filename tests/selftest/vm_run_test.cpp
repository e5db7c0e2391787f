// SPDX-License-Identifier: GPL-2.0-only
// run_in_vm() against a shell script that stands in for QEMU: every way of losing a machine,
// without a machine.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fmt/format.h>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "fixtures/follow/follower.h"
#include "fixtures/vm/output.h"
#include "fixtures/vm/run.h"
#include "harness/sys/file.h"
#include "harness/sys/hold.h"
#include "harness/sys/must.h"
#include "harness/sys/problem.h"
#include "tests/selftest/fake_qemu.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using namespace tagtrap::vm;
using namespace std::chrono_literals;

TEST_CASE("a run from boot to finish")
{
	World world("echo hello >&3; ready; begin a; end a; finish; leave 1");
	CHECK(run_in_vm(world.run) == 0);
	const auto journal = world.journal();
	CHECK(journal.starts_with(R"({"event":"machine","start":1,"how":"booted","seconds":)"));
	CHECK(journal.substr(journal.find('\n') + 1) ==
	      R"({"event":"begin","ids":["a"],"indices":[97]}
{"event":"end","id":"a","index":97,"killable":null}
{"event":"finish","pending":{}}
)");
	CHECK(world.count("begin") == 1);
	const Json request = world.request(1);
	CHECK(request["argv"] == Json{"run"});
	CHECK(request["machine"]["fact"] == 1);
	CHECK(request["machine"]["qemu_version"] == "10.0.2");
	CHECK(request["machine"]["variant"] == "plain");
	CHECK(world.go(1)["finished"].empty());
	CHECK(world.go(1)["restored"] == false);
	CHECK(sys::read_file(world.run.out / "console.log") == "--- machine 1 (plain)\nhello\n");
}

TEST_CASE("what a run begins with, and what its sessions are told besides")
{
	World world("ready; [ $starts = 1 ] && { begin a; end a false; exec sleep 10; }; "
		    "begin b; end b; finish; leave 0");
	world.run.preface = {Json{{"event", "rerun"}, {"of", "x"}}};
	world.run.request["only"] = {"a", "b"};
	world.run.deadline = std::chrono::steady_clock::now() + 1h;
	CHECK(run_in_vm(world.run) == 0);
	CHECK(world.journal().starts_with(R"({"event":"rerun","of":"x"})"
					  "\n"));
	CHECK(count_of(world.journal(), "rerun") == 1);
	for (const int start : {1, 2})
		CHECK(world.request(start)["only"] == Json({"a", "b"}));
	const double left = world.go(1)["time_left_s"];
	CHECK(left <= 3600);
	CHECK(left > 0);
	CHECK(world.go(2)["time_left_s"] < left);
	World other("ready; leave 77");
	CHECK(run_in_vm(other.run) == 77);
	CHECK_FALSE(other.go(1).contains("time_left_s"));
}

TEST_CASE("a session without a point gives its own status")
{
	World world("ready; leave 77");
	CHECK(run_in_vm(world.run) == 77);
	CHECK(gone(started(world.scratch.path)));
}

TEST_CASE("a panic in a point alone is its CRASH, and the run goes on")
{
	World world(R"(ready
[ $starts = 1 ] && { begin a; end a; begin b; echo '[1.0] Kernel panic - not syncing: x' >&3; exit; }
begin c; end c; finish; leave 0)");
	CHECK(run_in_vm(world.run) == 0);
	REQUIRE(world.count("restart") == 1);
	const auto crash = std::ranges::find(
		world.events, Json("b"), [](const Json &line) { return line.value("id", Json()); });
	REQUIRE(crash != world.events.end());
	CHECK((*crash)["verdict"] == "CRASH");
	CHECK((*crash)["reason"] == "panic: Kernel panic - not syncing: x");
	CHECK(world.go(2)["finished"] == World::finished("ab"));
	CHECK(world.count("finish") == 1);
	const auto lost = std::ranges::find(
		world.events, "restart", [](const Json &line) { return line.value("event", ""); });
	CHECK(lost->value("elapsed_s", 0.0) > 0);
}

TEST_CASE("an unkillable task costs a machine and nothing else")
{
	World world(R"(ready
[ $starts = 1 ] && { begin a; end a false; exec sleep 10; }
finish; leave 0)");
	CHECK(run_in_vm(world.run) == 0);
	CHECK(world.count("end") == 1);
	CHECK(world.go(2)["finished"] == World::finished("a"));
}

TEST_CASE("a machine that is spoiled by what is no hang costs a machine, not the rest of the plan")
{
	World world(R"(ready
[ $starts = 1 ] && { begin a; end a; echo '{"event":"finish","planned":2,"spoiled":true,"elapsed_s":1}' >&4; leave 1; }
begin b; end b; echo '{"event":"finish","planned":2,"elapsed_s":2}' >&4; leave 0)");
	CHECK(run_in_vm(world.run) == 0);
	CHECK(world.count("end") == 2);
	CHECK(world.count("finish") == 2);
	REQUIRE(world.count("restart") == 1);
	CHECK(world.go(2)["finished"] == World::finished("a"));
	const auto lost = std::ranges::find(
		world.events, "restart", [](const Json &line) { return line.value("event", ""); });
	CHECK(lost->value("why", "").find("1 of 2 points are left") != std::string::npos);
	CHECK_FALSE(lost->contains("elapsed_s")); // its `finish` has told
}

TEST_CASE("a complaint in a block costs a machine, and its points are run alone")
{
	World world(R"(ready
[ $starts = 1 ] && { begin b; begin a; echo '{"event":"suspect","ids":["a","b"],"complaint":"BUG: x"}' >&4; exec sleep 10; }
begin a; end a; begin b; end b; finish; leave 0)");
	CHECK(run_in_vm(world.run) == 0);
	CHECK(world.count("suspect") == 1);
	CHECK(world.count("restart") == 1);
	CHECK(world.go(2)["alone"] == Json({"a", "b"}));
	CHECK(world.count("end") == 2);
}

TEST_CASE("silence is a death")
{
	World world(R"(ready
[ $starts = 1 ] && { begin a; exec sleep 10; }
finish; leave 0)");
	world.run.time_scale = 0.05;
	CHECK(run_in_vm(world.run) == 0);
	CHECK(world.count("restart") == 1);
}

TEST_CASE("a second machine of another kind is booted when points wait for it")
{
	World world(R"(ready
if [ "$nomops" ]; then begin b; end b; finish; else begin a; end a; finish '"nomops":1'; fi
leave 0)");
	CHECK(run_in_vm(world.run) == 0);
	CHECK(world.count("end") == 2);
	CHECK(world.request(2)["machine"]["variant"] == "nomops");
	CHECK(world.go(2)["finished"] == World::finished("a"));
}

TEST_CASE("a machine that does not boot is an error with its last words")
{
	World world("echo 'no such board' >&2; exit 1");
	try {
		run_in_vm(world.run);
		FAIL("it ran");
	} catch (const sys::Problem &problem) {
		const std::string text = problem.what();
		CHECK(problem.status == 3);
		CHECK(text.starts_with("the machine did not boot: QEMU ended with status 1"));
		CHECK(text.find("\n    no such board") != std::string::npos);
	}
}

TEST_CASE("a machine that somebody kills while it boots is booted again")
{
	World world("[ $starts = 1 ] && kill -9 $$; ready; begin a; end a; finish; leave 0");
	CHECK(run_in_vm(world.run) == 0);
	CHECK(world.count("restart") == 1);
	CHECK(world.count("end") == 1);
}

TEST_CASE("how a machine goes down behind its finish does not matter")
{
	for (const char *end : {"kill -9 $$", "exit 1", "exit 0"}) {
		World world(std::string("ready; begin a; end a; finish; ") + end);
		CHECK(run_in_vm(world.run) == 0);
		CHECK(world.count("restart") == 0);
		CHECK(sys::read_file(world.scratch.path / "starts") == "1\n");
	}
}

TEST_CASE("a run that is interrupted before it began leaves no journal")
{
	World world("ready; exec sleep 100");
	world.run.on_event = nullptr;
	heed_ending_signals();
	const sys::HeldSignals held;
	::kill(::getpid(), SIGINT); // there before the machine is
	CHECK(run_in_vm(world.run) == 130);
	CHECK_FALSE(std::filesystem::exists(world.run.out / "journal.jsonl"));
}

TEST_CASE("a machine that is lost again and again is given up, results kept")
{
	World world("ready; [ $starts = 1 ] && { begin a; end a; }; exit 0");
	CHECK_THROWS_AS(run_in_vm(world.run), sys::Problem);
	CHECK(world.count("end") == 1);
	CHECK(world.count("restart") == 1 + 1 + follow::Follower::max_fruitless);
	CHECK(world.journal().find(R"("id":"a")") != std::string::npos);
}

TEST_CASE("a signal that is ignored (nohup) does not end a run")
{
	heed_ending_signals();
	const auto before = std::signal(SIGHUP, SIG_IGN);
	World world("ready; begin a; end a; finish; exit 0");
	world.run.on_event = [](const Json &event) {
		if (event["event"] == "end")
			::kill(::getpid(), SIGHUP);
	};
	CHECK(run_in_vm(world.run) == 0);
	std::signal(SIGHUP, before);
}

TEST_CASE("Ctrl-C stops the machine and says so")
{
	heed_ending_signals();
	for (const auto &[signal, status] :
	     {std::pair(SIGINT, 130), {SIGTERM, 143}, {SIGHUP, 129}}) {
		World world("ready; begin a; end a; exec sleep 100");
		world.run.on_event = [&, number = signal](const Json &event) {
			if (event["event"] == "end")
				::kill(::getpid(), number);
		};
		CHECK(run_in_vm(world.run) == status);
		CHECK(gone(started(world.scratch.path)));
		const auto journal = world.journal();
		CHECK(journal.find(R"("id":"a")") != std::string::npos);
		// What the machine could no longer say.
		const auto last = Json::parse(journal.substr(journal.rfind("{\"event\"")));
		CHECK(last["event"] == "finish");
		CHECK(last["interrupted"] == signal);
		CHECK(last["elapsed_s"] > 0);
	}
}

TEST_CASE("a full disk stops the run and keeps whole lines")
{
	World world("ready; i=0; while [ $i -lt 200 ]; do begin a$i; end a$i; i=$((i + 1)); done; "
		    "exec sleep 100");
	const pid_t child = sys::must(::fork(), "fork");
	if (child == 0) {
		world.run.on_event = [](const Json &) {
			// As a full disk would: write(2) fails from this size on.
			std::signal(SIGXFSZ, SIG_IGN);
			const rlimit limit = {1000, 1000};
			::setrlimit(RLIMIT_FSIZE, &limit);
		};
		try {
			run_in_vm(world.run);
		} catch (const sys::Problem &problem) {
			_exit(problem.status);
		} catch (...) {
		}
		_exit(99);
	}
	int status = 0;
	::waitpid(child, &status, 0);
	REQUIRE(WIFEXITED(status));
	CHECK(WEXITSTATUS(status) == 3);
	CHECK(gone(started(world.scratch.path)));
	const std::string journal = world.journal();
	CHECK(journal.size() > 500);
	CHECK(journal.ends_with("}\n"));
}

TEST_CASE("writing to a full device names it")
{
	Output output("/dev/full");
	try {
		output.append("x");
		FAIL("it was written");
	} catch (const sys::Problem &problem) {
		CHECK(std::string(problem.what())
			      .starts_with("cannot write /dev/full: No space left"));
	}
	CHECK_THROWS_AS(Output("/no/such/directory/x"), sys::Problem);
}

TEST_CASE("QEMU does not outlive us, however we die")
{
	World world("ready; begin a; exec sleep 100");
	const pid_t child = sys::must(::fork(), "fork");
	if (child == 0) {
		run_in_vm(world.run);
		_exit(0);
	}
	const pid_t qemu = started(world.scratch.path);
	REQUIRE(qemu > 0);
	::kill(child, SIGKILL);
	::waitpid(child, nullptr, 0);
	CHECK(gone(qemu));
}
