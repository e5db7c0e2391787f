// SPDX-License-Identifier: GPL-2.0-only
// What the host carries from one machine to the next of calls that hang.
#include <catch2/catch_test_macros.hpp>

#include "fixtures/follow/follower.h"

using namespace tagtrap;
using namespace tagtrap::follow;

namespace {

const std::string low = "read/gfs2/cached/sync/4096@0/handler";
const std::string high = "read/gfs2/cached/sync/4096@16/handler";

/// The `end` of a hang whose heart is `heart`, as the session writes it.
Heard hang(Follower &follower, const std::string &id, Made after, bool killable = true,
	   const std::string &heart = "gfs2_file_read_iter", Made before = Made::ended)
{
	EndRecord end = {.id = id, .index = id == low ? 0 : 1};
	end.verdict.kind = VerdictKind::livelock;
	end.seen.end = End::hung;
	end.seen.hang.seen = true;
	end.seen.hang.killable = killable;
	end.seen.left_behind = !killable;
	heart.copy(end.seen.hang.heart.data(), heart.size());
	end.seen.before.made = before;
	end.seen.after.made = after;
	return follower.line(to_line(end));
}

Json hearts(Follower &follower)
{
	return follower.go()["hearts"];
}

} // namespace

TEST_CASE("the next machine knows the hearts of hangs that are confirmed, and no others")
{
	Follower follower;
	CHECK(hang(follower, low, Made::ended).stop.empty());
	CHECK(hang(follower, high, Made::ended, true, "").stop.empty());
	hang(follower, "read/gfs2/cold/sync/4096@0/handler", Made::ended, true, "another",
	     Made::no_end);
	CHECK(hearts(follower) == Json({"gfs2_file_read_iter"}));
}

TEST_CASE("a hang that waits for its good-tag run costs a machine, and the next one makes it")
{
	Follower follower;
	const Heard heard = hang(follower, low, Made::wanted);
	CHECK(heard.loss == Loss::replaced);
	CHECK(heard.stop == "behind " + low + " the same call with a good tag does not end");
	const Heard left = hang(follower, high, Made::wanted, false);
	CHECK(left.stop == high + " left a task behind that SIGKILL does not end");
	Json request = follower.go();
	CHECK(request["hearts"].empty());
	CHECK(request["after"] ==
	      Json({{low, "gfs2_file_read_iter"}, {high, "gfs2_file_read_iter"}}));

	follower.line(to_line(after_event(low, {Made::no_end})));
	CHECK(hearts(follower).empty()); // and the other one is asked for a second time
	follower.line(to_line(after_event(high, {Made::ended})));
	request = follower.go();
	CHECK(request["after"].empty());
	CHECK(request["hearts"] == Json({"gfs2_file_read_iter"}));
}

TEST_CASE("a good-tag run of which machines die is not asked for without end")
{
	Follower follower;
	hang(follower, low, Made::wanted);
	for (int times = 0; times < Follower::max_afters; times++)
		CHECK(follower.go()["after"].contains(low));
	CHECK(follower.go()["after"].empty());
}

TEST_CASE("a good-tag run that is made is progress, low that nobody asked for is nothing")
{
	Follower follower;
	follower.line(to_line(after_event(low, {Made::ended})));
	CHECK(hearts(follower).empty());
	hang(follower, low, Made::wanted);
	for (int times = 0; times <= 2 * Follower::max_fruitless; times++) {
		follower.lost(Loss::replaced, "why", {});
		hang(follower, high, Made::wanted);
		follower.line(to_line(after_event(high, {Made::ended})));
	}
	CHECK_FALSE(follower.stuck());
}
