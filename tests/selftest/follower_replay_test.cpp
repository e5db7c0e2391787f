// SPDX-License-Identifier: GPL-2.0-only
// What a follower knows of a run that others have followed before.
#include <catch2/catch_test_macros.hpp>

#include "fixtures/follow/follower.h"

using namespace tagtrap;
using namespace tagtrap::follow;

namespace {

const std::string low_end = "read/gfs2/cached/sync/4096@0/handler";
const std::string high_end = "read/gfs2/cached/sync/4096@16/handler";
const std::string elsewhere = "write/pipe/plain/sync/64@16/handler";

uint32_t place_of(const std::string &id)
{
	return id == low_end ? 0 : id == high_end ? 1 : 2;
}

} // namespace

TEST_CASE("a journal that is read again tells what following it told")
{
	Follower host;
	std::vector<std::string> journal;
	const auto hear = [&](const Json &event) {
		journal.push_back(event.dump());
		host.line(journal.back());
	};
	const auto lose = [&](Loss loss) {
		for (const Json &line : host.lost(loss, "why", {}))
			journal.push_back(line.dump());
		host.start();
		journal.push_back(Json({{"event", "run"}}).dump());
	};
	const auto begins = [&](const std::vector<std::string> &ids) {
		Json indices = Json::array();
		for (const auto &id : ids)
			indices.push_back(place_of(id));
		hear({{"event", "begin"}, {"ids", ids}, {"indices", indices}});
	};
	const auto ends_with = [&](const std::string &id, const Json &killable) {
		hear({{"event", "end"},
		      {"id", id},
		      {"index", place_of(id)},
		      {"group", "g"},
		      {"killable", killable}});
	};
	const auto again = [&] {
		Follower other;
		for (const auto &line : journal)
			CHECK(other.replay(line));
		return other;
	};
	begins({low_end, high_end, elsewhere});
	ends_with(low_end, nullptr);
	CHECK(again().go() == host.go());
	CHECK(again().unfinished() == host.unfinished());
	lose(Loss::guest); // in a block: each of its points is alone from now on
	CHECK(again().go() == host.go());
	begins({high_end});
	lose(Loss::killed);
	lose(Loss::killed); // in no point
	begins({high_end});
	lose(Loss::killed);
	begins({high_end});
	CHECK(again().go() == host.go());
	lose(Loss::killed); // the third time in that point
	CHECK(again().go() == host.go());
	CHECK(host.go()["finished"] == Json::array({{0, 1}}));
	begins({elsewhere});
	lose(Loss::guest);
	CHECK(again().go() == host.go());
	CHECK(host.go()["finished"] == Json::array({{0, 2}}));
	hear({{"event", "finish"}, {"interrupted", 2}});
	CHECK_FALSE(host.through());
	hear({{"event", "finish"}, {"planned", 3}});
	CHECK(host.through());
	CHECK(again().through());
	Follower other;
	CHECK_FALSE(other.replay("{\"event\":\"end\"}"));
	CHECK_FALSE(other.replay(std::string(20, '\0')));
	CHECK_FALSE(other.replay(R"({"event":"restart","loss":"somehow"})"));
}

TEST_CASE("a group that was closed stays closed, on the next machine as well")
{
	const auto hung = [](Follower &follower, const std::string &id, const std::string &group) {
		follower.line(Json({{"event", "end"},
				    {"id", id},
				    {"index", place_of(id)},
				    {"group", group},
				    {"killable", true}})
				      .dump());
	};
	Follower follower;
	follower.line(R"({"event":"begin","ids":[],"indices":[]})");
	hung(follower, low_end, "g");
	CHECK(follower.go()["closed"].empty());
	hung(follower, low_end, "g");
	CHECK(follower.go()["closed"].empty()); // the same position
	hung(follower, high_end, "g");
	CHECK(follower.go()["closed"] == Json::array({"g"}));
	follower.line(Json({{"event", "end"},
			    {"id", elsewhere},
			    {"index", place_of(elsewhere)},
			    {"group", nullptr},
			    {"reason", "group: of others"},
			    {"killable", nullptr}})
			      .dump());
	CHECK(follower.go()["closed"] == Json::array({"g", "of others"}));
}
