// SPDX-License-Identifier: GPL-2.0-only
// What is seen of a buffer whose page is missing, after stores that are made up here.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/run/buffer.h"

namespace tagtrap {
namespace {

const auto one_page = static_cast<uint32_t>(sysconf(_SC_PAGESIZE));

/// What is seen of four pages, the second one as `stand` says, once `store` has gone through them.
template <class Store>
Observation seen_of(int64_t result, Store store, const char *stand = "protnone")
{
	const Point point = parse_id(fmt::format("readv/tmpfs/cached+bad2of4+{}/sync/{}@{}/handler",
						 stand, 4 * one_page, one_page));
	ProbeBuffer buffer(one_page);
	const BufferLayout layout = buffer.lay_out(point);
	buffer.fill(point, layout, {});
	buffer.spoil(point, layout);
	constexpr uint64_t tag = uint64_t{0xff} << 56;
	store(reinterpret_cast<unsigned char *>(buffer.pointer(point, layout).bits & ~tag));
	Observation seen;
	seen.result = result;
	buffer.look(point, layout, Content::fresh, seen);
	return seen;
}

} // namespace

TEST_CASE("bytes behind a missing page that a read stored are seen")
{
	CHECK_FALSE(seen_of(0, [](unsigned char *) {}).behind_changed);
	for (const uint32_t byte : {2 * one_page, 4 * one_page - 1})
		CHECK(seen_of(0, [&](unsigned char *first) { first[byte] ^= 1; }).behind_changed);
}

TEST_CASE("bytes in front of a missing page are no bytes behind it")
{
	const Observation seen = seen_of(one_page, [](unsigned char *first) {
		std::copy_n(pattern(Content::fresh), one_page, first);
	});
	CHECK(seen.arrived == one_page);
	CHECK_FALSE(seen.behind_changed);
	CHECK(seen.stored_beyond == 0);
}

TEST_CASE("bytes behind the buffer are looked at where they are there")
{
	CHECK_FALSE(seen_of(0, [](unsigned char *) {}).around_changed);
	CHECK(seen_of(0, [](unsigned char *first) { first[4 * one_page] ^= 1; }).around_changed);
	CHECK(seen_of(0, [](unsigned char *first) { first[-1] ^= 1; }).around_changed);
}

TEST_CASE("a store to a page that is read-only is seen")
{
	const auto store = [](unsigned char *first) {
		REQUIRE(mprotect(first + one_page, one_page, PROT_READ | PROT_WRITE) == 0);
		first[2 * one_page - 1] ^= 1;
	};
	CHECK(seen_of(0, store, "rdonly").granule_changed);
	CHECK_FALSE(seen_of(0, store, "rdonly").behind_changed);
	CHECK_FALSE(seen_of(
			    0, [](unsigned char *) {}, "rdonly")
			    .granule_changed);
}

} // namespace tagtrap
