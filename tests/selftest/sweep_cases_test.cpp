// SPDX-License-Identifier: GPL-2.0-only
// What is swept: the cases of a pass by their number.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <tuple>

#include "harness/sweep/cases.h"

using namespace tagtrap;
using namespace tagtrap::sweep;

namespace {

constexpr Pass out_tag = {Routine::to_user_loop, Kind::tag};
constexpr Pass out_page = {Routine::to_user_loop, Kind::page};

std::set<uint32_t> places(const std::vector<Case> &cases, uint32_t length, uint8_t user)
{
	std::set<uint32_t> found;
	for (const auto &one : cases)
		if (one.length == length && one.user == user)
			found.insert(one.good);
	return found;
}

} // namespace

TEST_CASE("the whole sweep has every length up to 300 with every pair of alignments up to 15")
{
	const auto cases = cases_of(out_tag, {});
	std::set<std::tuple<uint32_t, int, int>> have;
	for (const auto &one : cases)
		if (one.user < 16 && one.kernel < 16)
			have.insert({one.length, one.user, one.kernel});
	for (uint32_t length = 0; length <= 300; ++length)
		for (int user = 0; user < 16; ++user)
			for (int kernel = 0; kernel < 16; ++kernel)
				REQUIRE(have.contains({length, user, kernel}));
	for (const uint32_t length : {4095U, 4096U, 4097U, 8192U})
		CHECK(std::ranges::find(cases, length, &Case::length) != cases.end());
}

TEST_CASE("a fault stands at the first byte, at granules near both ends, and behind the buffer")
{
	const auto cases = cases_of(out_tag, {});
	CHECK(places(cases, 20, 3) == std::set<uint32_t>{0, 13, 29});
	CHECK(places(cases, 16, 0) == std::set<uint32_t>{0, 16});
	CHECK(places(cases, 0, 5) == std::set<uint32_t>{11});
	CHECK(places(cases, 300, 0) ==
	      std::set<uint32_t>{0, 16, 32, 48, 64, 240, 256, 272, 288, 304});
}

TEST_CASE("a fault begins where a granule or a page can, and the last byte lies in one")
{
	for (const Pass &pass : {out_tag, out_page}) {
		const auto cases = cases_of(pass, {.quick = true});
		for (const auto &one : cases) {
			const uint32_t unit = pass.kind == Kind::page && one.user >= 16 ? 64 : 16;
			REQUIRE((one.good == 0 || (one.good + one.user) % unit == 0));
			REQUIRE(one.good < one.length + unit);
		}
	}
}

TEST_CASE("cases are the same for the same seed, and other alignments are picked for another one")
{
	const auto picked = [](uint64_t seed) {
		auto cases = cases_of(out_tag, {.seed = seed});
		std::erase_if(cases, [](const Case &one) { return one.user < 16; });
		return cases;
	};
	CHECK_FALSE(picked(1).empty());
	CHECK(picked(1) == picked(1));
	CHECK(picked(1) != picked(2));
	for (const auto &one : picked(7))
		REQUIRE((one.user < 64 && one.kernel >= 16 && one.kernel < 64));
}

TEST_CASE("words are tried at every address that they may have, strings up to what is allowed")
{
	const auto words = cases_of({Routine::futex_load, Kind::tag}, {});
	CHECK(std::ranges::all_of(
		words, [](const Case &one) { return one.length == 4 && one.user % 4 == 0; }));
	CHECK(places(cases_of({Routine::get_user_8, Kind::tag}, {}), 8, 12) ==
	      std::set<uint32_t>{0, 4, 20});
	for (const auto &one : cases_of({Routine::strncpy_from_user, Kind::page}, {}))
		REQUIRE((one.length >= 1 && one.length <= 4096));
	for (const auto &one : cases_of({Routine::strnlen_user, Kind::page}, {}))
		REQUIRE(one.length <= 250);
}

TEST_CASE("every pass has a name of its own")
{
	std::set<std::string> names;
	for (const Pass &pass : passes())
		names.insert(name(pass));
	CHECK(names.size() == 2 * traits().size());
}

TEST_CASE("what is copied in one go ends at the kernel's page edge")
{
	const Chunk first = chunk_of({.length = 5000, .good = 100, .user = 3, .kernel = 6}, 4096);
	CHECK((first.start == 0 && first.length == 4090));
	const Chunk second = chunk_of({.length = 5000, .good = 4090, .user = 6, .kernel = 6}, 4096);
	CHECK((second.start == 4090 && second.length == 910));
	CHECK((second.user % 16 == 0 && second.kernel % 4096 == 0));
	// Nothing faults: it is the last one.
	CHECK(chunk_of({.length = 4096, .good = 4096}, 4096).start == 0);
	CHECK(chunk_of({.length = 4097, .good = 4112}, 4096).start == 4096);
}
