// SPDX-License-Identifier: GPL-2.0-only
// What the stacks of a hang have in common. The texts are those of real kernels.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "harness/model/evidence.h"
#include "harness/run/hearts.h"

namespace tagtrap {

namespace {

std::string stack(const std::vector<std::string> &functions)
{
	std::string text;
	for (const auto &name : functions)
		text += "[<0>] " + name + "+0x70/0x16c\n";
	return text;
}

const std::string read_entry = "[<0>] __arm64_sys_read+0x24/0x30\n"
			       "[<0>] invoke_syscall+0x68/0xe0\n"
			       "[<0>] el0_svc_common.constprop.0+0xd4/0xf4\n"
			       "[<0>] do_el0_svc+0x2c/0x9c\n"
			       "[<0>] el0_svc+0x34/0xdc\n"
			       "[<0>] el0t_64_sync_handler+0xf4/0x120\n"
			       "[<0>] el0t_64_sync+0x18c/0x190\n";
const std::string faulting = stack({"fault_in_safe_writeable", "fault_in_iov_iter_writeable",
				    "gfs2_file_read_iter", "vfs_read", "ksys_read"}) +
			     read_entry;
const std::string locking =
	stack({"gfs2_glock_dq", "gfs2_file_read_iter", "vfs_read"}) + read_entry;
const std::string copying =
	stack({"__arch_copy_to_user", "copy_page_to_iter", "filemap_read", "gfs2_file_read_iter"}) +
	read_entry;

std::string heart(const std::string &text)
{
	return heart_of(functions_of(text));
}

} // namespace

TEST_CASE("functions of a kernel stack, innermost first, down to the entry of the call")
{
	CHECK(functions_of("[<0>] gfs2_file_read_iter+0x11c/0x3a0 [gfs2]\n"
			   "[<0>] vfs_read.isra.0+0x1fc/0x330\n"
			   "garbage\n"
			   "[<0>] 0xffff800080\n") == Functions{"gfs2_file_read_iter", "vfs_read"});
	CHECK(functions_of("").empty());
	CHECK(functions_of(read_entry).empty());
	CHECK(functions_of("[<0>] vfs_read+0x1/0x2\n" + read_entry) == Functions{"vfs_read"});
	CHECK(functions_of("[<0>] io_wq_worker+0x1/0x2\n[<0>] ret_from_fork+0x1/0x2") ==
	      Functions{"io_wq_worker"});
	CHECK(functions_of("[<0>] pipe_read+0x1/0x2\n[<0>] ksys_read+0x1/0x2\n"
			   "[<0>] do_syscall_64+0x82/0x190\n"
			   "[<0>] entry_SYSCALL_64_after_hwframe+0x76/0x7e\n") ==
	      Functions{"pipe_read", "ksys_read"});
}

TEST_CASE("the heart is the function above the helpers that copy and fault in")
{
	CHECK(heart(faulting) == "gfs2_file_read_iter");
	CHECK(heart(copying) == "filemap_read");
	// A page fault that is taken in a copy, and sleeps.
	CHECK(heart(stack({"__schedule", "schedule", "down_read", "do_page_fault", "do_mem_abort",
			   "el1_abort", "el1h_64_sync", "copy_page_from_iter_atomic",
			   "generic_perform_write", "ext4_buffered_write_iter"})) ==
	      "generic_perform_write");
	CHECK(heart(stack({"fault_in_readable", "fault_in_iov_iter_readable",
			   "iomap_file_buffered_write", "xfs_file_buffered_write"})) ==
	      "iomap_file_buffered_write");
}

TEST_CASE("without a helper the heart is the function that sleeps or works")
{
	CHECK(heart(stack({"pipe_read", "vfs_read"}) + read_entry) == "pipe_read");
	CHECK(heart(stack({"__schedule", "schedule", "rwsem_down_write_slowpath", "down_write",
			   "ext4_file_write_iter"})) == "ext4_file_write_iter");
	CHECK(heart(locking) == "gfs2_glock_dq");
}

TEST_CASE("what every call has says nothing")
{
	CHECK(heart("").empty());
	CHECK(heart(read_entry).empty());
	CHECK(heart(stack({"__schedule", "schedule"}) + read_entry).empty());
	CHECK(heart(stack({"copy_page_to_iter"}) + read_entry).empty());
}

TEST_CASE("a cold read of the same filesystem has another heart than its livelock")
{
	const std::string cold =
		stack({"folio_wait_bit_common", "folio_put_wait_locked", "filemap_update_page",
		       "filemap_get_pages", "filemap_read", "generic_file_read_iter",
		       "gfs2_file_read_iter", "vfs_read", "ksys_read"}) +
		read_entry;
	CHECK(heart(cold) != heart(faulting));
}

TEST_CASE("a disk is at work while it has a request in hand")
{
	const std::string
		idle = " 254       0 vda 1104 14 33298 218 22 8 240 7 0 140 226 0 0 0 0\n",
		busy = " 254      16 vdb 90 0 4298 28 2 0 16 7 3 40 36 0 0 0 0\n";
	CHECK_FALSE(disks_at_work(""));
	CHECK_FALSE(disks_at_work(idle));
	CHECK(disks_at_work(idle + busy));
	CHECK_FALSE(disks_at_work("254 0 vda 1 2 3"));
	// A task in D may wait for a lock whose owner waits for the disk: gfs2's log flush.
	CHECK(waits_for_disk('D', busy));
	CHECK_FALSE(waits_for_disk('D', idle));
	CHECK_FALSE(waits_for_disk('S', busy));
	CHECK_FALSE(waits_for_disk('R', busy));
}

TEST_CASE("stacks are spread over a watch of any length")
{
	const auto watches_ms = GENERATE(5'000, 60'000, 3'600'000);
	constexpr uint64_t ms = 1'000'000;
	StackTally tally(250 * ms);
	std::vector<uint64_t> taken;
	for (int at = 0; at < watches_ms; at += 50)
		if (tally.due(static_cast<uint64_t>(at) * ms)) {
			taken.push_back(static_cast<uint64_t>(at));
			tally.add(static_cast<uint64_t>(at) * ms,
				  stack({"at_" + std::to_string(at)}));
		}
	CHECK(tally.samples() >= StackTally::most / 2);
	CHECK(tally.samples() <= StackTally::most);
	CHECK(taken.size() < 160);
	Hang hang;
	tally.write(hang);
	CHECK(hang.stack_samples == tally.samples());
	CHECK(readable(hang.innermost).starts_with("at_0 1, "));
}

TEST_CASE("the heart of a loop is below all of its stations")
{
	const auto heart_of_all = [](const std::vector<std::string> &stacks) {
		StackTally tally(1);
		for (const auto &each : stacks)
			tally.add(0, each);
		return tally.heart();
	};
	CHECK(heart_of_all({faulting, faulting, faulting}) == "gfs2_file_read_iter");
	CHECK(heart_of_all({copying, copying, locking}) == "gfs2_file_read_iter");
	// A kernel that may be preempted anywhere shows the copy nearly always.
	std::vector<std::string> mostly(18, copying);
	mostly.push_back(faulting);
	CHECK(heart_of_all(mostly) == "gfs2_file_read_iter");
	CHECK(heart_of_all(std::vector<std::string>(18, copying)) == "filemap_read");
	// What is on every stack says nothing: the most frequent answer counts.
	CHECK(heart_of_all({stack({"pipe_read", "vfs_read"}), stack({"pipe_read", "vfs_read"}),
			    stack({"other_read", "vfs_read"})}) == "pipe_read");
}

TEST_CASE("equal functions are one stack, the most frequent first")
{
	StackTally tally(1);
	for (const auto &each : {locking, faulting, copying, faulting, std::string(), faulting})
		tally.add(0, each);
	tally.add(0, "[<0>] fault_in_safe_writeable+0x8c/0x16c\n" + faulting.substr(44));
	Hang hang;
	tally.write(hang);
	CHECK(hang.stack_samples == 6);
	CHECK(hang.stack_counts == std::array<uint32_t, max_stacks>{4, 1, 1, 0});
	CHECK(readable(hang.stacks[0]) == faulting);
	CHECK(readable(hang.stacks[1]) == locking);
	CHECK(readable(hang.innermost) ==
	      "fault_in_safe_writeable 4, gfs2_glock_dq 1, __arch_copy_to_user 1");
	CHECK(readable(hang.heart) == "gfs2_file_read_iter");
}

TEST_CASE("a loop is known by the station that calls a helper, however rarely it is seen there")
{
	StackTally tally(1);
	for (const auto &each : {locking, locking, locking, faulting})
		tally.add(0, each);
	CHECK(tally.heart() == "gfs2_file_read_iter");
	CHECK(StackTally(1).heart().empty());
}

} // namespace tagtrap
