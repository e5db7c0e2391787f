// SPDX-License-Identifier: GPL-2.0-only
// Transfers that do not start at the file's first byte: which the plans hold, and where they lie.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>
#include <map>
#include <set>

#include "harness/model/call_plan.h"
#include "harness/model/case.h"
#include "harness/model/file_offset_plan.h"
#include "harness/model/judge_parts.h"
#include "harness/model/sweep.h"
#include "tests/selftest/plan_world.h"

namespace tagtrap {
namespace {

using judging::Demand;
using judging::Ground;
using selftest::holds;
using selftest::ids;
using selftest::planned;

std::vector<Point> with_offset(Level level, uint32_t page_size, const char *spec)
{
	auto points = planned(level, page_size, {spec});
	std::erase_if(points, [](const Point &point) { return point.from == 0; });
	return points;
}

using StateAndDirect = std::pair<FileState, bool>;

/// What there is to read from.
const std::set<StateAndDirect> with_blocks = {
	{FileState::cached, false}, {FileState::cached, true}, {FileState::hole, false},
	{FileState::hole, true},    {FileState::small, false}, {FileState::small, true},
	{FileState::cold, false},   {FileState::page, false},  {FileState::page, true},
	{FileState::large, false},  {FileState::large, true}};

bool ends_at_end(const Point &point, uint32_t page_size)
{
	return point.from + point.length == size_of_file(point.state, page_size);
}

bool crosses_end(const Point &point, uint32_t page_size)
{
	const uint32_t size = size_of_file(point.state, page_size);
	return point.from < size && point.from + point.length > size;
}

} // namespace

TEST_CASE("reads start in the middle of a block, end at the end of the file, and go across it")
{
	const auto page_size = GENERATE(4096u, 16384u);
	const auto points = with_offset(Level::standard, page_size, "pread64/ext4/*");
	REQUIRE(!points.empty());
	std::set<StateAndDirect> inner, tail, across;
	for (const auto &point : points) {
		CHECK(applicable(point, page_size));
		if (crosses_end(point, page_size))
			across.insert({point.state, point.direct});
		else if (ends_at_end(point, page_size))
			tail.insert({point.state, point.direct});
		if (point.from % page_size != 0)
			inner.insert({point.state, point.direct});
	}
	CHECK(inner == with_blocks);
	CHECK(tail == with_blocks);
	CHECK(across == with_blocks);
}

TEST_CASE("writes start in the middle of a block and go across the end of the file")
{
	const auto points = with_offset(Level::standard, 4096, "pwrite64/xfs/*");
	std::set<StateAndDirect> across;
	std::set<FileState> into_new;
	for (const auto &point : points) {
		if (crosses_end(point, 4096))
			across.insert({point.state, point.direct});
		if (point.state == FileState::fresh)
			into_new.insert(point.state);
	}
	CHECK(across == with_blocks);
	CHECK(into_new.size() == 1);
}

TEST_CASE("a read ends with its file, and what lies behind that is not looked at")
{
	const auto due = [](const char *text) {
		const Point point = parse_id(text);
		return judging::demand(point, judging::untried(point, 4096), {});
	};
	const Demand in_front = due("read/ext4/cached+from32668+protnone/sync/1000@48/handler");
	CHECK(in_front.full == 100);
	CHECK(in_front.ground == Ground::ordinary);
	CHECK(in_front.most == 48);
	for (const char *id : {"read/ext4/cached+from32668+protnone/sync/1000@100/handler",
			       "pread64/tmpfs/small+from924+protnone/sync/500@253/handler",
			       "read/ext4/cached+from32668/sync/1000@208/handler",
			       "read/xfs/page+from3996+unmapped/sync/1000@100/handler"}) {
		CAPTURE(id);
		const Demand behind = due(id);
		CHECK(behind.ground == Ground::unreached);
		CHECK(behind.least == 100);
		CHECK(behind.most == 100);
		CHECK_FALSE(behind.efault);
	}
	CHECK(due("write/ext4/cached+from32668+protnone/sync/1000@208/handler").most == 208);
}

TEST_CASE("faults come at an edge of a page of the file that is none of the buffer")
{
	std::map<Stand, size_t> at_edge;
	for (const auto &point : with_offset(Level::standard, 4096, "write/btrfs/*"))
		if ((point.from + point.offset) % 4096 == 0 && point.offset % 4096 != 0)
			at_edge[point.stand]++;
	CHECK(at_edge[Stand::protnone] > 0);
	CHECK(at_edge[Stand::unmapped] > 0);
	// A granule of the buffer holds the first byte behind the edge.
	const auto points = with_offset(Level::standard, 4096, "write/btrfs/cached+*");
	CHECK(std::ranges::any_of(points, [](const Point &point) {
		const uint32_t edge = 4096 - point.from % 4096;
		return point.stand == Stand::bad && point.offset <= edge &&
		       edge < point.offset + granule_size;
	}));
}

TEST_CASE("each file offset has a control of its own, of the same length")
{
	const auto level = GENERATE(Level::quick, Level::standard);
	const auto points = with_offset(level, 4096, "write/ext4/*");
	REQUIRE(!points.empty());
	std::set<std::string> controls;
	for (const auto &point : points)
		if (point.stand == Stand::good)
			controls.insert(id(point));
	for (const auto &point : points) {
		const auto control = control_of(point, 4096);
		REQUIRE(control);
		CHECK(control->from == point.from);
		CHECK(control->length == point.length);
		CHECK(control_key(*control) == control_key(point));
		CHECK(controls.contains(id(*control)));
		Point first = point;
		first.from = 0;
		CHECK(control_key(first) != control_key(point));
		CHECK(group(first) == group(point)); // a hang there closes the group
	}
}

TEST_CASE("what starts elsewhere comes behind what starts at the file's first byte")
{
	// A hang closes its group: none of the swept points may be SKIP for one of these.
	const auto points = planned(Level::standard, 4096, {"write/ext4/*"});
	bool other = false;
	size_t swept_behind = 0;
	for (const auto &point : points) {
		if (point.stand != Stand::bad || point.nomops || point.segment == 4)
			continue;
		other |= point.from != 0;
		swept_behind += other && point.from == 0 ? 1 : 0;
	}
	CHECK(other);
	CHECK(swept_behind == 0);
}

TEST_CASE("a quick plan has file offsets for the calls that stand for the others")
{
	for (const auto &point : with_offset(Level::quick, 4096, "*"))
		CHECK(point.call->shape.representative);
	CHECK(with_offset(Level::quick, 4096, "read/pipe/*").empty());
}

TEST_CASE("a write behind the end of a file meets a missing page at its first byte in every plan")
{
	for (const auto level : {Level::quick, Level::standard}) {
		const auto all = ids(with_offset(level, 4096, "write/*/new+from6644+protnone/*"));
		for (const auto *const place : {"tmpfs", "ext4", "f2fs"})
			CHECK(holds(all, fmt::format("write/{}/new+from6644+protnone/sync/5000@0/"
						     "handler",
						     place)));
	}
}

TEST_CASE("workers meet missing pages, in transfers from the middle of a file too")
{
	const auto all = ids(planned(Level::standard, 4096, {"uring-write/xfs/*"}));
	for (const auto *const id :
	     {"uring-write/xfs/cached+worker+protnone/sync/4096@0/handler",
	      "uring-write/xfs/cached+sqpoll+protnone/sync/4096@13/handler",
	      "uring-write/xfs/hole+worker+from6644+protnone/sync/5000@1548/handler"})
		CHECK(holds(all, id));
}

TEST_CASE("a vector that starts elsewhere has a missing page in its second of four segments")
{
	const auto all = ids(planned(Level::standard, 4096, {"*v/xfs/*"}));
	CHECK(holds(all, "writev/xfs/page+from3996+bad2of4+protnone/sync/1000@254/handler"));
	CHECK(holds(all,
		    "writev/xfs/cached+direct+from6656+bad2of4+protnone/sync/4096@1024/handler"));
	CHECK(holds(all, "writev/xfs/cached+direct+from6656+good/sync/4096@0/handler"));
	CHECK(holds(all, "readv/xfs/cached+from6644+bad2of4+protnone/sync/5000@1257/handler"));
}

TEST_CASE("an offset that a file does not have is no point")
{
	const auto takes = [](const char *text) { return applicable(parse_id(text), 4096); };
	CHECK(takes("read/ext4/cached+from28672/sync/4096@0/handler"));
	CHECK(takes("read/ext4/cached+from28673/sync/4096@0/handler"));
	CHECK(takes("read/ext4/cached+from32767/sync/4096@0/handler"));
	CHECK_FALSE(takes("read/ext4/cached+from32768/sync/4096@0/handler"));
	CHECK(takes("read/ext4/cached+direct+from31744/sync/2048@512/handler"));
	CHECK_FALSE(takes("read/ext4/cached+direct+from31744/sync/2048@1024/handler"));
	CHECK(takes("read/ext4/page/sync/4096@0/handler"));
	CHECK_FALSE(takes("read/ext4/page/sync/4097@0/handler"));
	CHECK(takes("write/ext4/cached+from32768/sync/4096@0/handler"));
	CHECK_FALSE(takes("write/ext4/cached+from32769/sync/4096@0/handler"));
	CHECK(takes("write/ext4/new+from1/sync/4096@0/handler"));
	CHECK_FALSE(takes("write/ext4/new+from4294967295/sync/4096@0/handler"));
	CHECK_FALSE(takes("write/ext4/cached+direct+from100/sync/4096@0/handler"));
	CHECK_FALSE(takes("write/pipe/from512/sync/4096@0/handler"));
	CHECK_FALSE(takes("write/tmpfs/cached+from512+mem-cow/sync/4096@0/handler"));
	CHECK_THROWS(parse_id("write/ext4/cached+fromx/sync/4096@0/handler"));
	CHECK_THROWS(parse_id("write/ext4/cached+from0/sync/4096@0/handler"));
}

} // namespace tagtrap
