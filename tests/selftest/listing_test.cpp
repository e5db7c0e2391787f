// SPDX-License-Identifier: GPL-2.0-only
// What a plan holds, a line for each call.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <numeric>

#include "harness/report/listing.h"
#include "tests/selftest/plan_world.h"

namespace tagtrap::selftest {
namespace {

using Catch::Matchers::ContainsSubstring;

const Listed &find_listed(const std::vector<Listed> &all, std::string_view name)
{
	const auto found =
		std::ranges::find(all, name, [](const Listed &one) { return one.call->name; });
	REQUIRE(found != all.end());
	return *found;
}

} // namespace

TEST_CASE("each point of a plan is counted once, under its call", "[listing]")
{
	const auto level = GENERATE(Level::quick, Level::standard);
	const auto points = planned(level);
	const auto all = listed(course({.level = level}), 4096);
	size_t sum = 0;
	for (const auto &one : all) {
		CAPTURE(one.call->name);
		CHECK(one.points > 0);
		CHECK_FALSE(one.places.empty());
		CHECK(one.points ==
		      static_cast<size_t>(std::ranges::count(points, one.call, &Point::call)));
		sum += one.points;
	}
	CHECK(sum == points.size());
}

TEST_CASE("controls that no spec selects are not counted", "[listing]")
{
	const PlanRequest request = {.specs = {"statx.buf/tmpfs/plain/sync/@last/handler"}};
	const auto all = course(request);
	REQUIRE(all.controls.size() == 1);
	CHECK(find_listed(listed(all, 4096), "statx.buf").points == 1);
	const auto json = listing_json(all, request);
	CHECK(json["points"] == 1);
	CHECK(json["controls"] == 1);
}

TEST_CASE("a table has a line for each call, and columns by its headings", "[listing]")
{
	const auto all =
		listed(course({.level = Level::quick, .specs = {"statx", "ppoll", "bind"}}), 4096);
	const auto text = table_of(all);
	CHECK(static_cast<size_t>(std::ranges::count(text, '\n')) == all.size() + 1);
	CHECK_THAT(text, ContainsSubstring("NAME") && ContainsSubstring("DUE\n"));
	const auto heads = text.substr(0, text.find('\n'));
	const auto cell = [&](std::string_view name, std::string_view head) {
		const auto line = text.substr(text.find("\n" + std::string(name) + " ") + 1);
		const auto from = line.substr(heads.find(head));
		return from.substr(0, from.find_first_of(" \n"));
	};
	CHECK(cell("statx.buf", "CALL") == "statx");
	CHECK(cell("statx.buf", "WAY") == "out");
	CHECK(cell("statx.path", "WAY") == "in");
	CHECK(cell("ppoll.fds", "WAY") == "inout");
	CHECK(cell("statx.buf", "BYTES") == "256");
	CHECK(cell("statx.buf", "WHERE") == "files");
	CHECK(cell("ppoll.fds", "WHERE") == "pipe");
	CHECK(cell("statx.buf", "KERNEL") == "cp_statx");
	CHECK(cell("statx.buf", "SIGNALS") == "handler");
	CHECK(cell("ppoll.fds", "SIGNALS") == "4/1");
	CHECK(cell("statx.buf", "POINTS") == "21");
	CHECK(cell("ppoll.fds", "DUE") == "1");
	CHECK(cell("bind.umyaddr", "DUE") == "EAFNOSUPPORT");
}

TEST_CASE("the same for programs", "[listing]")
{
	const PlanRequest request = {.level = Level::quick, .specs = {"statx.buf", "read/*"}};
	const auto json = listing_json(course(request), request);
	CHECK(parse_json(json.dump()) == json);
	CHECK(json["plan"] == "quick");
	CHECK(json["calls"].size() == 2);
	const auto &row = json["calls"][1];
	CHECK(row["name"] == "statx.buf");
	CHECK(row["setting"] == "files");
	CHECK(row["places"].size() == 6);
	CHECK(row["promises"] == Json::array({"all-or-nothing"}));
	CHECK(json["calls"][0]["callers"].size() == 7);
	CHECK(json["calls"][0]["bytes"] == "swept");
}

} // namespace tagtrap::selftest
