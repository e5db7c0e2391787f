// SPDX-License-Identifier: GPL-2.0-only
// The order of a run that may not get to its end.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <map>
#include <set>
#include <tuple>

#include "harness/model/case.h"
#include "harness/model/contract.h"
#include "harness/model/value.h"
#include "tests/selftest/plan_world.h"

namespace tagtrap {

namespace {

using selftest::ids;
using selftest::Strings;

Rule aim_of(const char *name)
{
	return aim(parse_id(name));
}

using Kind = std::tuple<Rule, std::string_view, std::string_view>;

Kind kind_of(const Point &point)
{
	return {aim(point), point.call->name, point.place->name};
}

std::vector<Point> course_of(Level level, Strings specs = {})
{
	return course({.level = level, .page_size = 4096, .specs = std::move(specs)}).points;
}

} // namespace

TEST_CASE("what a point is in the plan for", "[value]")
{
	CHECK(aim_of("read/pipe/plain/sync/4096@2048/handler") == Rule::m1);
	CHECK(aim_of("read/pipe/good/sync/4096@2048/handler") == Rule::p4);
	CHECK(aim_of("read/pipe/good/sync/4096@2048/pending") == Rule::f7);
	CHECK(aim_of("read/pipe/plain/none/4096@2048/handler") == Rule::m2);
	CHECK(aim_of("read/pipe/plain/async/4096@2048/blocked") == Rule::m2);
	CHECK(aim_of("read/pipe/plain/asymm/4096@2048/handler") == Rule::m3);
	CHECK(aim_of("write/pipe/plain/asymm/4096@2048/handler") == Rule::m4);
	CHECK(aim_of("read/pipe/plain/storeonly/4096@2048/handler") == Rule::m4);
	CHECK(aim_of("write/pipe/plain/storeonly/4096@2048/handler") == Rule::m3);
	CHECK(aim_of("read/pipe/unmapped/sync/4096@0/handler") == Rule::f5);
	CHECK(aim_of("read/pipe/eof/sync/4096@0/handler") == Rule::f5);
	CHECK(aim_of("read/pipe/mem-cow+good/sync/4096@0/handler") == Rule::p9);
	CHECK(aim_of("read/pipe/mem-cow/sync/4096@2048/handler") == Rule::m1);
	CHECK(aim_of("read/pipe/tco/sync/4096@2048/handler") == Rule::p7);
	CHECK(aim_of("read/pipe/nomops/sync/4096@2048/handler") == Rule::p3);
	CHECK(aim_of("read/pipe/plain/sync/4096@2048/default") == Rule::f2);
	CHECK(aim_of("read/pipe/plain/sync/4096@2048/traced") == Rule::f1);
	CHECK(aim_of("read/pipe/plain/sync/4096@2048/suppressed") == Rule::f2);
	CHECK(aim_of("read/pipe/plain/sync/4096@2048/restart") == Rule::f3);
	CHECK(aim_of("uring-read/pipe/worker/sync/4096@2048/handler") == Rule::f9);
	std::set<Rule> aims;
	for (const auto &point : course_of(Level::quick))
		aims.insert(aim(point));
	for (const auto rule : {Rule::p5, Rule::p6, Rule::f8, Rule::f9})
		CHECK(aims.contains(rule));
}

TEST_CASE("one point of each rule, call and place comes first, and none is lost", "[value]")
{
	const auto level = GENERATE(Level::quick, Level::standard);
	const auto points = course_of(level);
	const auto sorted = by_value(points);
	auto before = ids(points), after = ids(sorted);
	std::ranges::sort(before);
	std::ranges::sort(after);
	CHECK(before == after);

	std::set<Kind> kinds;
	for (const auto &point : points)
		kinds.insert(kind_of(point));
	// Up to the last kind that is met for the first time: only these, and controls.
	std::set<Kind> met;
	size_t others = 0;
	for (const auto &point : sorted) {
		if (met.size() == kinds.size())
			break;
		if (!met.insert(kind_of(point)).second && !is_control(point))
			++others;
	}
	CHECK(met.size() == kinds.size());
	CHECK(others == 0);
	CHECK(kinds.size() < points.size() * 2 / 3);
}

TEST_CASE("a plain granule in SYNC comes before everything else, at every call and place",
	  "[value]")
{
	const auto points = course_of(Level::quick);
	std::set<Kind> due, met;
	for (const auto &point : points)
		if (aim(point) == Rule::m1 && !point.call->shape.hazardous)
			due.insert(kind_of(point));
	for (const auto &point : by_value(points)) {
		if (is_control(point))
			continue;
		if (aim(point) != Rule::m1)
			break;
		CHECK(met.insert(kind_of(point)).second);
	}
	CHECK(met == due);
	CHECK(due.size() > 100);
}

TEST_CASE("controls come before what needs them, whatever the order", "[value]")
{
	const auto specs =
		GENERATE(as<Strings>(), Strings{}, Strings{"*/sync/*@0/*"}, Strings{"[uring]"});
	std::set<std::string> there;
	size_t without = 0;
	for (const auto &point : by_value(course_of(Level::quick, specs))) {
		if (is_control(point))
			there.insert(control_key(point));
		else if (!point.call->shape.once && !there.contains(control_key(point)))
			++without;
	}
	CHECK(without == 0);
	CHECK(there.size() > 2);
}

TEST_CASE("rounds keep the order of the plan, hazardous points behind", "[value]")
{
	const auto points = course_of(Level::quick, {"inject-silent", "write/unix/*"});
	const auto sorted = by_value(points);
	const auto dangerous = [](const Point &point) { return point.call->shape.hazardous; };
	CHECK_FALSE(dangerous(sorted.front()));
	// The first hazardous one does not wait for the last of the others.
	const auto first = std::ranges::find_if(sorted, dangerous);
	REQUIRE(first != sorted.end());
	CHECK(std::ranges::any_of(first, sorted.end(),
				  [&](const Point &point) { return !dangerous(point); }));
	CHECK(ids(by_value(sorted)).size() == sorted.size());
	CHECK(by_value({}).empty());
}

} // namespace tagtrap
