// SPDX-License-Identifier: GPL-2.0-only
// Where iovecs are cut, and which of them holds the fault.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "harness/model/sweep.h"
#include "tests/selftest/plan_world.h"

namespace tagtrap {
namespace {

using selftest::holds;
using selftest::ids;
using selftest::planned;

} // namespace

TEST_CASE("segments are cut at granules, and the last one takes the rest")
{
	CHECK(segment_start(4096, 0, 0) == 0);
	CHECK(segment_start(4096, 0, 1) == 4096);
	CHECK(segment_start(256, 4, 1) == 64);
	CHECK(segment_start(256, 4, 3) == 192);
	CHECK(segment_start(256, 4, 4) == 256);
	CHECK(segment_start(1000, 2, 1) == last_segment_start(1000, 2));
}

TEST_CASE("the fault can lie in any segment, and ids say in which")
{
	const auto takes = [](const char *text) { return applicable(parse_id(text), 4096); };
	CHECK(takes("writev/xfs/new+bad2of4/sync/256@96/handler"));
	CHECK(takes("writev/xfs/new+seg4/sync/256@192/handler"));
	CHECK(takes("writev/xfs/new+bad1of4/sync/256@0/handler"));
	CHECK_FALSE(takes("writev/xfs/new+bad2of4/sync/256@48/handler"));  // in the first
	CHECK_FALSE(takes("writev/xfs/new+bad2of4/sync/256@128/handler")); // in the third
	CHECK_FALSE(takes("writev/xfs/new+bad4of4/sync/256@192/handler")); // written seg4
	CHECK_FALSE(takes("writev/xfs/new+bad2of9/sync/4096@512/handler"));
	CHECK_FALSE(takes("write/xfs/new+bad2of4/sync/256@96/handler")); // takes no iovecs
	CHECK(parse_id("writev/xfs/new+bad2of4/sync/256@96/handler").bad_one == 2);
	CHECK_THROWS(parse_id("writev/xfs/new+bad2of/sync/256@96/handler"));
	CHECK_THROWS(parse_id("writev/xfs/new+badof4/sync/256@96/handler"));
}

TEST_CASE("plans have a fault in each of four segments")
{
	std::set<std::pair<int, Stand>> met;
	for (const auto &point : planned(Level::standard, 4096, {"writev/xfs/*"}))
		if (point.segment == 4)
			met.insert({point.bad_one, point.stand});
	for (const int one : {0, 1, 2, 3})
		for (const auto stand : {Stand::bad, Stand::protnone, Stand::unmapped})
			CHECK(met.contains({one, stand}));
	// The missing page holds the second half of the second segment and the first half of the
	// third one; the fourth is there.
	CHECK(holds(ids(planned(Level::standard, 4096, {"writev/xfs/*"})),
		    "writev/xfs/cached+bad2of4+protnone/sync/16384@6144/handler"));
	const auto quick = ids(planned(Level::quick, 4096, {"readv/ext4/*"}));
	CHECK(holds(quick, "readv/ext4/cached+bad2of4/sync/256@96/handler"));
}

} // namespace tagtrap
