// SPDX-License-Identifier: GPL-2.0-only
// The plan of all cases: ids, what each level holds, what TEST-SPECs select.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

#include "harness/model/case.h"
#include "harness/model/plan.h"
#include "harness/model/sweep.h"
#include "tests/selftest/plan_world.h"

namespace tagtrap {
namespace {

using selftest::ids;
using selftest::planned;
using selftest::Strings;

/// Every call x place that a case can be tried on, "CALL/PLACE".
std::set<std::string> grounds()
{
	std::set<std::string> all;
	for (const Case *call : cases())
		for (const auto &place : places())
			if (!call->shape.hidden && acts_on(*call, place))
				all.insert(std::string(call->name) + '/' + std::string(place.name));
	return all;
}

std::set<std::string> grounds_of(const std::vector<Point> &points)
{
	std::set<std::string> all;
	for (const auto &point : points)
		all.insert(std::string(point.call->name) + '/' + std::string(point.place->name));
	return all;
}

/// Quick tries other callers with two calls, where no disk is needed.
bool callers_are_due(Level level, const std::string &ground)
{
	if (level != Level::quick)
		return true;
	const std::set<std::string> all = {"read/tmpfs",  "read/pipe",  "read/unix",
					   "write/tmpfs", "write/pipe", "write/unix"};
	return all.contains(ground);
}

} // namespace

TEST_CASE("no two points of a plan share an id, and an id says all of its point")
{
	const auto level = GENERATE(Level::quick, Level::standard);
	const auto page_size = GENERATE(4096u, 16384u);
	const auto points = planned(level, page_size);
	std::set<std::string> seen;
	size_t lost = 0;
	for (const auto &point : points) {
		const auto name = id(point);
		seen.insert(name);
		if (parse_id(name) != point)
			++lost;
	}
	CHECK(seen.size() == points.size());
	CHECK(lost == 0);
}

TEST_CASE("the same holds for the full product of a call on a place")
{
	const auto points = planned(Level::exhaustive, 4096, {"preadv2/unix/*"});
	std::set<std::string> seen;
	size_t lost = 0;
	for (const auto &point : points) {
		const auto name = id(point);
		seen.insert(name);
		lost += parse_id(name) != point;
	}
	CHECK(points.size() > 1000);
	CHECK(seen.size() == points.size());
	CHECK(lost == 0);
}

TEST_CASE("an id selects exactly its point")
{
	const auto points = planned(Level::quick);
	size_t wrong = 0;
	for (const auto &one : points)
		wrong += std::ranges::count_if(points, [spec = id(one)](const Point &point) {
				 return matches(spec, point);
			 }) != 1;
	CHECK(wrong == 0);
	for (size_t i = 0; i < points.size(); i += points.size() / 5 + 1)
		CHECK(planned(Level::quick, 4096, {id(points[i])}) == std::vector{points[i]});
}

TEST_CASE("every level has every call on every place, the control first")
{
	const auto level = GENERATE(Level::quick, Level::standard);
	const auto points = planned(level);
	CHECK(grounds_of(points) == grounds());
	std::set<std::string> begun;
	for (const auto &point : points) {
		const auto ground =
			std::string(point.call->name) + '/' + std::string(point.place->name);
		const bool first = begun.insert(ground).second;
		if (first && !point.call->shape.once) {
			INFO(id(point));
			CHECK(point.stand == Stand::good);
		}
	}
}

TEST_CASE("a quick plan is part of the default one, but for what only it asks")
{
	const auto quick = planned(Level::quick);
	const auto standard = planned(Level::standard);
	CHECK(quick.size() < standard.size() / 3);
}

TEST_CASE("each value stands at least once at every call x place")
{
	const auto level = GENERATE(Level::quick, Level::standard);
	std::map<std::string, std::set<std::string>> values;
	for (const auto &point : planned(level)) {
		if (point.call->shape.once || point.call->situation != nullptr)
			continue;
		auto &here = values[std::string(point.call->name) + '/' +
				    std::string(point.place->name)];
		here.insert("mode " + std::string(to_string(point.mode)));
		here.insert("caller " + std::string(to_string(point.caller)));
		here.insert("disposition " + std::string(to_string(point.disposition)));
		here.insert("align " + std::to_string(point.align));
		here.insert("stand " + std::string(to_string(point.stand)));
		if (point.tco)
			here.insert("tco");
		if (point.nomops)
			here.insert("nomops");
		if (point.segment != 0)
			here.insert("segment");
		here.insert("submission " + std::to_string(static_cast<int>(point.submission)));
	}
	for (const auto &[ground, here] : values) {
		INFO(ground);
		const Case &call = *find_case(ground.substr(0, ground.find('/')));
		for (const auto *mode : {"none", "sync", "async", "asymm", "storeonly"})
			CHECK(here.contains(std::string("mode ") + mode));
		for (const auto *how : {"handler", "restart", "noexpose", "noexpose-restart",
					"blocked", "ignored", "default"})
			CHECK(here.contains(std::string("disposition ") + how));
		for (const auto &row : callers())
			CHECK(here.contains("caller " + std::string(row.name)) ==
			      (row.caller == Caller::leader ||
			       (!call.shape.uring && callers_are_due(level, ground))));
		for (const auto *align : {"0", "1", "8", "16"})
			CHECK(here.contains(std::string("align ") + align));
		CHECK(here.contains("tco"));
		CHECK(here.contains("nomops"));
		CHECK(here.contains("stand good"));
		CHECK(here.contains("segment") == call.shape.vectored);
		CHECK(here.contains("stand protnone") == !call.shape.fixed);
		CHECK(here.contains("stand rdonly") ==
		      (!call.shape.fixed && call.direction == Direction::stores));
		for (const auto submission : submissions(call))
			CHECK(here.contains("submission " +
					    std::to_string(static_cast<int>(submission))));
	}
}

TEST_CASE("SYNC has every length and position in every state")
{
	const auto points = planned(Level::standard, 4096, {"pwrite64/gfs2/*", "readv/ext4/*"});
	const std::set<std::string> planned_ids = [&] {
		std::set<std::string> all;
		for (const auto &point : points)
			all.insert(id(point));
		return all;
	}();
	size_t wanted = 0;
	for (const auto *pair : {"pwrite64/gfs2", "readv/ext4"}) {
		const std::string text = pair;
		const Case *call = find_case(text.substr(0, text.find('/')));
		const Place *place = find_place(text.substr(text.find('/') + 1));
		for (const auto &path : paths(*call, *place))
			for (const auto length : lengths(path, 4096))
				for (const auto offset : offsets(length, 0, 4096)) {
					Point point = {.call = call, .place = place};
					point.state = path.state;
					point.direct = path.direct;
					point.length = length;
					point.offset = offset;
					if (!applicable(point, 4096))
						continue;
					++wanted;
					INFO(id(point));
					CHECK(planned_ids.contains(id(point)));
				}
	}
	CHECK(wanted > 100);
}

TEST_CASE("every point of a plan can be issued")
{
	const auto page_size = GENERATE(4096u, 16384u, 65536u);
	size_t wrong = 0, at_edge = 0;
	for (const auto &point : planned(Level::standard, page_size)) {
		wrong += !applicable(point, page_size) && !point.call->shape.remount;
		at_edge += point.offset == page_size;
	}
	CHECK(wrong == 0);
	CHECK(at_edge > 0);
}

TEST_CASE("TEST-SPECs select")
{
	const auto all = planned(Level::quick);
	const auto count = [&](auto &&wanted) {
		return static_cast<size_t>(std::ranges::count_if(all, wanted));
	};
	const auto selected = [](Strings specs) {
		return planned(Level::quick, 4096, std::move(specs)).size();
	};
	const auto at = [](std::string_view call, std::string_view place) {
		return [=](const Point &point) {
			return (call.empty() || point.call->name == call) &&
			       (place.empty() || point.place->name == place);
		};
	};
	CHECK(selected({"read/gfs2/*"}) == count(at("read", "gfs2")));
	CHECK(selected({"read"}) == count([&](const Point &point) {
		      return point.call->name == "read" || point.call->name.starts_with("read.");
	      }));
	CHECK(selected({"read/*"}) == count(at("read", "")));
	CHECK(selected({"pipe"}) == count(at("", "pipe")));
	CHECK(selected({"read/gfs2/*", "read/gfs2/*"}) == count(at("read", "gfs2")));
	CHECK(selected({"read/gfs2/*", "write/xfs/*"}) ==
	      count(at("read", "gfs2")) + count(at("write", "xfs")));
	CHECK(selected({"read/*", "~*/gfs2/*"}) ==
	      count(at("read", "")) - count(at("read", "gfs2")));
	CHECK(selected({"~gfs2"}) == all.size() - count(at("", "gfs2")));
	CHECK(selected({"[fs]"}) ==
	      count([](const Point &point) { return point.place->kind == PlaceKind::file; }));
	CHECK(selected({"[uring]"}) ==
	      count([](const Point &point) { return point.call->shape.uring; }));
	CHECK(selected({"[direct]"}) == count([](const Point &point) { return point.direct; }));
	CHECK(selected({"*/sync/*@0/*"}) == count([](const Point &point) {
		      return point.mode == TagCheckMode::sync && point.offset == 0 &&
			     point.position == Position::byte;
	      }));
	CHECK(selected({"~[fs]", "~[uring]", "~[vectored]"}) < all.size());
}

TEST_CASE("a spec that selects nothing is an error that names it")
{
	const auto wrong = GENERATE(
		as<std::string>(), "raed/*", "read/floppy/*", "[nonsense]", "read/pipe",
		"read/pipe/plain/sync/4096@2048/handlre", "read/pipe/plain/sync/4096@5000/handler",
		"read/pipe/plain/sync/4096@2050/handler", "read/pipe/plain/fast/4096@2048/handler",
		"read/pipe/seg2/sync/4096@2048/handler", "");
	CHECK_THROWS_MATCHES(planned(Level::quick, 4096, {wrong}), std::invalid_argument,
			     Catch::Matchers::MessageMatches(
				     Catch::Matchers::ContainsSubstring('\'' + wrong + '\'') ||
				     Catch::Matchers::ContainsSubstring(wrong)));
}

TEST_CASE("hidden cases are planned by name only")
{
	const auto level = GENERATE(Level::quick, Level::standard, Level::exhaustive);
	const auto specs = GENERATE(as<Strings>(), Strings{"pipe/*", "*/pipe/plain/sync/*"},
				    Strings{"*inject*/pipe/*", "read/pipe/*"});
	Strings valid; // a spec that selects nothing is an error, and that is as good
	for (const auto &spec : specs) {
		try {
			for (const auto &point : planned(level, 4096, {spec, "~*/gfs2/*", "~[fs]"}))
				CHECK_FALSE(point.call->shape.hidden);
		} catch (const std::invalid_argument &) {
			valid.push_back(spec);
		}
	}
	CHECK(valid.size() == 1);
	const auto named = planned(level, 4096, {"inject-deadlock/*"});
	CHECK(ids(named) == Strings{"inject-deadlock/pipe/good/sync/4096@2048/handler",
				    "inject-deadlock/pipe/plain/sync/4096@0/handler",
				    "inject-deadlock/pipe/plain/sync/4096@2048/handler",
				    "inject-deadlock/pipe/plain/sync/4096@4080/handler",
				    "inject-deadlock/pipe/plain/sync/4096@2048/fork",
				    "inject-deadlock/pipe/plain/sync/4096@2048/vfork",
				    "inject-deadlock/pipe/plain/sync/4096@2048/default"});
}

} // namespace tagtrap
