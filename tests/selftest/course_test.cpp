// SPDX-License-Identifier: GPL-2.0-only
// What a run goes through besides the points that were asked for, and what it leaves out.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>
#include <string>

#include "harness/model/case.h"
#include "harness/model/contract.h"
#include "harness/model/plan.h"
#include "tests/selftest/plan_world.h"

namespace tagtrap {

namespace {

using selftest::ids;
using selftest::planned;
using selftest::Strings;

Strings controls_of(Strings specs, Level level = Level::quick)
{
	return ids(course({.level = level, .page_size = 4096, .specs = std::move(specs)}).controls);
}

} // namespace

TEST_CASE("an id brings its control along, which is counted apart")
{
	const std::string bad = "read/xfs/cold/sync/4096@2048/handler";
	const std::string good = "read/xfs/cold+good/sync/4096@2048/handler";
	const auto all = course({.level = Level::quick, .page_size = 4096, .specs = {bad}});
	CHECK(ids(all.points) == Strings{good, bad});
	CHECK(ids(all.controls) == Strings{good});
	CHECK(planned(Level::quick, 4096, {bad}) == std::vector{parse_id(bad)});

	// One that is selected is a point, and needs no other.
	CHECK(controls_of({good}).empty());
	CHECK(controls_of({bad, good}).empty());
	CHECK(controls_of({"read/xfs/cold*/sync/*"}).empty());
	// Excluding it changes nothing: a point without its control proves nothing.
	CHECK(controls_of({bad, "~[control]"}) == Strings{good});
	// What is made once per place has none.
	CHECK(controls_of({"together/xfs/*"}).empty());
	CHECK(controls_of({"remount/xfs/*"}).empty());
}

TEST_CASE("a control is of the same call, submission, place and file state")
{
	const std::vector<std::pair<std::string, std::string>> pairs = {
		{"read/xfs/cached+align8/none/1000@488/blocked", "read/xfs/cached"},
		{"read/xfs/cached+direct+unmapped/sync/16384@4096/handler",
		 "read/xfs/cached+direct"},
		{"uring-read/pipe/worker/asymm/4096@0/handler", "uring-read/pipe/worker"},
		{"uring-read/ext4/small+sqpoll/sync/1024@0/handler",
		 "uring-read/ext4/small+sqpoll"},
		{"read/pipe/nomops/sync/4096@2048/handler", "read/pipe/plain"},
	};
	for (const auto &[id_text, key] : pairs) {
		INFO(id_text);
		const auto all =
			course({.level = Level::quick, .page_size = 4096, .specs = {id_text}});
		REQUIRE(all.controls.size() == 1);
		CHECK(control_key(all.controls[0]) == key);
		CHECK(control_key(all.points[1]) == key);
		CHECK(is_control(all.controls[0]));
	}
}

TEST_CASE("a run of some ids has these, and the controls that they need")
{
	const std::string bad = "read/xfs/cold/sync/4096@2048/handler";
	const std::string good = "read/xfs/cold+good/sync/4096@2048/handler";
	PlanRequest request = {.level = Level::quick, .page_size = 4096};
	request.only = {bad, "no/such/point"};
	auto all = course(request);
	CHECK(ids(all.points) == Strings{good, bad});
	CHECK(ids(all.controls) == Strings{good});
	CHECK(all.excluded.empty());
	// It takes from what the specs select, and adds nothing.
	request.specs = {"read/xfs/*", "~*good*"};
	CHECK(ids(course(request).points) == Strings{good, bad});
	CHECK(course(request).excluded.empty());
	request.specs = {"write"};
	CHECK(course(request).points.empty());
	request.only = {good};
	request.specs = {};
	CHECK(course(request).controls.empty());
	CHECK(ids(course(request).points) == Strings{good});
}

TEST_CASE("every control that a plan needs is in the plan, or runs in front of what needs it")
{
	const auto level = GENERATE(Level::quick, Level::standard);
	const auto specs = GENERATE(as<Strings>(), Strings{}, Strings{"*/sync/*@0/*"},
				    Strings{"[uring]", "~*good*"}, Strings{"*/handler", "~[fs]"});
	const auto all = course({.level = level, .page_size = 4096, .specs = specs});
	if (specs.empty())
		CHECK(all.controls.empty());
	std::set<std::string> there, seen;
	for (const auto &control : all.controls)
		CHECK(seen.insert(id(control)).second);
	size_t without = 0, doubled = 0;
	for (const auto &point : all.points) {
		if (is_control(point))
			there.insert(control_key(point));
		else if (!point.call->shape.once && !there.contains(control_key(point)))
			++without;
		if (!is_control(point))
			doubled += seen.contains(id(point)) ? 1 : 0;
	}
	CHECK(without == 0);
	CHECK(doubled == 0);
	// What a spec excludes is neither lost nor run.
	const auto selected =
		std::ranges::count_if(specs, [](auto &spec) { return spec[0] != '~'; });
	std::set<std::string> excluded;
	for (const auto &point : all.excluded) {
		CHECK_FALSE(excluded_by({.specs = specs}, point).empty());
		excluded.insert(id(point));
	}
	CHECK(excluded.size() == all.excluded.size());
	if (selected == std::ssize(specs))
		CHECK(excluded.empty());
	for (const auto &point : all.points)
		if (excluded.contains(id(point)))
			++doubled;
	CHECK(doubled == 0);
	CHECK(all.points.size() == planned(level, 4096, specs).size() + all.controls.size());
}

TEST_CASE("what may cost the machine is planned last")
{
	const auto points = planned(Level::quick, 4096,
				    {"inject-silent/*", "inject-unkillable", "write/unix/*"});
	const auto dangerous = [](const Point &point) { return point.call->shape.hazardous; };
	CHECK(std::ranges::is_partitioned(points, [&](const Point &p) { return !dangerous(p); }));
	CHECK(std::ranges::count_if(points, dangerous) > 4);
}

} // namespace tagtrap
