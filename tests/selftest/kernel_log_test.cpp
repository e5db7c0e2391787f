// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <string>
#include <unistd.h>

#include "harness/run/kernel_log.h"
#include "harness/sys/must.h"
#include "tests/selftest/scratch.h"

namespace tagtrap {
namespace {

using enum ComplaintKind;

/// A kernel that says what the test wants: its log is a pipe of packets, one record each.
class FakeKernel {
public:
	FakeKernel()
	{
		sys::must(pipe2(ends_, O_DIRECT | O_NONBLOCK | O_CLOEXEC), "pipe2");
		taint(0);
		oopses(0);
	}
	FakeKernel(const FakeKernel &) = delete;
	FakeKernel &operator=(const FakeKernel &) = delete;
	~FakeKernel()
	{
		close(ends_[0]);
		close(ends_[1]);
	}

	void say(const std::string &text)
	{
		const std::string record = "4,1,1,-;" + text + '\n';
		sys::must(write(ends_[1], record.data(), record.size()), "writing a record");
	}
	void taint(uint64_t bits) { number("taint", bits); }
	void oopses(uint64_t count) { number("oopses", count); }

	KernelSources sources(bool readable = true) const
	{
		return {.log = readable ? fmt::format("/proc/self/fd/{}", ends_[0])
					: (scratch_.path / "absent").string(),
			.taint = (scratch_.path / "taint").string(),
			.oopses = (scratch_.path / "oopses").string()};
	}

private:
	void number(const char *name, uint64_t value)
	{
		std::ofstream(scratch_.path / name) << value << '\n';
	}

	selftest::Scratch scratch_;
	int ends_[2] = {-1, -1};
};

constexpr uint64_t bad_page = 1u << 5, die = 1u << 7, warn = 1u << 9, module = 1u << 12,
		   lockup = 1u << 14;

} // namespace

TEST_CASE("complaints of the kernel are told from what else it says, and how bad they are", "[log]")
{
	struct Line {
		ComplaintKind kind;
		std::string text;
	};
	for (const Line &line : std::vector<Line>{
		     {warning, "WARNING: CPU: 1 PID: 2 at fs/inode.c:3 f+0x1/0x2"},
		     {warning, "WARNING: fs/inode.c:3 at f+0x1/0x2, CPU#1: cat/12"},
		     {warning, "WARNING: the option is going away"},
		     {report, "WARNING: possible circular locking dependency detected"},
		     {report, "WARNING: possible recursive locking detected"},
		     {report, "WARNING: suspicious RCU usage"},
		     {report, "WARNING: bad unlock balance detected!"},
		     {report, "WARNING: tagtrap/12 still has locks held!"},
		     {report, "[ BUG: Invalid wait context ]"},
		     {report, "BUG: sleeping function called from invalid context at a.c:1"},
		     {report, "BUG: KASAN: use-after-free in f"},
		     {report, "BUG: KFENCE: out-of-bounds read in f"},
		     {report, "BUG: Bad page state in process tagtrap  pfn:1"},
		     {report, "BUG kmalloc-64 (Not tainted): Poison overwritten"},
		     {report, "INFO: trying to register non-static key."},
		     {report, "UBSAN: shift-out-of-bounds in a.c:1:2"},
		     {stall, "watchdog: BUG: soft lockup - CPU#0 stuck for 22s!"},
		     {stall, "INFO: task a:1 blocked for more than 60 seconds."},
		     {stall, "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:"},
		     {stall, "BUG: workqueue lockup - pool cpus=0 node=0"},
		     {oops, "Internal error: Oops: 0000000096000004 [#1] SMP"},
		     {oops, "Unable to handle kernel paging request at virtual address 0"},
		     {oops, "kernel BUG at mm/slub.c:1!"},
		     {oops, "BUG: kernel NULL pointer dereference, address: 0"},
		     {oops, "Kernel panic - not syncing: x"},
	     })
		CHECK(complaint_in("6,812,9812345,c;" + line.text + "\n SUBSYSTEM=x\n") ==
		      Complaint{line.kind, line.text});

	for (const auto *record :
	     {"6,812,9812345,-;EXT4-fs (vda): WARNING: nothing\n",
	      "6,812,9812345,-;random: crng init done\n",
	      "12,812,9812345,-;BUG: a program says so\n", "BUG: no record at all", "4,812;", ""})
		CHECK(complaint_in(record) == Complaint());
}

TEST_CASE("only what is new in the log counts, once, the worst and of equals the first", "[log]")
{
	FakeKernel kernel;
	KernelLog log(kernel.sources());
	CHECK(log.readable());
	CHECK(log.complaint() == Complaint());
	kernel.say("WARNING: CPU: 1 PID: 2 at a.c:1 f");
	kernel.say("BUG: KASAN: first");
	kernel.say("BUG: KASAN: second");
	kernel.say("INFO: task a:1 blocked for more than 60 seconds.");
	CHECK(log.complaint() == Complaint{report, "BUG: KASAN: first"});
	CHECK(log.complaint() == Complaint());
	kernel.say("harmless");
	CHECK(log.complaint() == Complaint());
}

TEST_CASE("what was in the log before is nobody's fault", "[log]")
{
	const selftest::Scratch scratch;
	const auto path = (scratch.path / "log").string();
	std::ofstream(path) << "4,1,1,-;BUG: before\n";
	KernelLog log({.log = path});
	CHECK(log.complaint() == Complaint());
	std::ofstream(path, std::ios::app) << "4,2,2,-;BUG: now\n";
	CHECK(log.complaint() == Complaint{report, "BUG: now"});
}

TEST_CASE("a second oops is found, which taints nothing that the first has not", "[log]")
{
	FakeKernel kernel;
	KernelLog log(kernel.sources());
	kernel.say("Internal error: Oops: 96000004 [#1] SMP");
	kernel.taint(die);
	CHECK(log.complaint().kind == oops);
	CHECK(log.complaint().kind == none);
	kernel.say("Internal error: Oops: 96000004 [#2] SMP");
	CHECK(log.complaint() == Complaint{oops, "Internal error: Oops: 96000004 [#2] SMP"});
}

TEST_CASE("a taint that is set a moment after its line is told of once", "[log]")
{
	FakeKernel kernel;
	KernelLog log(kernel.sources());
	kernel.say("WARNING: CPU: 1 PID: 2 at a.c:1 f");
	CHECK(log.complaint().kind == warning);
	kernel.taint(warn);
	CHECK(log.complaint().kind == none);
	kernel.taint(warn | bad_page); // and one without a line is told of
	CHECK(log.complaint() == Complaint{report, "a new taint, 0x20"});
	CHECK(log.complaint().kind == none);
}

TEST_CASE("where the log cannot be read the taint tells what it can, and says so", "[log]")
{
	FakeKernel kernel;
	KernelLog log(kernel.sources(false));
	CHECK(!log.readable());
	CHECK(log.complaint() == Complaint());
	uint64_t bits = 0;
	const auto tainted = [&](uint64_t more) {
		kernel.taint(bits |= more);
		const auto told = log.complaint();
		CHECK(told.text.find("log could not be read") != std::string::npos);
		return told.kind;
	};
	CHECK(tainted(module) == warning);
	CHECK(tainted(warn) == warning);
	CHECK(tainted(lockup) == stall);
	CHECK(tainted(bad_page) == report);
	kernel.oopses(1);
	CHECK(tainted(die) == oops);
	kernel.oopses(2); // no new taint any more
	CHECK(tainted(0) == oops);
	CHECK(log.complaint() == Complaint());
}

TEST_CASE("a kernel that prints faster than we read does not keep us", "[log]")
{
	KernelLog log({.log = "/dev/zero"});
	CHECK(log.complaint() == Complaint{warning, "records of the kernel's log were lost"});
}

} // namespace tagtrap
