// SPDX-License-Identifier: GPL-2.0-only
// What is swept: the cases of a pass by their number.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>
#include <tuple>
#include <utility>

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
		std::erase_if(cases,
			      [](const Case &one) { return one.user < 16 && one.kernel < 16; });
		return cases;
	};
	CHECK_FALSE(picked(1).empty());
	CHECK(picked(1) == picked(1));
	CHECK(picked(1) != picked(2));
	for (const auto &one : picked(7))
		REQUIRE((one.user < 64 && one.kernel < 64));
}

TEST_CASE("of alignments above 15 pairs are picked in which both sides, or either, have one")
{
	for (const bool quick : {false, true}) {
		std::map<std::tuple<uint32_t, bool, bool>, std::set<std::pair<int, int>>> pairs;
		std::set<int> seen_user, seen_kernel;
		for (const auto &one : cases_of(out_tag, {.quick = quick})) {
			pairs[{one.length, one.user < 16, one.kernel < 16}].insert(
				{one.user, one.kernel});
			seen_user.insert(one.user);
			seen_kernel.insert(one.kernel);
		}
		for (uint32_t length = 0; length <= 300; ++length)
			for (const auto &[user, kernel] :
			     {std::pair(false, false), {true, false}, {false, true}}) {
				const auto some = pairs[{length, user, kernel}].size();
				REQUIRE((some >= 2 && some <= 4)); // two may be the same
			}
		CHECK(seen_user.size() == 64);
		CHECK(seen_kernel.size() == 64);
	}
	for (const auto &one : cases_of({Routine::clear_user, Kind::tag}, {}))
		REQUIRE(one.kernel == 0);
}

TEST_CASE("a granule stands near each edge of a page in the midst of the buffer as well")
{
	std::set<uint32_t> near_edge;
	for (uint32_t good = 4032 - 3; good <= 4160 - 3; good += 16)
		near_edge.insert(good);
	const auto midst = [](const Pass &pass) { // of 8192 bytes, 3 behind a page edge
		std::set<uint32_t> found;
		for (const auto &one : cases_of(pass, {}))
			if (one.length == 8192 && one.user == 3 && one.kernel == 4)
				found.insert(one.good);
		std::erase_if(found, [](auto good) { return good <= 64 || good > 8000; });
		return found;
	};
	// Cut at 4092 as well, which is near to the same granules.
	CHECK(midst(out_tag) == near_edge);
	CHECK(midst({Routine::from_user_nofault, Kind::tag}) == near_edge);
	CHECK(midst(out_page).empty()); // a page has no edge in its midst
	// Where both sides are far apart there are granules near the cut alone.
	const auto near_cut = [](const Pass &pass) {
		const auto cases = cases_of(pass, {});
		return std::ranges::count_if(cases, [](const Case &one) {
			return one.length == 8192 && one.user < 16 && one.kernel >= 32 &&
			       one.good > 64 && one.good + one.user < 4096 - 64 &&
			       one.good + one.kernel >= 4096 - 64;
		});
	};
	CHECK(near_cut(out_tag) != 0);
	CHECK(near_cut({Routine::from_user_nofault, Kind::tag}) == 0);
}

TEST_CASE("what takes no fault has both sides in full, and lengths around pages")
{
	for (const Routine routine : {Routine::from_user_nofault, Routine::to_user_nofault,
				      Routine::strncpy_from_user_nofault}) {
		std::set<std::tuple<uint32_t, int, int>> have;
		for (const auto &one : cases_of({routine, Kind::page}, {}))
			have.insert({one.length, one.user, one.kernel});
		for (uint32_t length = 1; length <= 300; ++length)
			for (int pair = 0; pair < 256; ++pair)
				REQUIRE(have.contains({length, pair / 16, pair % 16}));
		CHECK(have.contains({8193, 15, 15}));
		CHECK(have.contains({0, 0, 0}) == (routine == Routine::from_user_nofault));
	}
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

TEST_CASE("what is copied in one go ends at the kernel's page edge, where it is cut")
{
	constexpr auto loop = Routine::to_user_loop;
	const Chunk first =
		chunk_of(loop, {.length = 5000, .good = 100, .user = 3, .kernel = 6}, 4096);
	CHECK((first.start == 0 && first.length == 4090));
	const Chunk second =
		chunk_of(loop, {.length = 5000, .good = 4090, .user = 6, .kernel = 6}, 4096);
	CHECK((second.start == 4090 && second.length == 910));
	CHECK((second.user % 16 == 0 && second.kernel % 4096 == 0));
	// Nothing faults: it is the last one.
	CHECK(chunk_of(loop, {.length = 4096, .good = 4096}, 4096).start == 0);
	CHECK(chunk_of(loop, {.length = 4097, .good = 4112}, 4096).start == 4096);
	const Chunk all = chunk_of(Routine::to_user_nofault,
				   {.length = 5000, .good = 4090, .user = 6, .kernel = 6}, 4096);
	CHECK((all.start == 0 && all.length == 5000 && all.user == 6 && all.kernel == 6));
}
