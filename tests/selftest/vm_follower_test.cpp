// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>

#include "fixtures/follow/follower.h"

using namespace tagtrap;
using namespace tagtrap::follow;

namespace {

using Ids = std::vector<std::string>;

// Real ids: a group is worked out from them.
const std::string one = "read/gfs2/cached/sync/4096@0/handler";
const std::string two = "read/gfs2/cached/sync/4096@16/handler";
const Json only_one = Json::array({{0, 0}});
const std::string other = "write/pipe/plain/sync/64@16/handler";

/// Where a point stands in the plan; those of a numbered row behind it.
uint32_t index(const std::string &id)
{
	if (id == one || id == two)
		return id == one ? 0 : 1;
	return id == other ? 2 : 10 + static_cast<uint32_t>(std::stoul(id.substr(one.size())));
}

Heard begin(Follower &follower, const Ids &ids)
{
	Json indices = Json::array();
	for (const auto &id : ids)
		indices.push_back(index(id));
	return follower.line(Json({{"event", "begin"}, {"ids", ids}, {"indices", indices}}).dump());
}

Heard end(Follower &follower, const std::string &id, const Json &killable = nullptr)
{
	return follower.line(Json({{"event", "end"},
				   {"id", id},
				   {"index", index(id)},
				   {"group", "group of " + id},
				   {"killable", killable}})
				     .dump());
}

/// The `end` lines among what the host writes.
std::vector<Json> ends(const std::vector<Json> &lines)
{
	std::vector<Json> found;
	for (const Json &line : lines)
		if (line["event"] == "end")
			found.push_back(line);
	return found;
}

} // namespace

TEST_CASE("what has finished is never asked for again")
{
	Follower follower;
	begin(follower, {one, two, other});
	end(follower, one);
	follower.lost(Loss::guest, "panic", {});
	const Json request = follower.go();
	CHECK(request["finished"] == only_one);
	CHECK(request["alone"].get<Ids>() == Ids{two, other});
	begin(follower, {two});
	end(follower, two);
	CHECK(follower.go()["alone"].get<Ids>() == Ids{other});
}

TEST_CASE("a block that dies is told apart, a point that dies alone is a CRASH")
{
	Follower follower;
	begin(follower, {one, two});
	CHECK(ends(follower.lost(Loss::guest, "panic", {})).empty());
	begin(follower, {one});
	const auto lines = follower.lost(Loss::guest, "panic: why", {"last", "words"});
	REQUIRE(lines.size() == 2);
	CHECK(lines[0]["event"] == "restart");
	CHECK(lines[0]["after"] == one);
	CHECK(lines[0]["why"] == "panic: why");
	CHECK(lines[0]["console"].get<Ids>() == Ids{"last", "words"});
	CHECK(lines[1]["id"] == one);
	CHECK(lines[1]["verdict"] == "CRASH");
	CHECK(lines[1]["reason"] == "panic: why");
	CHECK(lines[1]["observation"]["end"] == "lost");
	const Json request = follower.go();
	CHECK(request["finished"] == only_one);
	CHECK(request["alone"].get<Ids>() == Ids{two});
}

TEST_CASE("a machine that is lost between points has killed none")
{
	Follower follower;
	begin(follower, {one});
	end(follower, one);
	const auto lines = follower.lost(Loss::guest, "panic", {});
	REQUIRE(lines.size() == 1);
	CHECK(lines[0]["after"] == one);
	CHECK(follower.go()["alone"].empty());
}

TEST_CASE("before the first point a restart comes after nothing")
{
	Follower follower;
	CHECK(follower.lost(Loss::guest, "panic", {})[0]["after"].is_null());
}

TEST_CASE("an unkillable task has the machine replaced and its group closed")
{
	Follower follower;
	begin(follower, {one, two});
	const Heard heard = end(follower, one, false);
	CHECK(heard.loss == Loss::replaced);
	CHECK(heard.stop.find(one) != std::string::npos);
	// The one that happened to be next is not to blame, and need not be alone.
	begin(follower, {two});
	CHECK(ends(follower.lost(heard.loss, heard.stop, {})).empty());
	const Json request = follower.go();
	CHECK(request["closed"].get<Ids>() == Ids{"group of " + one});
	CHECK(request["alone"].empty());
}

TEST_CASE("killable hangs and points that did not hang leave the machine alone")
{
	Follower follower;
	CHECK(end(follower, one, true).stop.empty());
	CHECK(end(follower, two, nullptr).stop.empty());
	CHECK(follower.go()["closed"].empty());
}

TEST_CASE("a group is closed after two crashes")
{
	Follower follower;
	begin(follower, {one});
	follower.lost(Loss::guest, "panic", {});
	CHECK(follower.go()["closed"].empty());
	begin(follower, {two});
	const auto lines = follower.lost(Loss::guest, "panic", {});
	CHECK(follower.go()["closed"].get<Ids>() == Ids{ends(lines).at(0)["group"]});
}

TEST_CASE("QEMU's death convicts a point the second time only")
{
	Follower follower;
	begin(follower, {one});
	CHECK(ends(follower.lost(Loss::qemu, "killed", {})).empty());
	CHECK(follower.go()["alone"].get<Ids>() == Ids{one});
	begin(follower, {one});
	const auto lines = ends(follower.lost(Loss::qemu, "killed", {}));
	REQUIRE(lines.size() == 1);
	CHECK(lines[0]["verdict"] == "CRASH");
}

TEST_CASE("a QEMU that somebody kills convicts nobody, the third time in a point it is BROKEN")
{
	Follower follower;
	std::vector<Json> lines;
	for (int i = 0; i < 3; i++) {
		CHECK(lines.empty());
		begin(follower, {one});
		lines = ends(follower.lost(Loss::killed, "signal 9", {}));
	}
	CHECK(lines.at(0)["verdict"] == "BROKEN");
}

TEST_CASE("a session that dies twice in a point is the suite's fault")
{
	Follower follower;
	begin(follower, {one});
	CHECK(ends(follower.lost(Loss::session, "session died", {})).empty());
	begin(follower, {one});
	const auto lines = ends(follower.lost(Loss::session, "session died", {}));
	REQUIRE(lines.size() == 1);
	CHECK(lines[0]["verdict"] == "BROKEN");
	CHECK(lines[0]["rule"].is_null());
	CHECK(lines[0]["reason"] == "session died");
	CHECK(lines[0]["observation"]["end"] == "setup_failed");
}

TEST_CASE("a line that is no journal line gives the machine up")
{
	for (const char *line : {"", "garbage", "{\"event\":\"end\"", "[1]", "{}", "{\"event\":3}",
				 "{\"event\":\"end\"}", "{\"event\":\"begin\",\"ids\":7}",
				 "{\"event\":\"begin\",\"ids\":[\"a\"]}",
				 "{\"event\":\"begin\",\"ids\":[\"a\"],\"indices\":[]}",
				 "{\"event\":\"end\",\"id\":\"a\"}", "\xff\x01"}) {
		CAPTURE(line);
		Follower follower;
		const Heard heard = follower.line(line);
		CHECK(heard.event.is_null());
		CHECK(heard.loss == Loss::qemu);
		CHECK_FALSE(heard.stop.empty());
		CHECK(heard.stop.find('\n') == std::string::npos);
	}
}

TEST_CASE("finish ends the run and says what another machine is needed for")
{
	Follower follower;
	CHECK_FALSE(follower.through());
	CHECK_FALSE(follower.begun());
	begin(follower, {one});
	CHECK(follower.begun());
	end(follower, one);
	follower.line(R"({"event":"finish","pending":{"nomops":12}})");
	CHECK(follower.through());
	CHECK(follower.pending() == Json{{"nomops", 12}});
	CHECK(follower.go()["finished"] == only_one);
	follower.start();
	CHECK_FALSE(follower.through());
	CHECK_FALSE(follower.begun());
	follower.line(R"({"event":"finish"})");
	CHECK(follower.pending().empty());
}

TEST_CASE("restarts without one more result are bounded, those with results are not")
{
	Follower follower;
	for (int i = 0; i < 20; i++) {
		begin(follower, {one + std::to_string(i)});
		end(follower, one + std::to_string(i));
		follower.lost(Loss::guest, "panic", {});
		CHECK_FALSE(follower.stuck());
	}
	for (int i = 0; i < Follower::max_fruitless; i++) {
		follower.lost(Loss::guest, "panic", {});
		CHECK_FALSE(follower.stuck());
	}
	follower.lost(Loss::guest, "panic", {});
	CHECK(follower.stuck());
}

TEST_CASE("a spoiled machine is replaced while points of the plan are left")
{
	const auto finish = [](Follower &follower, size_t planned, const Json &more) {
		Json event = {
			{"event", "finish"}, {"planned", planned}, {"pending", Json::object()}};
		event.update(more);
		return follower.line(event.dump());
	};
	const Json spoiled = {{"spoiled", true}};
	Follower follower;
	begin(follower, {one, two});
	end(follower, one);
	const Heard heard = finish(follower, 3, spoiled);
	CHECK(heard.event["event"] == "finish"); // it goes into the journal all the same
	CHECK(heard.loss == Loss::replaced);
	CHECK(heard.stop ==
	      "a task that SIGKILL does not end was left behind; 2 of 3 points are left");
	CHECK_FALSE(follower.through());
	CHECK(follower.told());
	CHECK(ends(follower.lost(heard.loss, heard.stop, {})).empty());
	CHECK(follower.go()["finished"] == only_one);
	CHECK(follower.go()["alone"].empty());

	// Nothing is left, or it waits for a machine of another kind.
	begin(follower, {two});
	end(follower, two);
	CHECK(finish(follower, 2, spoiled).stop.empty());
	CHECK(follower.through());
	follower.start();
	CHECK(finish(follower, 3, {{"spoiled", true}, {"pending", {{"nomops", 1}}}}).stop.empty());
	CHECK(follower.through());
	// A machine that is sound and leaves points out has its reasons.
	follower.start();
	CHECK(finish(follower, 3, Json::object()).stop.empty());
	CHECK(follower.through());
}

TEST_CASE("machines that are spoiled without one more result are bounded")
{
	Follower follower;
	for (int i = 0; i <= Follower::max_fruitless; i++) {
		CHECK_FALSE(follower.stuck());
		const Heard heard =
			follower.line(R"({"event":"finish","planned":3,"spoiled":true})");
		CHECK_FALSE(heard.stop.empty());
		follower.lost(heard.loss, heard.stop, {});
		follower.start();
	}
	CHECK(follower.stuck());
}

TEST_CASE("a block that the kernel complained of is taken apart on a fresh machine")
{
	Follower follower;
	begin(follower, {one, two});
	begin(follower, {other}); // the next block is on its way when the first is judged
	const Heard heard = follower.line(
		Json({{"event", "suspect"}, {"ids", {one, two}}, {"complaint", "BUG: KASAN: x"}})
			.dump());
	CHECK(heard.loss == Loss::replaced);
	CHECK(heard.stop ==
	      "the kernel complained while " + one + " to " + two + " ran: BUG: KASAN: x");
	CHECK(ends(follower.lost(heard.loss, heard.stop, {})).empty());
	const Json request = follower.go();
	CHECK(request["alone"].get<Ids>() == Ids{one, two});
	CHECK(request["finished"].empty());
	// Nobody is blamed by the host: alone again, each gets its own `end`.
	begin(follower, {one});
	end(follower, one);
	CHECK(follower.go()["alone"].get<Ids>() == Ids{two});
	CHECK(follower.line(R"({"event":"suspect","ids":[],"complaint":""})").stop.empty());
	CHECK(follower.line(R"({"event":"suspect","ids":["x"]})").event.is_null());
}

TEST_CASE("a run that we end ourselves says by what")
{
	Follower follower;
	begin(follower, {one});
	const Json finish = follower.interrupted(15);
	CHECK(finish["event"] == "finish");
	CHECK(finish["interrupted"] == 15);
	CHECK_FALSE(finish.contains("planned"));
}
