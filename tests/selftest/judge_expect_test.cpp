// SPDX-License-Identifier: GPL-2.0-only
// expect(), names and their inverses, and the table of docs/contracts.md.
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>
#include <fstream>
#include <stdexcept>

#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

TEST_CASE("mode and direction decide what is checked", "[judge]")
{
	struct Row {
		TagCheckMode mode;
		bool stores, loads;
	};
	using enum TagCheckMode;
	for (const auto &[mode, stores, loads] :
	     {Row{none, false, false}, Row{sync, true, true}, Row{async, false, false},
	      Row{asymm, false, true}, Row{storeonly, true, false}}) {
		CAPTURE(to_string(mode));
		Point point = scene(read_exact, Contract::mainline).point;
		point.mode = mode;
		CHECK(expect(point, {}).checked == stores);
		point.call = &write_exact;
		CHECK(expect(point, {}).checked == loads);
	}
}

TEST_CASE("neither TCO nor the submission changes what is checked", "[judge]")
{
	Point point = scene(uring_read, Contract::mainline).point;
	CHECK(expect(point, {}).checked);
	for (const auto submission : {Submission::worker, Submission::sqpoll}) {
		point.submission = submission;
		CHECK(expect(point, {}).checked);
	}
	point.tco = true;
	CHECK(expect(point, {}).sub_page);
}

TEST_CASE("there must be a bad granule to trip over", "[judge]")
{
	Point point = scene(read_exact, Contract::mainline).point;
	CHECK(expect(point, {}).sub_page);
	for (const auto stand : {Stand::good, Stand::unmapped, Stand::protnone, Stand::rdonly}) {
		point.stand = stand;
		CHECK(expect(point, {}).checked);
		CHECK_FALSE(expect(point, {}).sub_page);
	}
	point.stand = Stand::bad;
	point.offset = point.length;
	CHECK_FALSE(expect(point, {}).sub_page);
}

TEST_CASE("pinned buffers are not checked, whatever the case promises", "[judge]")
{
	Point point = scene(uring_fixed, Contract::mainline).point;
	CHECK_FALSE(expect(point, {}).checked);
	CHECK(expect(point, {}).promise.kind == PromiseKind::unchecked);
	point.call = &read_pinned;
	CHECK_FALSE(expect(point, {}).checked);
	CHECK_FALSE(expect(Point{}, {}).checked);
}

TEST_CASE("names of verdicts, rules, contracts and signals are read back", "[judge]")
{
	for (int i = 0; i <= static_cast<int>(VerdictKind::broken); i++) {
		const auto kind = static_cast<VerdictKind>(i);
		CHECK(parse_verdict(to_string(kind)) == kind);
	}
	for (int i = 0; i <= static_cast<int>(Rule::p6); i++) {
		const auto rule = static_cast<Rule>(i);
		CHECK(parse_rule(to_string(rule)) == rule);
		CHECK_FALSE(title(rule).empty());
		CHECK_FALSE(source(rule).empty());
	}
	for (const auto contract : {Contract::mainline, Contract::forced_signal})
		CHECK(parse_contract(to_string(contract)) == contract);
	for (const auto pin : {SignalPin::any, SignalPin::segv, SignalPin::bus})
		CHECK(parse_signal_pin(to_string(pin)) == pin);
	CHECK(to_string(VerdictKind::livelock) == "LIVELOCK");
	CHECK(to_string(Rule::f9) == "F9");
	CHECK(title(Rule::p7) == "TCO");
	CHECK(source(Rule::m2) == "doc");
	CHECK_THROWS_AS(parse_verdict("pass"), std::invalid_argument);
	CHECK_THROWS_AS(parse_rule("P0"), std::invalid_argument);
	CHECK_THROWS_AS(parse_contract("auto"), std::invalid_argument);
	CHECK_THROWS_AS(parse_signal_pin("SIGSEGV"), std::invalid_argument);
}

TEST_CASE("promises have words", "[judge]")
{
	CHECK(to_string(Promise{}) == "exact");
	CHECK(to_string(Promise{.kind = PromiseKind::close, .bytes = 15}) == "close(15)");
	CHECK(to_string(copies_to_user({.arch = Arch::arm64})) == "close(15)");
	CHECK(to_string(copies_to_user({.arch = Arch::x86_64})) == "exact");
	CHECK(to_string(Promise{.kind = PromiseKind::granular, .bytes = 4096, .unit = "page"}) ==
	      "granular(4096 page)");
	CHECK(to_string(Promise{.kind = PromiseKind::all_or_nothing}) == "all-or-nothing");
	CHECK(to_string(Promise{.kind = PromiseKind::ignored}) == "ignored");
	CHECK(to_string(Promise{.kind = PromiseKind::unchecked}) == "unchecked");
	CHECK(to_string(Promise{.may_be_unchecked = "pins"}) == "exact or unchecked");
}

// Runs in the source directory.
TEST_CASE("docs/contracts.md has the rules as the judge has them", "[judge][source]")
{
	std::ifstream page("docs/contracts.md");
	REQUIRE(page.is_open());
	std::vector<std::string> rows;
	for (std::string line; std::getline(page, line);) {
		const bool rule = line.size() > 4 && line.starts_with("| ") &&
				  std::string_view("FMP").contains(line[2]) && line[4] == ' ';
		if (rule)
			rows.push_back(line);
	}
	CHECK(rows.size() == static_cast<size_t>(Rule::p6) + 1);
	for (int i = 0; i <= static_cast<int>(Rule::p6); i++) {
		const auto rule = static_cast<Rule>(i);
		const std::string start = fmt::format("| {} | {} | {} | ", to_string(rule),
						      title(rule), source(rule));
		CAPTURE(start);
		REQUIRE(static_cast<size_t>(i) < rows.size());
		CHECK(rows[static_cast<size_t>(i)].starts_with(start));
	}
}

} // namespace tagtrap::selftest
