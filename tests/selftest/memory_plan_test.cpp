// SPDX-License-Identifier: GPL-2.0-only
// Which points have memory with a history, and which a page fault of a rare kind.
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>
#include <set>
#include <stdexcept>
#include <string>

#include "harness/model/call_plan.h"
#include "harness/model/case.h"
#include "harness/model/contract.h"
#include "harness/model/sweep.h"
#include "tests/selftest/plan_world.h"

namespace tagtrap {

using selftest::planned;

TEST_CASE("memory that has been through something, with good tags and a bad granule")
{
	std::set<std::string> names;
	for (const auto &point : planned(Level::standard, 4096, {"[memory]"})) {
		INFO(id(point));
		CHECK(point.memory != Memory::plain);
		CHECK_FALSE(is_control(point));
		CHECK(control_of(point, 4096)->memory == Memory::plain);
		CHECK((point.stand == Stand::good || point.offset == 0) ==
		      (point.stand == Stand::good || row_of(point.memory).untagged));
		names.insert(fmt::format("{}/{} {} {}", point.call->name, point.place->name,
					 to_string(point.memory), to_string(point.stand)));
	}
	for (const auto *const ground :
	     {"read/tmpfs", "read/pipe", "read/ext4", "write/tmpfs", "write/pipe", "write/ext4"})
		for (const auto &row : memory_rows())
			for (const auto *const stand : {"good", "bad"}) {
				const bool stores = std::string_view(ground).starts_with("read");
				const bool holes = row.holes == Holes::all ||
						   (row.holes == Holes::stores && stores);
				const bool due = !holes || stand == std::string_view("good");
				CHECK(names.contains(fmt::format("{} {} {}", ground, row.name,
								 stand)) == due);
			}
	// Loops that copy, fault in and try again are each filesystem's own.
	const std::set<Memory> brought = {Memory::untouched, Memory::zeropage, Memory::discarded,
					  Memory::swapped,   Memory::cow,      Memory::memfd,
					  Memory::uffdcopy};
	for (const auto *const ground : {"read/gfs2", "write/btrfs", "write/xfs"})
		for (const auto &row : memory_rows()) {
			const auto name = fmt::format("{} {}", ground, row.name);
			CHECK(names.contains(name + " good") ==
			      (row.raced || brought.contains(row.memory)));
			if (!row.raced)
				CHECK_FALSE(names.contains(name + " bad"));
		}
	// With O_DIRECT, and in other states of a file, where every byte is due.
	const auto writes = selftest::ids(planned(Level::standard, 4096, {"write/gfs2/*"}));
	for (const auto &row : memory_rows())
		for (const auto *const state : {"new+direct", "cold"}) {
			const bool due = row.raced && row.holes != Holes::all;
			const auto id = fmt::format("write/gfs2/{}+mem-{}", state, row.name);
			CHECK(selftest::holds(writes, id + "+good/sync/16384@0/handler") == due);
			CHECK_FALSE(selftest::holds(writes, id + "/sync/16384@10240/handler"));
		}
	const auto quick = planned(Level::quick, 4096, {"[memory]"});
	CHECK(quick.size() >= 10);
	CHECK(quick.size() < names.size() / 4);
	// Where every granule is wrong none but the first byte can be the bad one.
	CHECK_THROWS_AS(
		planned(Level::quick, 4096, {"read/pipe/mem-discarded/sync/16384@4096/handler"}),
		std::invalid_argument);
	// Where pages come and go a bad granule would prove nothing.
	for (const auto *const id : {"read/tmpfs/cached+mem-raceprotect/sync/16384@8192/handler",
				     "read/tmpfs/cached+mem-racerdonly/sync/16384@8192/handler"})
		CHECK_THROWS_AS(planned(Level::quick, 4096, {id}), std::invalid_argument);
	CHECK_THROWS_AS(planned(Level::quick, 4096, {"readv/pipe/mem-none/sync/16384@0/handler"}),
			std::invalid_argument);
}

TEST_CASE("memory with a history is met by rings, their threads, and in a vector")
{
	const auto all = selftest::ids(planned(Level::standard, 4096, {"[memory]"}));
	for (const auto *const id :
	     {"uring-write/tmpfs/cached+mem-swapped+good/sync/16384@0/handler",
	      "uring-read/tmpfs/cached+worker+mem-discarded+good/sync/16384@0/handler",
	      "uring-write/tmpfs/cached+sqpoll+mem-memfd/sync/16384@10240/handler",
	      "uring-read/ext4/cached+direct+worker+mem-uffdcopy+good/sync/16384@0/handler",
	      "uring-write/tmpfs/cached+worker+mem-racediscard+good/sync/16384@0/handler",
	      "readv/tmpfs/cached+seg4+mem-cow+good/sync/16384@12288/handler",
	      "writev/tmpfs/cached+bad3of4+mem-shmemswap/sync/16384@10240/handler",
	      "writev/ext4/cached+direct+bad1of4+mem-untouched/sync/16384@0/handler"}) {
		CAPTURE(id);
		CHECK(selftest::holds(all, id));
		CHECK(tagtrap::id(parse_id(id)) == id);
	}
	for (const auto *const id :
	     {"uring-write/ext4/cached+mem-racediscard+good/sync/16384@0/handler",
	      "uring-read/pipe/mem-swapped+good/sync/16384@0/handler"})
		CHECK_FALSE(selftest::holds(all, id));
}

TEST_CASE("ordinary faults of rare kinds, for read and write")
{
	std::set<std::string> names;
	for (const auto &point : planned(Level::standard, 4096, {"tmpfs", "ext4"}))
		if (point.stand >= Stand::eof)
			names.insert(fmt::format("{}/{}{} {}", point.call->name, point.place->name,
						 point.direct ? "+direct" : "",
						 to_string(point.stand)));
	CHECK(names == std::set<std::string>{"read/tmpfs eof", "read/tmpfs pkey", "read/tmpfs gcs",
					     "read/ext4 eof", "read/ext4 pkey", "read/ext4 gcs",
					     "read/ext4+direct eof", "read/ext4+direct pkey",
					     "read/ext4+direct gcs", "read/ext4+direct pfn",
					     "write/ext4+direct pfn", "write/tmpfs eof",
					     "write/tmpfs pkey", "write/ext4 eof",
					     "write/ext4 pkey", "write/ext4+direct eof",
					     "write/ext4+direct pkey"});
}

} // namespace tagtrap
