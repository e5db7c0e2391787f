// SPDX-License-Identifier: GPL-2.0-only
// How far reads and writes of files come, by what the filesystem does with them.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "harness/model/contract.h"
#include "harness/model/judge_parts.h"
#include "harness/model/plan.h"

namespace tagtrap {

namespace {

constexpr KernelFacts now = {.major = 6, .minor = 12}, long_ago = {.major = 5, .minor = 10};

/// The promise of the point, of which `rest` is what follows the place.
std::string promised(const char *call, const char *place, const char *rest,
		     const KernelFacts &facts = now)
{
	const std::string id = std::string(call) + '/' + place + '/' + rest + "/handler";
	CAPTURE(id);
	const Point point = parse_id(id);
	REQUIRE(point.call != nullptr);
	return to_string(expect(point, facts).promise);
}

} // namespace

TEST_CASE("f2fs pins whole blocks for O_DIRECT, or copies them", "[promise]")
{
	CHECK(promised("read", "f2fs", "cached+direct/sync/4096@2048") == "close(15) or unchecked");
	CHECK(promised("readv", "f2fs", "cached+direct+seg2/sync/16384@8192") ==
	      "close(15) or unchecked");
	for (const auto *state : {"cached", "new", "hole"}) {
		const std::string rest = std::string(state) + "+direct/sync/4096@2048";
		CHECK(promised("write", "f2fs", rest.c_str()) == "exact or unchecked");
		CHECK(promised("write", "f2fs", rest.c_str(), long_ago) == "exact or unchecked");
		CHECK(promised("write", "ext4", rest.c_str()) == "unchecked");
	}
	// What is probed ahead is given up as in the page cache, where it goes there.
	CHECK(promised("write", "f2fs", "hole+direct/sync/4096@0", long_ago) ==
	      "granular(4096 page of the file) or unchecked");
	// A missing page cannot be pinned: how much of the others moves is the device's business.
	CHECK(promised("write", "f2fs", "cached+direct+unmapped/sync/16384@4096") == "unchecked");
	CHECK(promised("read", "f2fs", "cached+direct+protnone/sync/16384@4096") == "unchecked");
}

TEST_CASE("f2fs copies what is not in whole blocks, O_DIRECT or not", "[promise]")
{
	CHECK(promised("read", "f2fs", "cached+direct/sync/512@256") == "close(15)");
	CHECK(promised("read", "f2fs", "hole+direct/sync/512@256") == "close(15)");
	CHECK(promised("read", "f2fs", "small+direct/sync/512@256") == "close(15)");
	CHECK(promised("readv", "f2fs", "cached+direct+seg2/sync/4096@2048") == "close(15)");
	CHECK(promised("write", "f2fs", "new+direct/sync/512@256") == "exact");
	CHECK(promised("write", "f2fs", "small+direct/sync/512@256") == "exact");
	CHECK(promised("write", "f2fs", "cached+direct+unmapped/sync/4096@512") == "exact");
	CHECK(promised("write", "ext4", "new+direct/sync/512@256") == "unchecked");
	// Blocks are as large as pages.
	KernelFacts large = now;
	large.page_size = 16384;
	CHECK(promised("write", "f2fs", "new+direct/sync/4096@2048", large) == "exact");
	CHECK(promised("write", "f2fs", "new+direct/sync/16384@2048", large) ==
	      "exact or unchecked");
}

TEST_CASE("f2fs fails an O_DIRECT read of a hole as a whole since it does so by iomap", "[promise]")
{
	const char *const rest = "hole+direct/sync/4096@2048";
	CHECK(promised("read", "f2fs", rest) == "granular(32768 request)");
	CHECK(promised("read", "f2fs", rest, {.major = 5, .minor = 17}) ==
	      "granular(32768 request)");
	CHECK(promised("read", "f2fs", rest, {.major = 5, .minor = 16}) ==
	      "granular(32768 request) or unchecked");
	CHECK(promised("read", "ext4", rest) == "all-or-nothing");
	CHECK(promised("read", "f2fs", "hole/sync/4096@2048") == "close(15)");
}

TEST_CASE("gfs2 copies what goes across the end of the file, O_DIRECT or not", "[promise]")
{
	CHECK(promised("write", "gfs2", "cached+direct+from6656/sync/4608@2304") == "unchecked");
	CHECK(promised("write", "gfs2", "large+direct+from2095616/sync/4608@2304") == "unchecked");
	CHECK(promised("write", "gfs2", "cached+direct+from32256/sync/1536@512") == "exact");
	CHECK(promised("write", "gfs2", "large+direct+from4193792/sync/1536@512") == "exact");
	CHECK(promised("read", "gfs2", "cached+direct+from31232/sync/1536@512") == "unchecked");
	CHECK(promised("write", "ext4", "cached+direct+from32256/sync/1536@512") == "unchecked");
}

TEST_CASE("pages of the file are counted from its start, not from that of the buffer", "[promise]")
{
	constexpr KernelFacts newest = {.major = 7, .minor = 3};
	// A write of 5000 bytes from 6644 on covers no page of the file; one of 9192 from 7096 on
	// does.
	CHECK(promised("write", "btrfs", "hole+from6644/sync/5000@1536", newest) == "exact");
	CHECK(promised("write", "btrfs", "hole+from7096/sync/9192@2048", newest) ==
	      "granular(32768 folio of the file)");
	CHECK(promised("write", "btrfs", "cached+from7096/sync/9192@2048", newest) == "exact");
	// Before 5.16 each page's first byte is probed: of the file's page as well.
	CHECK(promised("write", "xfs", "hole+from6656/sync/4608@1536", long_ago) ==
	      "granular(4096 page of the file)");
	CHECK(promised("write", "xfs", "hole+from6656/sync/4608@2304", long_ago) == "exact");
}

TEST_CASE("a page of the file that is given up ends where the file's page does", "[promise]")
{
	const auto least = [](const char *text) {
		const Point point = parse_id(text);
		return judging::demand(point, judging::untried(point, 4096), {.kernel = long_ago})
			.least;
	};
	// Pages of the file end at bytes 1548 and 5644 of a transfer from 6644 on.
	CHECK(least("write/ext4/cached+from6644+protnone/sync/5000@4999/handler") == 1548);
	CHECK(least("write/ext4/cached+from6644+protnone/sync/5000@1548/handler") == 1548);
	CHECK(least("write/ext4/cached+from6644+protnone/sync/5000@1547/handler") == 0);
	CHECK(least("write/ext4/cached+protnone/sync/16384@4999/handler") == 4096);
}

} // namespace tagtrap
