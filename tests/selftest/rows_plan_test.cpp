// SPDX-License-Identifier: GPL-2.0-only
// The points of rows, their ids, and what judges make of them.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cerrno>
#include <set>
#include <stdexcept>
#include <string>

#include "harness/model/call_plan.h"
#include "harness/model/case.h"
#include "harness/model/contract.h"
#include "harness/model/row.h"
#include "harness/model/sweep.h"
#include "tests/selftest/plan_world.h"

namespace tagtrap {
namespace {

using selftest::ids;
using selftest::planned;
using selftest::Strings;

/// A call that did what it should, and nothing else.
Observation returned(const Point &point, int64_t result)
{
	Observation seen;
	seen.phase = Phase::done;
	seen.end = End::returned;
	seen.result = seen.submit_result = result;
	seen.length = point.length;
	seen.good = point.offset;
	seen.full = static_cast<uint64_t>(point.call->situation->full);
	seen.repeated = seen.repeat_data_right = true;
	seen.repeat_result = point.call->situation->full;
	return seen;
}

Verdict judged(const std::string &id, int64_t result, bool changed = false)
{
	const Point point = parse_id(id);
	Observation seen = returned(point, result);
	seen.granule_changed = changed;
	return judge(point, seen, {});
}

bool breaks(const Verdict &verdict, Rule rule)
{
	return std::ranges::find(verdict.rules, rule) != verdict.rules.end();
}

} // namespace

TEST_CASE("every row has its control, every position, and a page that nobody may touch")
{
	const auto level = GENERATE(Level::quick, Level::standard);
	size_t rows_seen = 0;
	for (const Case *call : cases()) {
		if (call->row == nullptr)
			continue;
		++rows_seen;
		INFO(call->name);
		for (const auto &place : places()) {
			if (!acts_on(*call, place))
				continue;
			const auto points = call_plan(*call, place, {.level = level});
			REQUIRE_FALSE(points.empty());
			CHECK(points.front().stand == Stand::good);
			if (level == Level::quick && place.on_disk) {
				CHECK(points.size() == 2);
				continue;
			}
			std::set<Position> met, edges;
			bool none = false, rdonly = false;
			for (const auto &point : points) {
				const bool sync = point.mode == TagCheckMode::sync;
				none |= point.mode == TagCheckMode::none;
				rdonly |= point.stand == Stand::rdonly;
				if (point.stand == Stand::bad && sync)
					met.insert(point.position);
				if (point.stand == Stand::protnone)
					edges.insert(point.position);
			}
			CHECK(none);
			CHECK(rdonly == (call->row->flow != rows::Flow::in));
			const auto due = rows::positions(call->row->extent);
			CHECK(met == std::set<Position>(due.begin(), due.end()));
			const auto broken = rows::edges(call->row->extent);
			CHECK(edges == std::set<Position>(broken.begin(), broken.end()));
		}
	}
	CHECK(rows_seen >= 5);
}

TEST_CASE("ids of rows name the position, whatever the size")
{
	const auto points = ids(planned(Level::quick, 4096, {"statx.buf/tmpfs/*"}));
	CHECK(points == Strings{"statx.buf/tmpfs/good/sync/@first/handler",
				"statx.buf/tmpfs/plain/none/@first/handler",
				"statx.buf/tmpfs/protnone/sync/@first/handler",
				"statx.buf/tmpfs/protnone/sync/@middle/handler",
				"statx.buf/tmpfs/protnone/sync/@last/handler",
				"statx.buf/tmpfs/protnone/sync/@behind/handler",
				"statx.buf/tmpfs/rdonly/sync/@first/handler",
				"statx.buf/tmpfs/plain/sync/@first/handler",
				"statx.buf/tmpfs/plain/sync/@middle/handler",
				"statx.buf/tmpfs/plain/sync/@last/handler",
				"statx.buf/tmpfs/plain/sync/@behind/handler"});
	CHECK(planned(Level::quick, 65536, {"statx.buf/tmpfs/*"}).size() == points.size());
	for (const auto *wrong :
	     {"statx.buf/tmpfs/plain/sync/256@0/handler", "statx.buf/tmpfs/plain/sync/@top/handler",
	      "statx.buf/tmpfs/plain/sync/@/handler", "ppoll.fds/pipe/plain/sync/@middle/handler",
	      "statx.buf/tmpfs/align8/sync/@first/handler", "read/pipe/plain/sync/@first/handler"})
		CHECK_THROWS_AS(parse_id(wrong), std::invalid_argument);
	CHECK_FALSE(applicable(parse_id("statx.buf/tmpfs/cached/sync/@first/handler"), 4096));
}

TEST_CASE("the name of a call selects its rows")
{
	const auto calls = [](Strings specs) {
		std::set<std::string, std::less<>> all;
		for (const auto &point : planned(Level::quick, 4096, std::move(specs)))
			all.emplace(point.call->name);
		return all;
	};
	CHECK(calls({"statx"}) == std::set<std::string, std::less<>>{"statx.buf", "statx.path"});
	CHECK(calls({"ppoll"}).contains("ppoll"));
	CHECK(calls({"ppoll"}).contains("ppoll.fds"));
	CHECK_FALSE(calls({"[row]"}).contains("ppoll"));
	CHECK(calls({"[row]"}).contains("ppoll.fds"));
}

TEST_CASE("a row fails whole where the granule is reached, and not where it is behind")
{
	const std::string buf = "statx.buf/tmpfs/plain/sync/";
	for (const auto *reached : {"@first/handler", "@middle/handler", "@last/handler"}) {
		INFO(reached);
		CHECK(judged(buf + reached, -EFAULT).kind == VerdictKind::pass);
		CHECK(breaks(judged(buf + reached, 0), Rule::p3)); // nothing stored
		CHECK(judged(buf + reached, 0, true).kind == VerdictKind::unchecked);
	}
	CHECK(judged(buf + "@behind/handler", 0).kind == VerdictKind::pass);
	CHECK(judged(buf + "@behind/handler", -EFAULT).kind == VerdictKind::fail);
	// What it returns is no number of bytes.
	CHECK(judged("ppoll.fds/pipe/plain/sync/@last/handler", -EFAULT).kind == VerdictKind::pass);
	CHECK(judged("ppoll.fds/pipe/plain/sync/@behind/handler", 1).kind == VerdictKind::pass);
	CHECK(judged("statx.buf/tmpfs/protnone/sync/@first/handler", 0).kind == VerdictKind::fail);
	CHECK(judged("statx.buf/tmpfs/plain/none/@first/handler", -EFAULT).kind ==
	      VerdictKind::fail);
}

TEST_CASE("memory that a call loads from stays as it is")
{
	const auto refused = [](const std::string &id, auto change) {
		const Point point = parse_id(id);
		Observation seen = returned(point, -EFAULT);
		change(seen);
		return judge(point, seen, {});
	};
	const auto stored = [](Observation &seen) { seen.buffer_changed = true; };
	const auto granule = [](Observation &seen) { seen.granule_changed = true; };
	CHECK(breaks(refused("statx.path/tmpfs/plain/sync/@first/handler", stored), Rule::p4));
	CHECK(breaks(refused("ppoll.fds/pipe/plain/sync/@first/handler", granule), Rule::p4));
	CHECK(refused("ppoll.fds/pipe/plain/sync/@first/handler", [](Observation &) {}).kind ==
	      VerdictKind::pass);
}

TEST_CASE("what a machine may not check is excused")
{
	const std::string id = "futex.FUTEX_WAKE_OP/self/plain/sync/@first/handler";
	CHECK(judged(id, -EFAULT).kind == VerdictKind::pass);
	CHECK(judged(id, 0).kind == VerdictKind::pass);
}

TEST_CASE("what is loaded and stored is checked by either")
{
	const auto checked = [](const std::string &id) { return expect(parse_id(id), {}).checked; };
	CHECK(checked("ppoll.fds/pipe/plain/asymm/@first/handler"));
	CHECK(checked("ppoll.fds/pipe/plain/storeonly/@first/handler"));
	CHECK(checked("statx.path/tmpfs/plain/asymm/@first/handler"));
	CHECK_FALSE(checked("statx.path/tmpfs/plain/storeonly/@first/handler"));
	CHECK_FALSE(checked("statx.buf/tmpfs/plain/asymm/@first/handler"));
	CHECK_FALSE(checked("ppoll.fds/pipe/plain/async/@first/handler"));
}

TEST_CASE("an error that takes something out of the object")
{
	const auto after_taking = [](const std::string &id, int64_t left) {
		const Point point = parse_id(id);
		Observation seen = returned(point, -EFAULT);
		seen.source_total = 128;
		seen.source_left = left;
		return judge(point, seen, {});
	};
	const std::string keeps = "recvmsg.iov/self/plain/sync/@first/handler";
	const std::string takes = "recvmsg.iov_base/self/plain/sync/@first/handler";
	CHECK(after_taking(keeps, 128).kind == VerdictKind::pass);
	CHECK(breaks(after_taking(keeps, 0), Rule::p4));
	CHECK(breaks(after_taking(keeps, 256), Rule::p4));
	CHECK(after_taking(takes, 256).kind == VerdictKind::pass);
	CHECK(after_taking(takes, 256).notes.front().starts_with("changed: "));
	CHECK(after_taking(takes, 128).notes.empty());
	CHECK(after_taking(takes, 0).kind == VerdictKind::pass);
	CHECK(after_taking(takes, 0).notes.size() == 1);
	// The load of the header fails before anything is done, its store when all is done.
	CHECK(breaks(after_taking("recvmsg.msg/self/protnone/sync/@first/handler", 0), Rule::p4));
	const auto late = after_taking("recvmsg.msg/self/rdonly/sync/@first/handler", 0);
	CHECK(late.kind == VerdictKind::pass);
	CHECK(late.notes.size() == 1);
}

} // namespace tagtrap
