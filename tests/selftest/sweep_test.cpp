// SPDX-License-Identifier: GPL-2.0-only
// Positions of the granule, segments, and the bytes that buffers and files are filled with.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "fixtures/pattern.h"
#include "harness/model/sweep.h"

namespace tagtrap {

using Offsets = std::vector<uint32_t>;

TEST_CASE("positions: first, middle, last, around the first page edge")
{
	CHECK(offsets(4096, 0, 4096) == Offsets{0, 2048, 4080});
	CHECK(offsets(16384, 0, 4096) == Offsets{0, 4080, 4096, 8192, 16368});
	CHECK(offsets(1, 0, 4096) == Offsets{0});
	CHECK(offsets(16, 0, 4096) == Offsets{0});
	CHECK(offsets(100, 0, 4096) == Offsets{0, 48, 96});
	// Not on a granule: the first bad byte is where the granule begins.
	CHECK(offsets(100, 8, 4096) == Offsets{0, 40, 88});
	CHECK(offsets(4096, 16, 4096) == Offsets{0, 2048, 4064, 4080});
	CHECK(offsets(4096, 1, 4096) == Offsets{0, 2047, 4079, 4095});
	CHECK(offsets(16384, 0, 16384) == Offsets{0, 8192, 16368});
}

TEST_CASE("every position lies on a granule of memory, and in the buffer")
{
	const auto length = GENERATE(1u, 16u, 100u, 1000u, 4096u, 5000u, 16384u);
	const auto align = GENERATE(0u, 1u, 8u, 16u);
	for (const auto offset : offsets(length, align, 4096)) {
		CAPTURE(length, align, offset);
		CHECK(offset < length);
		CHECK((offset == 0 || (align + offset) % granule_size == 0));
	}
}

TEST_CASE("the last of several segments begins on a granule")
{
	CHECK(last_segment_start(4096, 0) == 0);
	CHECK(last_segment_start(4096, 1) == 0);
	CHECK(last_segment_start(4096, 2) == 2048);
	CHECK(last_segment_start(1000, 2) == 496);
	CHECK(last_segment_start(16, 2) == 0);
	CHECK(last_segment_start(4096, 3) == 2720);
}

TEST_CASE("only a ring that the call makes itself goes to other threads and processes")
{
	const auto who = GENERATE(as<std::string>(), "thread", "fork", "vfork", "init", "traced");
	const auto can = [&](const std::string &id) {
		return applicable(parse_id(id + who), 4096);
	};
	CHECK(can("uring-two/pipe/plain/sync/1024@0/"));
	CHECK(can("read/tmpfs/cached/sync/4096@2048/"));
	CHECK_FALSE(can("uring-read/tmpfs/cached/sync/4096@2048/"));
}

TEST_CASE("patterns cannot be taken for one another, nor for themselves elsewhere")
{
	const auto *const fresh = pattern(Content::fresh);
	const auto *const stale = pattern(Content::stale);
	size_t same = 0, zeros = 0;
	for (size_t i = 0; i < pattern_size; ++i) {
		same += fresh[i] == stale[i];
		zeros += fresh[i] == 0 || stale[i] == 0;
	}
	CHECK(same == 0);
	CHECK(zeros == 0);
	// Data that arrives from or at a wrong offset shows, for every shift that a kernel is
	// likely to make.
	for (const size_t shift : {1u, 2u, 8u, 15u, 16u, 17u, 64u, 512u, 1024u, 4096u, 8192u})
		CHECK(std::memcmp(fresh, fresh + shift, 16) != 0);
}

TEST_CASE("leading counts right bytes up to the first wrong one")
{
	const auto wrong = GENERATE(size_t{0}, 1, 15, 16, 17, 255, 4095, 4096, 4097, 9999);
	std::vector<unsigned char> seen(pattern(Content::fresh), pattern(Content::fresh) + 10000);
	CHECK(leading(seen.data(), seen.size(), Content::fresh) == seen.size());
	CHECK(leading(seen.data(), 0, Content::fresh) == 0);
	CHECK(leading(seen.data(), seen.size(), Content::stale) == 0);
	seen[wrong] ^= 0x80;
	CHECK(leading(seen.data(), seen.size(), Content::fresh) == wrong);
	CHECK(last_difference(seen.data(), 0, seen.size(), Content::fresh) == wrong + 1);
	CHECK(last_difference(seen.data(), wrong, seen.size(), Content::fresh) == wrong + 1);
	CHECK(last_difference(seen.data(), wrong + 1, seen.size(), Content::fresh) == 0);
	CHECK(last_difference(seen.data(), 0, wrong, Content::fresh) == 0);
}

} // namespace tagtrap
