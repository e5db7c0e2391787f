// SPDX-License-Identifier: GPL-2.0-only
// Worker children and the watchdog on the kernel at hand, without MTE: with nothing bad in the
// buffer every call moves all its bytes, and what the inject cases do is done by themselves.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <filesystem>
#include <seccomp.h>
#include <sys/wait.h>

#include "harness/model/contract.h"
#include "harness/model/evidence.h"
#include "harness/mte/tags.h"
#include "harness/sys/proc.h"
#include "tests/selftest/block_run.h"

namespace tagtrap {

using selftest::on_pipe;
using selftest::Run;

TEST_CASE("with nothing bad in the buffer every byte moves, and the repeat's as well")
{
	const auto call = GENERATE(as<std::string>(), "read", "write", "readv", "writev");
	const Run run({call + "/pipe/good/sync/4096@2048/handler",
		       call + "/pipe/good/none/1@0/blocked",
		       call + "/pipe/align1+good/sync/1000@495/ignored",
		       call + "/unix/good/sync/4096@2048/default",
		       call + "/tmpfs/cached+good/sync/16384@4096/handler",
		       call + "/tmpfs/small+good/sync/1000@496/noexpose",
		       call + "/tmpfs/hole+good/sync/4096@0/handler"});
	for (size_t i = 0; i < run.seen.size(); ++i) {
		CAPTURE(call, i, run.verdict(i).reason, run.seen[i].failure.step.data());
		CHECK(run.seen[i].end == End::returned);
		CHECK(run.seen[i].result == static_cast<int64_t>(run.seen[i].length));
		CHECK(run.seen[i].repeat_result == run.seen[i].result);
		CHECK(run.seen[i].repeat_data_right);
		CHECK(run.seen[i].signal_count == 0);
		CHECK(run.verdict(i).kind == VerdictKind::pass);
	}
}

TEST_CASE("calls with an offset, and a file that is new")
{
	const Run run({"pread64/tmpfs/cached+good/sync/4096@2048/handler",
		       "preadv2/tmpfs/cached+seg2+good/sync/4096@2048/handler",
		       "pwrite64/tmpfs/new+good/sync/5000@2048/handler",
		       "pwritev2/tmpfs/new+seg2+good/sync/4096@2048/handler"});
	for (size_t i = 0; i < run.seen.size(); ++i) {
		CAPTURE(i, run.verdict(i).reason);
		CHECK(run.verdict(i).kind == VerdictKind::pass);
		// preadv2 and pwritev2 are called with offset -1: they move the position.
		const bool positioned = i % 2 == 0;
		CHECK(run.seen[i].position_after == (positioned ? 0 : 4096));
	}
	CHECK(run.seen[2].size_after == 5000);
}

TEST_CASE("a page that is not there gives EFAULT or a short count on every kernel")
{
	const Run run({"read/pipe/unmapped/sync/4096@0/handler",
		       "read/tmpfs/cached+protnone/sync/16384@4096/handler",
		       "write/tmpfs/cached+unmapped/sync/16384@4096/handler",
		       "read/unix/rdonly/sync/4096@0/handler"});
	for (size_t i = 0; i < run.seen.size(); ++i) {
		CAPTURE(i, run.verdict(i).reason);
		CHECK(run.verdict(i).kind == VerdictKind::pass);
		CHECK(run.seen[i].result <= 4096);
	}
	CHECK(run.seen[0].result == -EFAULT);
}

TEST_CASE("a call that sleeps for good is a deadlock, is killed, and the next one is run")
{
	const Run run({on_pipe("inject-deadlock"), on_pipe("read", false)});
	CHECK(run.seen[0].end == End::hung);
	CHECK(run.seen[0].hang.killable);
	CHECK(run.seen[0].hang.last.state == 'S');
	CHECK(run.seen[0].hang.watched_ns > 1'000'000'000);
	CHECK(run.verdict(0).kind == VerdictKind::deadlock);
	CHECK(run.verdict(0).rules == std::vector{Rule::p1, Rule::m5});
	CHECK(run.seen[1].end == End::returned);
	CHECK(run.verdict(1).kind == VerdictKind::pass);
	CHECK_FALSE(run.spoiled);
}

TEST_CASE("a call that works on and on is a livelock")
{
	const Run run({on_pipe("inject-livelock", false), on_pipe("inject-livelock"),
		       on_pipe("write", false)});
	CAPTURE(run.verdict(1).reason);
	CHECK(run.verdict(0).kind == VerdictKind::pass);
	CHECK(run.seen[1].end == End::hung);
	CHECK(run.seen[1].hang.killable);
	CHECK(rates(run.seen[1].hang).voluntary_switches > 100);
	CHECK(run.verdict(1).kind == VerdictKind::livelock);
	CHECK(run.verdict(2).kind == VerdictKind::pass);
}

TEST_CASE("a call that takes its time and ends is slow, and passes")
{
	const Run run({on_pipe("inject-slow")});
	CAPTURE(run.verdict(0).reason);
	CHECK(run.seen[0].end == End::returned);
	CHECK(run.seen[0].elapsed_ns >= 2'000'000'000);
	CHECK(run.verdict(0).kind == VerdictKind::pass);
	REQUIRE(run.verdict(0).notes.size() == 1);
	CHECK(run.verdict(0).notes[0].starts_with("slow: "));
}

TEST_CASE("a group that hung at two positions is left out from then on")
{
	const Run run({"inject-deadlock/pipe/plain/sync/4096@0/handler",
		       "inject-deadlock/pipe/plain/sync/4096@2048/handler",
		       "inject-deadlock/pipe/plain/sync/4096@4080/handler",
		       on_pipe("read", false)});
	CHECK(run.seen[0].end == End::hung);
	CHECK(run.seen[1].end == End::hung);
	CHECK(run.seen[2].end == End::none);
	CHECK(run.seen[3].end == End::returned);
}

TEST_CASE("what the suite itself does wrong is BROKEN, and costs no other point")
{
	const auto call = GENERATE(as<std::string>(), "inject-death", "inject-forbidden");
	const Run run({on_pipe(call, false), on_pipe(call), on_pipe("read", false)});
	CAPTURE(call, run.verdict(1).reason);
	CHECK(run.verdict(0).kind == VerdictKind::pass);
	CHECK(run.verdict(1).kind == VerdictKind::broken);
	CHECK(run.verdict(1).rules.empty());
	CHECK(run.verdict(2).kind == VerdictKind::pass);
}

TEST_CASE("a fault of the suite's own code is BROKEN")
{
	if (!mte::have_tags())
		SKIP("needs a CPU with tags; ./run.sh test shows it in the VM");
	const Run run({on_pipe("inject-user-fault")});
	CHECK(run.verdict(0).kind == VerdictKind::broken);
}

namespace {

struct Lie {
	const char *call;
	Rule rule;
};

} // namespace

TEST_CASE("what breaks a rule is seen, and the rule is named")
{
	const auto lie = GENERATE(Lie{"inject-count", Rule::p3}, Lie{"inject-overrun", Rule::p4},
				  Lie{"inject-signal", Rule::m1}, Lie{"inject-mask", Rule::p5},
				  Lie{"inject-once", Rule::p5});
	const Run run({on_pipe(lie.call, false), on_pipe(lie.call), on_pipe("read", false)});
	CAPTURE(lie.call, run.verdict(0).reason, run.verdict(1).reason);
	CHECK(run.verdict(0).kind == VerdictKind::pass);
	CHECK(run.verdict(1).kind == VerdictKind::fail);
	CHECK(run.verdict(1).rules == std::vector{lie.rule});
	// Nothing of it clings to the points behind.
	CAPTURE(run.verdict(2).reason);
	CHECK(run.verdict(2).kind == VerdictKind::pass);
}

TEST_CASE("success without a byte stored is seen, and a control that stores nothing proves nothing")
{
	const std::string good = "/pipe/good/sync/1024@0/handler",
			  bad = "/pipe/plain/sync/1024@0/handler";
	const Run run({"inject-hollow" + good, "inject-hollow" + bad, "inject-idle" + good,
		       "epoll_pwait" + good, "io_pgetevents" + good});
	CAPTURE(run.verdict(0).reason, run.verdict(1).reason, run.verdict(2).reason);
	CHECK(run.verdict(0).kind == VerdictKind::pass);
	CHECK(run.verdict(1).kind == VerdictKind::fail);
	CHECK(run.verdict(1).rules == std::vector{Rule::p3});
	CHECK(run.verdict(2).kind == VerdictKind::broken);
	CHECK(run.verdict(2).reason.find(
		      "P5: the same call with a good tag then moved wrong data") !=
	      std::string::npos);
	for (const size_t real : {3, 4}) {
		CAPTURE(run.verdict(real).reason);
		CHECK(run.verdict(real).kind == VerdictKind::pass);
	}
}

TEST_CASE("entries into a call are counted where SA_RESTART makes it interesting")
{
	const Run run({"read/pipe/good/sync/4096@2048/restart",
		       "write/unix/good/sync/100@48/restart",
		       "read/pipe/good/sync/4096@2048/handler"});
	CHECK(run.seen[0].entries == 1);
	CHECK(run.seen[1].entries == 1);
	CHECK(run.seen[2].entries == 0);
	for (size_t i = 0; i < run.seen.size(); ++i)
		CHECK(run.verdict(i).kind == VerdictKind::pass);
}

TEST_CASE("where the listener cannot be taken, calls end all the same, and are not counted")
{
	const pid_t child = fork();
	if (child == 0) {
		const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
		seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(pidfd_getfd), 0);
		if (seccomp_load(filter) != 0)
			_exit(2);
		const Run run({"read/pipe/good/sync/4096@2048/restart"});
		_exit(run.seen[0].end == End::returned && run.seen[0].entries == 0 ? 0 : 1);
	}
	int status = -1;
	REQUIRE(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status));
	CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("nothing is left behind: no child, no descriptor")
{
	const auto descriptors = [] {
		size_t count = 0;
		for ([[maybe_unused]] const auto &entry :
		     std::filesystem::directory_iterator("/proc/self/fd"))
			++count;
		return count;
	};
	const auto before = descriptors();
	{
		const Run run({on_pipe("inject-deadlock"), on_pipe("read", false)});
	}
	CHECK(descriptors() == before);
	CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
	CHECK(errno == ECHILD);
}

} // namespace tagtrap
