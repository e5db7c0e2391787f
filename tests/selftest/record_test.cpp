// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <limits>
#include <random>

#include "harness/model/evidence.h"
#include "harness/model/observation_fields.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;

namespace {

using Random = std::mt19937_64;

void randomise(Random &random, bool &value)
{
	value = random() % 2;
}

void randomise(Random &random, char &value)
{
	value = static_cast<char>(random());
}

void randomise(Random &random, Phase &value)
{
	value = static_cast<Phase>(random() % 6);
}

void randomise(Random &random, End &value)
{
	value = static_cast<End>(random() % 6);
}

void randomise(Random &random, ComplaintKind &value)
{
	value = static_cast<ComplaintKind>(random() % 5);
}

void randomise(Random &random, View &value)
{
	value = static_cast<View>(random() % 4);
}

void randomise(Random &random, Doubt &value)
{
	value = static_cast<Doubt>(random() % 5);
}

void randomise(Random &random, Made &value)
{
	value = static_cast<Made>(random() % 6);
}

template <class Number>
requires std::is_arithmetic_v<Number>
void randomise(Random &random, Number &value)
{
	using Limits = std::numeric_limits<Number>;
	const Number edges[] = {0, 1, static_cast<Number>(-1), Limits::min(), Limits::max()};
	auto pick = random() % 8;
	value = pick < 5 ? edges[pick] : static_cast<Number>(random());
}

template <class Struct>
requires std::is_class_v<Struct>
void randomise(Random &random, Struct &value);

template <class Element, size_t N> void randomise(Random &random, std::array<Element, N> &row)
{
	// Any length, with zeros and defaults in between.
	for (size_t used = random() % (N + 1), i = 0; i < used; i++)
		if (random() % 4)
			randomise(random, row[i]);
}

template <class Struct>
requires std::is_class_v<Struct>
void randomise(Random &random, Struct &value)
{
	each_field(&value, [&]<class Member>(const char *, Member member) {
		if (random() % 3 == 0)
			return; // keeps its default
		if constexpr (std::is_member_object_pointer_v<Member>)
			randomise(random, value.*member);
		else
			randomise(random, value.*member.member);
	});
}

Observation with(std::string_view wchan)
{
	Observation seen;
	wchan.copy(seen.hang.wchan.data(), seen.hang.wchan.size());
	return seen;
}

} // namespace

TEST_CASE("an observation survives the journal whatever it holds", "[record]")
{
	Random random(20261122);
	for (int round = 0; round < 3000; round++) {
		Observation seen;
		randomise(random, seen);
		auto line = to_json(seen).dump(); // throws if a byte were no UTF-8
		INFO(line);
		REQUIRE(observation_from_json(Json::parse(line)) == seen);
	}
}

TEST_CASE("an observation keeps every byte that the kernel printed", "[record]")
{
	CHECK(observation_from_json(to_json(with("caf\xc3\xa9 \xff\x80\x01\"\\\n"))) ==
	      with("caf\xc3\xa9 \xff\x80\x01\"\\\n"));
	CHECK(to_json(with("\xff"))["hang"]["wchan"] == "\u00ff");
	CHECK(observation_from_json(to_json(with(std::string(64, 'x')))) ==
	      with(std::string(64, 'x')));
}

TEST_CASE("an observation leaves out what is as it always is", "[record]")
{
	CHECK(to_json(Observation{}).dump() == "{}");
	Observation seen;
	seen.good = 16;
	seen.bad_pointer = 0x0a00'0000'0000'0010;
	CHECK(to_json(seen).dump() == R"({"good":16,"bad_pointer":"0xa00000000000010"})");
}

TEST_CASE("a field that cannot be read is named", "[record]")
{
	auto read = [](const char *text) { return observation_from_json(Json::parse(text)); };
	CHECK_THROWS_WITH(read(R"({"hang":{"first":{"at_ns":"x"}}})"),
			  "observation.hang.first.at_ns: not a number that fits");
	CHECK_THROWS_WITH(read(R"({"signals":[{"address":12}]})"),
			  "observation.signals.address: not a hex string");
	CHECK_THROWS_WITH(read(R"({"end":"vanished"})"), "observation.end: unknown value vanished");
	CHECK_THROWS_WITH(read(R"({"entries":-1})"), "observation.entries: not a number that fits");
	CHECK_THROWS_WITH(read(R"({"entries":4294967296})"),
			  "observation.entries: not a number that fits");
	CHECK_THROWS_WITH(read("[]"), "observation: not an object");
}

TEST_CASE("an end holds what interfaces promise", "[record]")
{
	auto end = sample_end("read/gfs2/cached/sync/4096@1600/handler", VerdictKind::fail, "why");
	end.verdict.rules = {Rule::p4, Rule::m1};
	end.verdict.notes = {"slow: 1200 ms"};
	end.seen.signal_count = 1;
	end.seen.signals[0] = {
		.number = 11, .code = 9, .address = 0x0f00'0000'1234'5670, .thread = 5};
	auto json = to_json(end);
	CHECK(json["event"] == "end");
	CHECK(json["group"] == "read/gfs2/cached/sync");
	CHECK(json["verdict"] == "FAIL");
	CHECK(json["rule"] == "P4");
	CHECK(json["rules"] == Json::array({"P4", "M1"}));
	CHECK(json["promise"] == "close(48)");
	CHECK(json["result"] == 1600);
	CHECK(json["killable"].is_null());
	CHECK(json["evidence"].is_null());
	CHECK(json["signal"].dump() ==
	      R"({"number":11,"code":9,"address":"0xf00000012345670","thread":5})");
	CHECK(json["signals"] == Json::array({json["signal"]}));
	CHECK(json["elapsed_ns"] == 41'234);
	CHECK(json["notes"] == Json::array({"slow: 1200 ms"}));
	CHECK_FALSE(json.contains("known")); // it depends on the settled verdict
	CHECK(observation_from_json(json["observation"]) == end.seen);
	CHECK(to_line(end) == to_line(json));
}

TEST_CASE("the group of an end is worked out of its id where that is known", "[record]")
{
	auto end = sample_end("no-such-call/gfs2/cached/sync/4096@1600/handler");
	end.group.clear();
	CHECK(to_json(end)["group"].is_null());
}

TEST_CASE("a hang has its evidence at hand", "[record]")
{
	auto end = sample_end("x");
	end.seen.end = End::hung;
	auto &hang = end.seen.hang;
	hang.seen = hang.killable = true;
	hang.watched_ns = 4'000'000'000;
	hang.first = {.at_ns = 1'000'000'000, .system_ticks = 10, .minor_faults = 50};
	hang.last = {.at_ns = 3'000'000'000, .system_ticks = 200, .minor_faults = 85, .state = 'R'};
	auto json = to_json(end);
	CHECK(json["killable"] == true);
	CHECK(json["result"].is_null());
	CHECK(json["evidence"]["watched_s"] == 4.0);
	CHECK(json["evidence"]["system_ticks"] == 190);
	CHECK(json["evidence"]["faults_per_s"] == 17.5);
	CHECK(json["evidence"]["others_progress"].is_null());
	CHECK(json["evidence"]["stacks"] == Json::array());
	hang.others_measured = true;
	hang.last.minor_faults = 0; // another thread was looked at
	CHECK(to_json(end)["evidence"]["others_progress"] == 0);
	CHECK(to_json(end)["evidence"]["faults_per_s"] == 0.0);
}

TEST_CASE("stacks of old journals are samples, those of today a histogram", "[record]")
{
	const auto old = observation_from_json(
		Json{{"hang", {{"seen", true}, {"stacks", {"a+1", "b+1", "b+1", "b+1"}}}}});
	auto found = histogram(old.hang);
	REQUIRE(found.rows.size() == 2);
	CHECK(found.rows[0].stack == "b+1");
	CHECK(found.rows[0].count == 3);
	CHECK(found.samples == 4);
	CHECK_FALSE(old.hang.paired);
	const auto today = observation_from_json(Json{
		{"hang",
		 {{"stacks", {"a+1", "b+1"}}, {"stack_counts", {12, 5}}, {"stack_samples", 20}}}});
	found = histogram(today.hang);
	REQUIRE(found.rows.size() == 2);
	CHECK(found.rows[0].stack == "a+1");
	CHECK(found.rows[0].count == 12);
	CHECK(found.samples == 20);
	CHECK(histogram({}).rows.empty());
}

TEST_CASE("the evidence has the good-tag runs, the length of SIGKILL and all that grew", "[record]")
{
	const auto end =
		sample_hang("read/gfs2/cached/sync/4096@0/handler", VerdictKind::livelock, true);
	const auto evidence = to_json(end)["evidence"];
	CHECK(evidence["before"] ==
	      Json({{"made", "ended"}, {"result", 4096}, {"elapsed_ns", 310'000}}));
	CHECK(evidence["after"]["made"] == "ended");
	CHECK(evidence["kill_ms"] == 12.0);
	CHECK(evidence["counted_s"] == 4.9);
	CHECK(evidence["minor_faults"] == 250'000);
	CHECK(evidence["voluntary_switches"] == 3);
	CHECK(evidence["heart"] == "gfs2_file_read_iter");
	CHECK(evidence["stack_counts"] == Json({13, 4}));
	CHECK(evidence["stack_samples"] == 20);
}

TEST_CASE("a good-tag run of another machine is an event of its own", "[record]")
{
	const auto event = after_event("x", {Made::no_end, 0, 5});
	CHECK(event == Json({{"event", "after"},
			     {"id", "x"},
			     {"run", {{"made", "no_end"}, {"elapsed_ns", 5}}}}));
	CHECK(good_run_from_json(event["run"]) == GoodRun{Made::no_end, 0, 5});
	CHECK_THROWS_WITH(good_run_from_json(Json{{"made", "perhaps"}}),
			  "run.made: unknown value perhaps");
}

TEST_CASE("the host's end for a lost machine is a crash", "[record]")
{
	auto json = crash_end("write/xfs/new/sync/4096@0/handler", "panic\xff in console");
	CHECK(json["verdict"] == "CRASH");
	CHECK(json["rule"] == "P1");
	CHECK(json["promise"].is_null());
	CHECK(observation_from_json(json["observation"]).end == End::machine_lost);
	CHECK(json["reason"] == "panic\ufffd in console");
}

TEST_CASE("a line is one line of ASCII whatever it holds", "[record]")
{
	auto line = to_line(Json{{"console", "\xff\xc3 \n\r\x1b \u2028"}});
	CHECK(line == "{\"console\":\"\\ufffd\\ufffd \\n\\r\\u001b \\u2028\"}\n");
	auto end = sample_end("x", VerdictKind::fail, "bad \xff\n byte");
	auto text = to_line(end);
	CHECK(text.find('\n') == text.size() - 1);
	CHECK(Json::parse(text)["reason"] == "bad \ufffd\n byte");
}
