// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>

#include "harness/report/known.h"

using namespace tagtrap;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

const auto rows = parse_known_issues(R"({"issues":[
	{"pattern":"read/gfs2/*/sync/*@16*/handler","first":"5.16","last":"6.12",
	 "verdict":"LIVELOCK","reason":"spins","link":"https://example.org/"}]})");

Json field(std::string_view id, int major, int minor, VerdictKind verdict = VerdictKind::livelock)
{
	return known_field(rows, id, {.major = major, .minor = minor}, verdict);
}

const std::string known_id = "read/gfs2/cached/sync/4096@1600/handler";

} // namespace

TEST_CASE("a known issue is known in its range of kernels only", "[known]")
{
	CHECK(field(known_id, 5, 16).dump() ==
	      R"({"reason":"spins","kernels":"5.16..6.12","link":"https://example.org/"})");
	CHECK(field(known_id, 6, 12).is_object());
	CHECK(field(known_id, 6, 1).is_object());
	CHECK(field(known_id, 5, 15).is_null());
	CHECK(field(known_id, 6, 13).is_null());
	CHECK(field(known_id, 4, 99).is_null());
}

TEST_CASE("a known issue covers the ids of its pattern only", "[known]")
{
	CHECK(field("read/gfs2/a/b/sync/1@160/sync/4096@16/handler", 6, 1).is_object());
	CHECK(field("read/gfs2/cached/sync/4096@32/handler", 6, 1).is_null());
	CHECK(field("pread/gfs2/cached/sync/4096@1600/handler", 6, 1).is_null());
	CHECK(field(known_id + "s", 6, 1).is_null());
	CHECK(field("", 6, 1).is_null());
}

TEST_CASE("a star stands for anything, nothing included", "[known]")
{
	auto covered = [](const std::string &pattern, std::string_view text) {
		auto table = parse_known_issues(R"({"issues":[{"pattern":")" + pattern +
						R"(","first":null,"last":null,"verdict":"FAIL",)"
						R"("reason":"","link":""}]})");
		return known_field(table, text, {}, VerdictKind::fail).is_object();
	};
	for (const auto *text : {"ab", "aab", "aaab", "xab", "abab", "aaxab"})
		CHECK(covered("*ab", text));
	for (const auto *text : {"", "a", "b", "aba", "abx"})
		CHECK_FALSE(covered("*ab", text));
	CHECK(covered("a*b*c", "abc"));
	CHECK(covered("a*b*c", "axbxbxcxc"));
	CHECK_FALSE(covered("a*b*c", "acb"));
	CHECK(covered("**", ""));
	CHECK_FALSE(covered("", "a"));
}

TEST_CASE("a known issue explains its own verdict, and is missed when it passes", "[known]")
{
	using enum VerdictKind;
	for (auto verdict : {livelock, pass, unchecked})
		CHECK(field(known_id, 6, 1, verdict).is_object());
	for (auto verdict : {fail, deadlock, crash, skip, broken})
		CHECK(field(known_id, 6, 1, verdict).is_null());
}

TEST_CASE("an open range has no end", "[known]")
{
	auto open = parse_known_issues(R"({"issues":[{"pattern":"*","first":null,"last":null,
		"verdict":"FAIL","reason":"r","link":"l"}]})");
	auto known = known_field(open, known_id, {.major = 99}, VerdictKind::fail);
	CHECK(known["kernels"] == "..");
}

TEST_CASE("a row may have several patterns", "[known]")
{
	auto two = parse_known_issues(R"({"issues":[{"pattern":["a/*","b/*"],"first":null,
		"last":null,"verdict":"FAIL","reason":"r","link":"l"}]})");
	REQUIRE(two.size() == 2);
	for (const auto *id : {"a/x", "b/x"})
		CHECK(known_field(two, id, {}, VerdictKind::fail).is_object());
	CHECK(known_field(two, "c/x", {}, VerdictKind::fail).is_null());
}

TEST_CASE("a row that cannot be read is named", "[known]")
{
	auto problem = [](const char *text) -> std::string {
		try {
			parse_known_issues(text);
		} catch (const std::runtime_error &error) {
			return error.what();
		}
		return "read";
	};
	CHECK_THAT(problem(R"({"issues":[{"pattern":"*"}]})"),
		   StartsWith("known issue 1: ") && ContainsSubstring("first"));
	CHECK_THAT(problem(R"({"issues":[{"pattern":"*","first":"six","last":null}]})"),
		   ContainsSubstring("'six' is no version"));
	CHECK_THAT(problem(R"({"issues":[{"pattern":"*","first":"6.","last":null}]})"),
		   ContainsSubstring("'6.' is no version"));
	CHECK_THAT(problem("nonsense"), StartsWith("known issue 1: "));
}

TEST_CASE("the table that is built in can be read", "[known]")
{
	CHECK_FALSE(known_issues().empty());
	for (const auto &row : known_issues()) {
		INFO(row.pattern);
		CHECK_FALSE(row.reason.empty());
		const auto file = row.link.substr(0, row.link.find('#'));
		CHECK((file.starts_with("https://") || std::filesystem::exists(file)));
		CHECK((!row.first || !row.last || *row.first <= *row.last));
	}
}
