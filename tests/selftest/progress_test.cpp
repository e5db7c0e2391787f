// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>

#include "harness/cli/progress.h"

using namespace tagtrap;
using namespace std::chrono_literals;

TEST_CASE("the bar is as full as the plan is done", "[progress]")
{
	CHECK(progress_bar(0, 10, 12) == "[          ]");
	CHECK(progress_bar(5, 10, 12) == "[=====     ]");
	CHECK(progress_bar(10, 10, 12) == "[==========]");
	CHECK(progress_bar(12, 10, 12) == "[==========]"); // points that came to the plan
	CHECK(progress_bar(3, 0, 12) == "[          ]");
}

TEST_CASE("the estimate waits until there is something to go by", "[progress]")
{
	CHECK(estimate(500, 1000, 4s).empty());
	CHECK(estimate(19, 1000, 60s).empty());
	CHECK(estimate(1000, 1000, 60s).empty());
	CHECK(estimate(0, 1000, 60s).empty());
	CHECK(estimate(500, 1000, 60s) == "about 60 s left");
	CHECK(estimate(100, 1000, 60s) == "about 9 min left");
	CHECK(estimate(999, 1000, 60s) == "about 1 s left");
}

TEST_CASE("what fails as its control did, since the kernel has not got it, counts as SKIP",
	  "[progress]")
{
	Progress progress({.quiet = true});
	progress.planned(4);
	progress.ended("statx.buf/tmpfs/good/sync/@first/handler", "SKIP");
	progress.ended("statx.buf/tmpfs/plain/sync/@first/handler", "FAIL");
	progress.ended("statx.buf/tmpfs/plain/sync/@last/handler", "BROKEN");
	progress.ended("statx.buf/pipe/plain/sync/@first/handler", "FAIL");
	CHECK(progress.counts() == "4/4 points, BROKEN 1, FAIL 1, SKIP 2");
}
