// SPDX-License-Identifier: GPL-2.0-only
// Whose complaint it is that the kernel makes while a block of points runs.
#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <memory>

#include "harness/model/evidence.h"
#include "harness/run/blame.h"

namespace tagtrap {
namespace {

using enum ComplaintKind;
using Items = std::vector<uint32_t>;

/// A block that has been run: plan indices 10, 11, ... with one end each.
struct Ran {
	explicit Ran(const std::vector<End> &ends)
	{
		block.channel = channel.get();
		for (size_t i = 0; i < ends.size(); ++i) {
			block.items.push_back(static_cast<uint32_t>(10 + i));
			block.seen(i).end = ends[i];
		}
	}
	Observation &operator[](size_t i) { return block.seen(i); }

	std::unique_ptr<Channel> channel = std::make_unique<Channel>();
	Block block;
};

const Complaint nothing = {}, warned = {warning, "WARNING: CPU: 0 PID: 1 at a.c:1"},
		stalled = {stall, "INFO: task a:1 blocked for more than 1 seconds."},
		reported = {report, "BUG: KASAN: use-after-free in f"},
		oopsed = {oops, "Internal error: Oops"};

bool clean(const Observation &seen)
{
	return !seen.kernel_complained && !seen.kernel_oopsed && seen.complaint_kind == none &&
	       readable(seen.complaint).empty();
}

} // namespace

TEST_CASE("a block of which the kernel says nothing has no complaint", "[log]")
{
	Ran ran({End::returned, End::killed});
	CHECK(blame(nothing, ran.block).empty());
	CHECK(clean(ran[0]));
	CHECK(clean(ran[1]));
}

TEST_CASE("a WARN is noted with every point that ran", "[log]")
{
	Ran ran({End::returned, End::none, End::hung});
	CHECK(blame(warned, ran.block).empty());
	for (const size_t i : {0, 2}) {
		CHECK(ran[i].kernel_complained);
		CHECK_FALSE(ran[i].kernel_oopsed);
		CHECK(ran[i].complaint_kind == warning);
		CHECK(readable(ran[i].complaint) == warned.text);
	}
	CHECK(clean(ran[1]));
}

TEST_CASE("a point that ran alone has its complaint", "[log]")
{
	for (const auto &complaint : {stalled, reported, oopsed}) {
		Ran ran({End::none, End::returned});
		CHECK(blame(complaint, ran.block).empty());
		CHECK(clean(ran[0]));
		CHECK(ran[1].kernel_complained);
		CHECK(ran[1].kernel_oopsed == (complaint.kind == oops));
		CHECK(ran[1].complaint_kind == complaint.kind);
		CHECK(readable(ran[1].complaint) == complaint.text);
	}
}

TEST_CASE("of several points each one is suspect, and none has the complaint", "[log]")
{
	for (const auto &complaint : {stalled, reported, oopsed}) {
		Ran ran({End::returned, End::killed, End::none, End::setup_failed});
		CHECK(blame(complaint, ran.block) == Items{10, 11, 13});
		for (const size_t i : {0, 1, 3})
			CHECK(clean(ran[i]));
	}
}

TEST_CASE("a hang is not run again: it carries its part of the complaint at once", "[log]")
{
	Ran ran({End::returned, End::hung});
	CHECK(blame(reported, ran.block) == Items{10});
	CHECK(clean(ran[0]));
	CHECK(ran[1].complaint_kind == report);
	CHECK(stuck_in(ran.block) == Items{11});
	Ran died({End::returned, End::hung}); // whoever oopsed is no task that stands still
	CHECK(blame(oopsed, died.block) == Items{10});
	CHECK(clean(died[1]));
	Ran hangs({End::hung, End::hung});
	CHECK(blame(reported, hangs.block).empty());
	CHECK(hangs[0].complaint_kind == report);
	CHECK(hangs[1].complaint_kind == report);
}

TEST_CASE("a stall is told of the point that stood still", "[log]")
{
	Ran ran({End::returned, End::hung, End::returned, End::setup_failed});
	ran[2].repeated = true;
	ran[2].repeat_result = -ETIMEDOUT;
	ran[3].failure.error = ETIMEDOUT;
	CHECK(blame(stalled, ran.block).empty());
	CHECK(clean(ran[0]));
	for (const size_t i : {1, 2, 3})
		CHECK(ran[i].complaint_kind == stall);
	ran[1].end = ran[3].end = End::none;
	ran[2].repeat_result = -EIO;
	CHECK(blame(stalled, ran.block) == Items{10, 12});
}

} // namespace tagtrap
