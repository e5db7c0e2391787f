// SPDX-License-Identifier: GPL-2.0-only
// A run whose time is over: what is under way ends by itself, and nothing new is begun.
#include <catch2/catch_test_macros.hpp>
#include <unistd.h>

#include "harness/run/block.h"
#include "harness/run/filling.h"
#include "tests/selftest/scratch.h"

namespace tagtrap {

namespace {

std::vector<Point> points_of(const std::vector<std::string> &ids)
{
	std::vector<Point> points;
	for (const auto &name : ids)
		points.push_back(parse_id(name));
	return points;
}

} // namespace

TEST_CASE("when the time is over every point that is left is a SKIP, those that wait as well")
{
	SessionSetup setup;
	setup.our_vm = true;
	const auto plan = points_of({"read/pipe/nomops/sync/4096@2048/handler",
				     "read/pipe/plain/sync/4096@2048/handler",
				     "read/pipe/nomops/sync/4096@2048/handler",
				     "read/gfs2/cached/sync/4096@2048/handler",
				     "read/pipe/plain/sync/4096@0/handler"});
	Abilities able;
	able.survey.missing["gfs2"] = "no disk";
	const Groups groups(false);
	const Terms terms;
	const Earlier before;
	Filling filling(setup, before, plan, able, groups, terms);
	Block first, rest;
	CHECK(filling.next_block(0, "", first) == 5);
	CHECK(first.items == std::vector<uint32_t>{1, 4});
	CHECK(filling.pending() == 2);
	CHECK(filling.take_pending() == std::vector<size_t>{0, 2});
	CHECK(filling.pending() == 0);

	CHECK(filling.next_block(0, "time: over", rest) == 5);
	CHECK(rest.items.empty());
	CHECK(filling.pending() == 0);
	REQUIRE(rest.skips.size() == 5);
	for (const auto &skip : rest.skips)
		CHECK(skip.reason == (skip.item == 3 ? "no gfs2 here: no disk" : "time: over"));
}

TEST_CASE("a point under way is not cut when the time is over, and none is begun behind it")
{
	const auto plan = points_of({"inject-deadlock/pipe/plain/sync/4096@2048/handler",
				     "read/pipe/good/sync/4096@2048/handler",
				     "read/pipe/good/sync/4096@0/handler"});
	const selftest::Scratch scratch;
	Survey survey;
	Groups groups(false);
	BlockRunner runner(plan, survey, 4096, 0.1, 1.0, groups);
	runner.passes = [](const Point &, const Observation &) { return true; };
	Block block;
	block.items = {0, 1};
	runner.start(block);
	runner.stop_at(1);
	runner.finish(block);
	CHECK(block.seen(0).end == End::hung);
	CHECK(block.seen(1).end == End::none);
	Block late;
	late.items = {1};
	runner.start(late);
	runner.finish(late);
	CHECK(late.seen(0).end == End::none);
	runner.stop_at(0);
	Block again;
	again.items = {2};
	runner.start(again);
	runner.finish(again);
	CHECK(again.seen(0).end == End::returned);
}

} // namespace tagtrap
