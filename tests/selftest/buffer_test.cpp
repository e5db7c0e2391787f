// SPDX-License-Identifier: GPL-2.0-only
// What is seen of a buffer whose page is missing, after stores that are made up here.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/run/buffer.h"

namespace tagtrap {
namespace {

const auto one_page = static_cast<uint32_t>(sysconf(_SC_PAGESIZE));

/// What is seen of four pages, the second one missing, once `store` has gone through them.
template <class Store> Observation seen_of(int64_t result, Store store)
{
	const Point point = parse_id(fmt::format(
		"readv/tmpfs/cached+bad2of4+protnone/sync/{}@{}/handler", 4 * one_page, one_page));
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

} // namespace tagtrap
