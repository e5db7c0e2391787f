// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <set>

#include "harness/model/ranges.h"

using namespace tagtrap;

TEST_CASE("ranges hold what a set holds, and neighbours become one")
{
	std::mt19937 random(1);
	std::set<uint32_t> plain;
	Ranges ranges;
	for (int i = 0; i < 4000; ++i) {
		const auto number = static_cast<uint32_t>(random() % 60);
		if (random() % 3 != 0) {
			plain.insert(number);
			ranges.add(number);
		} else {
			plain.erase(number);
			ranges.remove(number);
		}
		CHECK(ranges.size() == plain.size());
		CHECK(ranges.contains(number) == plain.contains(number));
		size_t starts = 0;
		for (const uint32_t member : plain)
			starts += plain.contains(member - 1) ? 0 : 1;
		CHECK(ranges.to_json().size() == starts);
		CHECK(Ranges::from_json(ranges.to_json()) == ranges);
	}
}

TEST_CASE("ranges that are none are refused")
{
	for (const char *wrong : {"[1]", "[[1]]", "[[2,1]]", "[[1,2],[3,4]]", "[[5,6],[1,2]]",
				  "[[-1,2]]", R"([["a",2]])", "[[0,4294967296]]"})
		CHECK_THROWS_AS(Ranges::from_json(Json::parse(wrong)), std::runtime_error);
	CHECK(Ranges::from_json(Json::array()).size() == 0);
	CHECK(Ranges::from_json(Json::parse("[[0,4294967295]]")).contains(UINT32_MAX));
}
