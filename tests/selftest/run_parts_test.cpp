// SPDX-License-Identifier: GPL-2.0-only
// Pieces of the layer that runs, none of which needs a kernel with MTE.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <sys/syscall.h>
#include <system_error>

#include "harness/run/canary.h"
#include "harness/run/facts.h"
#include "harness/run/groups.h"
#include "harness/run/journal.h"
#include "harness/run/places.h"
#include "harness/run/skips.h"
#include "harness/sys/file.h"
#include "harness/sys/proc.h"
#include "tests/selftest/scratch.h"

namespace tagtrap {

TEST_CASE("a group is closed after one unkillable hang")
{
	Groups groups(false);
	CHECK_FALSE(groups.closed("g", 0));
	groups.hung("g", 0, false);
	CHECK(groups.closed("g", 0));
	CHECK(groups.closed("g", 2048));
	CHECK_FALSE(groups.closed("another", 0));
}

TEST_CASE("a group is closed after killable hangs at two positions")
{
	Groups groups(false);
	groups.hung("g", 0, true);
	CHECK(groups.closed("g", 0)); // this position has told what it had to tell
	CHECK_FALSE(groups.closed("g", 2048));
	groups.hung("g", 0, true);
	CHECK_FALSE(groups.closed("g", 2048));
	groups.hung("g", 2048, true);
	CHECK(groups.closed("g", 4080));
	groups.leave_out("g");
	groups.leave_out("g");
	CHECK(groups.left_out().at("g") == 2);
}

TEST_CASE("--every-point closes nothing, a group closed before stays closed")
{
	Groups every(true, {"g"});
	every.hung("g", 0, false);
	CHECK_FALSE(every.closed("g", 0));
	const Groups before(false, {"g"});
	CHECK(before.closed("g", 16));
	CHECK_FALSE(before.closed("h", 16));
}

namespace {

Observation seen_with(uint32_t signals, int number = 11, End end = End::returned)
{
	Observation seen;
	seen.end = end;
	seen.signal_count = signals;
	seen.signals[0].number = signals != 0 ? number : 0;
	return seen;
}

} // namespace

TEST_CASE("the canary: signals on both calls, on neither, or no contract")
{
	const auto both = read_canary(seen_with(1, 7), seen_with(1, 7));
	CHECK(both.contract == Contract::forced_signal);
	CHECK(read_canary(seen_with(0), seen_with(0)).contract == Contract::mainline);
	CHECK_FALSE(read_canary(seen_with(1), seen_with(0)).contract);
	CHECK_FALSE(read_canary(seen_with(0), seen_with(1)).contract);
	const auto lost = read_canary(seen_with(0, 0, End::hung), seen_with(0));
	CHECK_FALSE(lost.contract);
	CHECK_THAT(lost.why,
		   Catch::Matchers::ContainsSubstring("write on a pipe did not come back"));
	CHECK_FALSE(read_canary(seen_with(0), seen_with(0, 0, End::none)).contract);
	CHECK_THAT(both.why, Catch::Matchers::ContainsSubstring("signal 7"));
}

TEST_CASE("the mount that holds a path is the deepest, and the last of those")
{
	const std::string mounts = "/dev/vda / ext4 rw,relatime 0 0\n"
				   "tmpfs /mnt tmpfs rw 0 0\n"
				   "/dev/vdb /mnt/gfs2 gfs2 rw,noatime 0 0\n"
				   "/dev/vdc /mnt/gfs2 xfs ro 0 0\n";
	const auto deepest = mount_of(mounts, "/mnt/gfs2");
	CHECK(deepest.type == "xfs");
	CHECK(deepest.source == "/dev/vdc");
	CHECK(deepest.options == "ro");
	CHECK(mount_of(mounts, "/mnt/gfs2/a/b").type == "xfs");
	CHECK(mount_of(mounts, "/mnt/gfs2x").type == "tmpfs");
	CHECK(mount_of(mounts, "/mntx").type == "ext4");
	CHECK(mount_of("", "/mnt").type.empty());
}

TEST_CASE("releases of kernels")
{
	int major = 0, minor = 0;
	CHECK(parse_release("6.12.94+deb13-arm64", major, minor));
	CHECK(major == 6);
	CHECK(minor == 12);
	CHECK(parse_release("7.3-rc1", major, minor));
	CHECK(major == 7);
	CHECK(minor == 3);
	CHECK_FALSE(parse_release("", major, minor));
	CHECK_FALSE(parse_release("seven", major, minor));
	CHECK_FALSE(parse_release("7", major, minor));
}

TEST_CASE("a task may be called anything")
{
	const auto name = GENERATE(as<std::string>(), "tagtrap", "a b", "(", ")", "x) R 1 (y", "");
	sys::TaskStat task;
	REQUIRE(sys::parse_stat("4711 (" + name + ") D 1 2 3 4 5 6 77 8 9 10 1100 1200 13 14 15",
				task));
	CHECK(task.name == name);
	CHECK(task.state == 'D');
	CHECK(task.minor_faults == 77);
	CHECK(task.user_ticks == 1100);
	CHECK(task.system_ticks == 1200);
}

TEST_CASE("a line that is no stat line is refused")
{
	const auto line = GENERATE(as<std::string>(), "", "4711", "4711 (x", "4711 x) R 1",
				   "4711 )x( R 1 2 3 4 5 6 7 8 9 10 11 12 13", "4711 (x) R 1 2 3");
	sys::TaskStat task;
	CHECK_FALSE(sys::parse_stat(line, task));
}

TEST_CASE("fields of a status file")
{
	const std::string text = "Name:\tx\nvoluntary_ctxt_switches:\t12\n"
				 "nonvoluntary_ctxt_switches:\t3\n";
	CHECK(sys::status_field(text, "voluntary_ctxt_switches") == 12);
	CHECK(sys::status_field(text, "nonvoluntary_ctxt_switches") == 3);
	CHECK(sys::status_field(text, "ctxt_switches") == 0);
}

TEST_CASE("our own tasks are found, with times that only grow")
{
	const auto before = sys::tasks(getpid());
	REQUIRE(before.size() >= 1);
	CHECK(before.front().tid == getpid());
	CHECK(before.front().state == 'R');
	const auto after = sys::tasks(getpid());
	CHECK(after.front().user_ticks >= before.front().user_ticks);
	CHECK(sys::tasks(0).empty());
}

TEST_CASE("a journal gets one line per event, behind what is there")
{
	const selftest::Scratch scratch;
	const auto path = scratch.path / "journal.jsonl";
	JournalWriter(path).write(Json{{"event", "begin"}});
	JournalWriter(path).write(Json{{"event", "finish"}});
	CHECK(sys::read_file(path) == "{\"event\":\"begin\"}\n{\"event\":\"finish\"}\n");
}

TEST_CASE("a disk that is full is an error that names the journal")
{
	JournalWriter journal("/dev/full");
	try {
		journal.write(Json{{"event", "run"}});
		FAIL("a full disk went unnoticed");
	} catch (const std::system_error &error) {
		CHECK(error.code() == std::errc::no_space_on_device);
		CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring("/dev/full"));
	}
}

TEST_CASE("a journal that cannot be opened is named")
{
	const selftest::Scratch scratch;
	const auto path = (scratch.path / "missing" / "journal.jsonl").string();
	try {
		const JournalWriter journal(path);
		FAIL("it was opened");
	} catch (const std::system_error &error) {
		CHECK(error.code() == std::errc::no_such_file_or_directory);
		CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring(path));
	}
}

TEST_CASE("why a point is not run here")
{
	Abilities able;
	able.survey.missing["gfs2"] = "no disk";
	able.no_asymm = "no asymm";
	able.no_sqpoll = "no sqpoll";
	SessionSetup setup;
	const auto reason = [&](const char *id) {
		return skip_reason(parse_id(id), able, setup, Contract::mainline);
	};
	CHECK(reason("read/pipe/plain/sync/4096@2048/handler").empty());
	CHECK(reason("read/gfs2/cached/sync/4096@2048/handler") == "no gfs2 here: no disk");
	CHECK(reason("read/pipe/plain/asymm/4096@2048/handler") == "no asymm");
	CHECK(reason("uring-read/pipe/sqpoll/sync/4096@2048/handler") == "no sqpoll");
	CHECK(reason("uring-read/pipe/worker/sync/4096@2048/handler").empty());
	able.no_uring = "no uring";
	CHECK(reason("uring-read/pipe/worker/sync/4096@2048/handler") == "no uring");
	CHECK(reason("read/pipe/nomops/sync/4096@2048/handler") ==
	      "needs a boot with arm64.nomops");
	setup.our_vm = true;
	CHECK(reason("read/pipe/nomops/sync/4096@2048/handler") == pending_nomops);
	able.nomops = true;
	CHECK(reason("read/pipe/nomops/sync/4096@2048/handler").empty());
	able.no_call[SYS_io_setup] = "io_setup: no";
	CHECK(reason("io_pgetevents/pipe/plain/sync/1024@0/handler") == "io_setup: no");
	CHECK(reason("ppoll/pipe/plain/sync/1024@0/handler").empty());
}

TEST_CASE("a situation that this machine cannot arrange is left out")
{
	const char *const name = "process_vm_readv/self/plain/sync/1024@512/handler";
	Abilities able;
	const SessionSetup setup;
	CHECK(skip_reason(parse_id(name), able, setup, Contract::mainline).empty());
	able.lacks[parse_id(name).call->situation] = "no such call";
	CHECK(skip_reason(parse_id(name), able, setup, Contract::mainline) == "no such call");
}

TEST_CASE("what may cost the machine needs leave on a machine that is not ours")
{
	const Abilities able;
	SessionSetup setup;
	const auto reason = [&](const char *id) {
		return skip_reason(parse_id(id), able, setup, Contract::mainline);
	};
	for (const char *id : {"inject-silent/pipe/plain/sync/4096@2048/handler",
			       "inject-panic/pipe/plain/sync/4096@2048/handler"}) {
		setup.allow_hangs = setup.our_vm = false;
		CHECK_THAT(reason(id), Catch::Matchers::ContainsSubstring("--allow-hangs"));
		setup.allow_hangs = true;
		CHECK(reason(id).empty());
		setup.allow_hangs = false;
		setup.our_vm = true;
		CHECK(reason(id).empty());
	}
}

} // namespace tagtrap
