// SPDX-License-Identifier: GPL-2.0-only
// How long a call is watched, on machines that are slow or stand still. No clock is read.
#include <catch2/catch_test_macros.hpp>

#include "harness/run/watch_clock.h"

namespace tagtrap {

namespace {

constexpr uint64_t ms = 1'000'000;
constexpr uint64_t second = 1000 * ms;
constexpr Look plain = {.asked_ns = 100 * ms, .took_ns = 100 * ms};

WatchClock after(int looks, const Look &look)
{
	WatchClock clock;
	for (int i = 0; i < looks; i++)
		clock.look(look);
	return clock;
}

} // namespace

TEST_CASE("the first hang of a heart is watched for as long as was asked, later ones for 5 s")
{
	const auto usual = watch_lengths(60, 1);
	CHECK(usual.wanted(false) == 60 * second);
	CHECK(usual.wanted(true) == 5 * second);
	const auto brief = watch_lengths(3, 1);
	CHECK(brief.wanted(false) == 3 * second);
	CHECK(brief.wanted(true) == 3 * second);
	const auto slow = watch_lengths(60, 2);
	CHECK(slow.wanted(false) == 120 * second);
	CHECK(slow.wanted(true) == 10 * second);
}

TEST_CASE("on a machine that does what it can, the watch goes by the clock on the wall")
{
	const auto clock = after(50, plain);
	CHECK(clock.counted_ns() == 5 * second);
	CHECK(clock.wall_ns() == 5 * second);
	CHECK(clock.share_percent() == 100);
}

TEST_CASE("a machine that gets a tenth of the processor is watched ten times as long")
{
	const auto clock = after(500, {.asked_ns = 100 * ms, .took_ns = 100 * ms, .share = 0.1});
	CHECK(clock.counted_ns() / ms == 5000);
	CHECK(clock.wall_ns() == 50 * second);
	CHECK(clock.share_percent() == 10);
	CHECK(clock.doubt(5 * second) == Doubt::none);
}

TEST_CASE("a machine that stood still for forty seconds has seen next to nothing of the call")
{
	WatchClock clock = after(10, plain);
	clock.look({.asked_ns = 100 * ms, .took_ns = 40 * second, .share = 0.0025});
	CHECK(clock.counted_ns() <= second + 100 * ms);
	// Without a metronome the look counts as what was asked for.
	clock.look({.asked_ns = 100 * ms, .took_ns = 40 * second});
	CHECK(clock.counted_ns() <= second + 200 * ms);
	CHECK(clock.doubt(5 * second) == Doubt::none);
}

TEST_CASE("a machine that runs for a tenth of the time has a tenth of each look counted, not less")
{
	const Look chopped = {.asked_ns = 50 * ms, .took_ns = 500 * ms, .share = 0.1};
	const auto clock = after(100, chopped);
	CHECK(clock.counted_ns() / ms == 5000);
	CHECK(clock.wall_ns() == 50 * second);
	CHECK(clock.doubt(5 * second) == Doubt::none);
}

TEST_CASE("a look that takes twice as long as asked counts, one that takes longer does not")
{
	CHECK(after(1, {.asked_ns = 100 * ms, .took_ns = 200 * ms}).counted_ns() == 200 * ms);
	CHECK(after(1, {.asked_ns = 100 * ms, .took_ns = 201 * ms}).counted_ns() == 100 * ms);
}

TEST_CASE("nobody counts more than all of the processor")
{
	const auto clock = after(1, {.asked_ns = 100 * ms, .took_ns = 100 * ms, .share = 1.7});
	CHECK(clock.counted_ns() == 100 * ms);
	CHECK(after(1, {.asked_ns = ms, .took_ns = ms, .share = 0}).share_percent() == 1);
}

TEST_CASE("the time that a disk takes is not counted, and not waited for without end")
{
	const Look waiting = {.asked_ns = 100 * ms, .took_ns = 100 * ms, .disk_at_work = true};
	CHECK(after(2399, waiting).doubt(60 * second) == Doubt::none);
	CHECK(after(2400, waiting).doubt(60 * second) == Doubt::disk);
	WatchClock clock = after(999, waiting);
	CHECK(clock.counted_ns() == 0);
	CHECK(clock.doubt(5 * second) == Doubt::none);
	clock.look(waiting);
	CHECK(clock.doubt(5 * second) == Doubt::disk);
}

TEST_CASE("a machine that does next to nothing for long is no ground for a verdict")
{
	const Look still = {.asked_ns = 100 * ms, .took_ns = 100 * ms, .share = 0.01};
	CHECK(after(2999, still).doubt(5 * second) == Doubt::none);
	CHECK(after(3000, still).doubt(5 * second) == Doubt::standstill);
	CHECK(after(3000, still).counted_ns() < 5 * second);
	CHECK(after(11999, still).doubt(60 * second) == Doubt::none);
	CHECK(after(12000, still).doubt(60 * second) == Doubt::standstill);
}

} // namespace tagtrap
