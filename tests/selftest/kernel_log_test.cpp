// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/run/kernel_log.h"
#include "tests/selftest/scratch.h"

namespace tagtrap {

TEST_CASE("complaints of the kernel are told from what else it says", "[log]")
{
	CHECK(complaint_in("4,812,9812345,-;WARNING: possible circular locking dependency "
			   "detected\n SUBSYSTEM=x\n") ==
	      "WARNING: possible circular locking dependency detected");
	CHECK(complaint_in("3,1,2,-;BUG: sleeping function called from invalid context at a.c:1") ==
	      "BUG: sleeping function called from invalid context at a.c:1");
	for (const std::string text :
	     {"WARNING: CPU: 1 PID: 2 at fs/inode.c:3 f+0x1/0x2", "BUG: KASAN: use-after-free in f",
	      "watchdog: BUG: soft lockup - CPU#0 stuck for 22s!",
	      "INFO: task a:1 blocked for more than 60 seconds.",
	      "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
	      "INFO: trying to register non-static key.", "UBSAN: shift-out-of-bounds in a.c:1:2",
	      "Internal error: Oops: 0000000096000004 [#1] SMP",
	      "Unable to handle kernel paging request at virtual address 0", "Kernel panic - x"})
		CHECK(complaint_in("6,812,9812345,c;" + text + '\n') == text);

	CHECK(complaint_in("6,812,9812345,-;EXT4-fs (vda): WARNING: nothing\n").empty());
	CHECK(complaint_in("6,812,9812345,-;random: crng init done\n").empty());
	CHECK(complaint_in("12,812,9812345,-;WARNING: a program says so\n").empty());
	CHECK(complaint_in("WARNING: no record at all").empty());
	CHECK(complaint_in("4,812;").empty());
	CHECK(complaint_in("").empty());
}

TEST_CASE("only what is new in the log counts, once, and the first complaint", "[log]")
{
	const selftest::Scratch scratch;
	const auto path = (scratch.path / "log").string();
	const int log = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	REQUIRE(log >= 0);
	const auto say = [&](const std::string &record) {
		REQUIRE(write(log, record.data(), record.size()) ==
			static_cast<ssize_t>(record.size()));
	};
	say("4,1,1,-;WARNING: before\n");
	KernelLog kernel(path.c_str());
	CHECK(kernel.readable());
	CHECK(kernel.complaint().empty());
	say("4,2,2,-;BUG: now\n");
	CHECK(kernel.complaint() == "BUG: now");
	CHECK(kernel.complaint().empty());
	say("6,3,3,-;harmless\n");
	CHECK(kernel.complaint().empty());
	close(log);

	KernelLog none((scratch.path / "absent").c_str());
	CHECK(!none.readable());
	CHECK(none.complaint().empty());
}

} // namespace tagtrap
