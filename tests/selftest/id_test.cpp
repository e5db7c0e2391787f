// SPDX-License-Identifier: GPL-2.0-only
// Ids: what is one and what is none, and the last part, CALLER+DISPOSITION, with what plans hold of
// it.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <set>
#include <stdexcept>

#include "harness/model/case.h"
#include "tests/selftest/plan_world.h"

namespace tagtrap {

using selftest::ids;
using selftest::planned;
using selftest::Strings;

TEST_CASE("an id that the level does not hold is a plan of its own")
{
	const std::string name = "read/pipe/align8/async/1000@488/noexpose-restart";
	REQUIRE(std::ranges::count(ids(planned(Level::quick)), name) == 0);
	CHECK(ids(planned(Level::quick, 4096, {name})) == Strings{name});
}

TEST_CASE("ids that mean a point but are not its name are refused")
{
	// The right order of the tokens, no default ones, no leading zeros.
	const auto wrong = GENERATE(
		as<std::string>(), "read/ext4/direct+cached/sync/4096@2048/handler",
		"read/pipe/bad/sync/4096@2048/handler", "read/pipe/plain/sync/04096@2048/handler",
		"read/pipe/align0/sync/4096@2048/handler", "read/pipe/plain/sync/4096/handler",
		"read/pipe/plain/sync/4096@2048/handler/", "/////", "");
	CHECK_THROWS_AS(parse_id(wrong), std::invalid_argument);
}

TEST_CASE("a caller alone and a disposition alone are written as ever")
{
	// What ids said before callers and dispositions were two things.
	const auto how =
		GENERATE(as<std::string>(), "handler", "restart", "noexpose", "noexpose-restart",
			 "blocked", "ignored", "default", "altstack", "nodefer", "nested",
			 "sigwait", "signalfd", "pending", "traced", "suppressed", "init", "thread",
			 "fork", "vfork", "mask-open", "mask-shut");
	const std::string name = "read/pipe/plain/sync/4096@2048/" + how;
	const Point point = parse_id(name);
	CHECK(id(point) == name);
	CHECK((how == to_string(point.disposition)) == (point.caller == Caller::leader));
	CHECK(parse_id("read/pipe/plain/sync/4096@2048/" + std::string(to_string(point.caller)) +
		       '+' + std::string(to_string(point.disposition))) == point);
}

TEST_CASE("every caller with every disposition has one id, which says all of it")
{
	std::set<std::string> seen;
	for (const auto &who : callers()) {
		for (const auto &how : dispositions()) {
			Point point = parse_id("read/pipe/plain/sync/4096@2048/handler");
			point.caller = who.caller;
			point.disposition = how.disposition;
			const std::string name = id(point);
			CAPTURE(name);
			CHECK(seen.insert(name).second);
			CHECK(parse_id(name) == point);
			CHECK(id(parse_id(name)) == name);
		}
	}
	CHECK(seen.size() == callers().size() * dispositions().size());
}

TEST_CASE("what an id leaves out may be said, and is not written")
{
	using Pair = std::pair<std::string, std::string>;
	const auto [said, written] =
		GENERATE(Pair{"leader+blocked", "blocked"}, Pair{"leader+handler", "handler"},
			 Pair{"leader", "handler"}, Pair{"thread+handler", "thread"},
			 Pair{"traced+handler", "traced"}, Pair{"init+default", "init"},
			 Pair{"fork+ignored", "fork+ignored"}, Pair{"init+handler", "init+handler"},
			 Pair{"thread+default", "thread+default"});
	const std::string start = "read/pipe/plain/sync/4096@2048/";
	CHECK(id(parse_id(start + said)) == start + written);
	const auto points = planned(Level::quick, 4096, {start + said, start + written});
	CHECK(ids(points) == Strings{start + written});
	CHECK(ids(planned(Level::quick, 4096, {"read/pipe/*/" + written})) ==
	      ids(planned(Level::quick, 4096, {"read/pipe/*/" + said})));
	const auto without = ids(planned(Level::quick, 4096, {"read/pipe/*", "~" + start + said}));
	CHECK(without.size() == planned(Level::quick, 4096, {"read/pipe/*"}).size() - 1);
}

TEST_CASE("what is no caller and no disposition is refused")
{
	const auto how = GENERATE(as<std::string>(), "blocked+thread", "handler+thread",
				  "thread+thread", "leader+thread", "blocked+blocked", "thread+",
				  "+blocked", "+", "thread+blocked+blocked", "Thread", "threads");
	CHECK_THROWS_AS(parse_id("read/pipe/plain/sync/4096@2048/" + how), std::invalid_argument);
}

TEST_CASE("a caller that cannot make the call is refused, and so is what only a leader arranges")
{
	const auto name = GENERATE(as<std::string>(), "uring-read/pipe/plain/sync/4096@2048/thread",
				   "uring-read/pipe/plain/sync/4096@2048/fork+blocked",
				   "read/pipe/plain/sync/4096@2048/thread+sigwait",
				   "read/pipe/plain/sync/4096@2048/init+pending",
				   "read/pipe/plain/sync/4096@2048/vfork+altstack");
	CHECK_THROWS_MATCHES(
		planned(Level::quick, 4096, {name}), std::invalid_argument,
		Catch::Matchers::MessageMatches(Catch::Matchers::ContainsSubstring("caller")));
}

TEST_CASE("every plan has each caller with each main disposition, loads and stores, checked")
{
	const auto level = GENERATE(Level::quick, Level::standard);
	std::set<std::string> plain, uring;
	for (const auto &point : planned(level, 4096, {"read/pipe/*", "write/pipe/*", "uring-two"}))
		if (point.mode == TagCheckMode::sync && point.stand == Stand::bad && !point.tco)
			(point.call->shape.uring ? uring : plain)
				.insert(std::string(point.call->name) + ' ' +
					handling(point.caller, point.disposition));
	for (const auto &row : callers()) {
		for (const auto *how : {"handler", "blocked", "ignored", "default"}) {
			Caller caller;
			Disposition disposition;
			REQUIRE(parse_handling(std::string(row.name) + '+' + how, caller,
					       disposition));
			const auto text = handling(caller, disposition);
			CAPTURE(text);
			CHECK(plain.contains("read " + text));
			CHECK(plain.contains("write " + text));
			CHECK(uring.contains("uring-two " + text));
		}
	}
}

} // namespace tagtrap
