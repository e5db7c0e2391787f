// SPDX-License-Identifier: GPL-2.0-only
// --shard: parts that together are the plan.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

#include "harness/model/place.h"
#include "tests/selftest/plan_world.h"

namespace tagtrap {

namespace {

using selftest::ids;
using selftest::Strings;

std::set<std::string> as_set(const Strings &names)
{
	return {names.begin(), names.end()};
}

PlanRequest request_of(Strings specs, Shard shard)
{
	return {.level = Level::quick,
		.page_size = 4096,
		.specs = std::move(specs),
		.shard = shard};
}

} // namespace

TEST_CASE("shards of any number are a plan, each point of it once, in its order", "[shard]")
{
	const std::vector<std::pair<Strings, std::vector<unsigned>>> plans = {
		{{}, {3}},
		{{"read", "statx", "~*/xfs/*"}, {1, 2, 7, 50}},
		{{"read/xfs/cold/sync/4096@2048/handler"}, {1, 2, most_shards}},
	};
	for (const auto &[specs, numbers] : plans) {
		const Course whole =
			course({.level = Level::quick, .page_size = 4096, .specs = specs});
		std::map<std::string, size_t> place;
		for (const auto &name : ids(whole.points))
			place.emplace(name, place.size());
		for (const unsigned of : numbers) {
			Strings points, controls, excluded;
			std::map<std::string, unsigned> shard_of; // a group's
			for (unsigned number = 1; number <= of; ++number) {
				const Course part = course(request_of(specs, {number, of}));
				const auto names = ids(part.points);
				CHECK(std::ranges::is_sorted(names, {}, [&](const auto &name) {
					return place.at(name);
				}));
				for (const auto &point : part.points)
					CHECK(shard_of.try_emplace(group(point), number)
						      .first->second == number);
				std::ranges::copy(names, std::back_inserter(points));
				std::ranges::copy(ids(part.controls), std::back_inserter(controls));
				std::ranges::copy(ids(part.excluded), std::back_inserter(excluded));
			}
			INFO(of << " shards");
			CHECK(points.size() == whole.points.size());
			CHECK(as_set(points) == as_set(ids(whole.points)));
			CHECK(controls.size() == whole.controls.size());
			CHECK(as_set(controls) == as_set(ids(whole.controls)));
			CHECK(excluded.size() == whole.excluded.size());
			CHECK(as_set(excluded) == as_set(ids(whole.excluded)));
		}
	}
}

TEST_CASE("shards are alike in size, and each has its part of what stands together", "[shard]")
{
	const auto whole = selftest::planned(Level::quick);
	const auto of_gfs2 = [](const std::vector<Point> &points) {
		return std::ranges::count_if(
			points, [](const Point &point) { return point.place->name == "gfs2"; });
	};
	for (unsigned number = 1; number <= 4; number += 3) {
		const auto part = plan(request_of({}, {number, 4}));
		CHECK(part.size() > whole.size() / 4 - whole.size() / 50);
		CHECK(part.size() < whole.size() / 4 + whole.size() / 50);
		CHECK(of_gfs2(part) > of_gfs2(whole) / 8);
	}
}

TEST_CASE("K/N and nothing else names a shard", "[shard]")
{
	CHECK(parse_shard("1/1") == Shard{1, 1});
	CHECK(parse_shard("3/16") == Shard{3, 16});
	CHECK(to_string(Shard{3, 16}) == "3/16");
	for (const auto *text : {"", "1", "/", "0/3", "4/3", "1/0", "1/1001", "-1/3", "1/3x", "x/3",
				 "1 /3", "1/3/5", "1/99999999999"})
		CHECK_FALSE(parse_shard(text));
}

TEST_CASE("courses that differ have different keys", "[shard]")
{
	const auto key = [](PlanRequest request) { return key_of(course(request)); };
	const PlanRequest quick = {.level = Level::quick};
	CHECK(key(quick) == key(quick));
	CHECK(key(quick).size() == 16);
	PlanRequest larger = quick;
	larger.page_size = 16384;
	CHECK(key(quick) != key(larger));
	CHECK(key(request_of({}, {1, 2})) != key(request_of({}, {2, 2})));
	Course all = course({.level = Level::quick, .specs = {"read"}});
	const auto before = key_of(all);
	std::swap(all.points.front(), all.points.back());
	CHECK(before != key_of(all));
}

} // namespace tagtrap
