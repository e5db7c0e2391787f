// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

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
	return known_field(rows, {.id = std::string(id), .verdict = {.kind = verdict}},
			   {.major = major, .minor = minor});
}

/// Whether `table` explains that the point fails.
bool known_to_fail(const std::vector<KnownIssue> &table, std::string_view id)
{
	return known_field(table, {.id = std::string(id), .verdict = {.kind = VerdictKind::fail}},
			   {})
		.is_object();
}

Observation hung(bool killable)
{
	Observation seen;
	seen.hang.seen = true;
	seen.hang.killable = killable;
	return seen;
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
		return known_to_fail(table, text);
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
	// Nothing else is special.
	CHECK(covered("[a]?*", "[a]?x"));
	CHECK_FALSE(covered("[a]?*", "axx"));
	CHECK(covered(R"(a\\*)", R"(a\b)"));
	CHECK_FALSE(covered(R"(a\\*)", "a*"));
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
	auto known = known_field(open, {.id = known_id, .verdict = {.kind = VerdictKind::fail}},
				 {.major = 99});
	CHECK(known["kernels"] == "..");
}

TEST_CASE("a row may have several patterns", "[known]")
{
	auto two = parse_known_issues(R"({"issues":[{"pattern":["a/*","b/*"],"first":null,
		"last":null,"verdict":"FAIL","reason":"r","link":"l"}]})");
	REQUIRE(two.size() == 2);
	for (const auto *id : {"a/x", "b/x"})
		CHECK(known_to_fail(two, id));
	CHECK_FALSE(known_to_fail(two, "c/x"));
}

TEST_CASE("a row that names its cause explains that one only", "[known]")
{
	const auto table = parse_known_issues(R"({"issues":[{"pattern":"*/gfs2/*","first":null,
		"last":null,"verdict":"LIVELOCK","reason":"r","link":"l","class":"hang, killable",
		"source":"https://example.org/mail",
		"cause":{"function":"gfs2_file_read_iter","rule":"P1"}}]})");
	StoredEnd end = {.id = known_id, .verdict = {.kind = VerdictKind::livelock}};
	end.seen = hung(true);
	const auto in = [&](std::string_view heart) {
		end.seen.hang.heart = {};
		heart.copy(end.seen.hang.heart.data(), heart.size());
		return known_field(table, end, {});
	};
	CHECK(in("gfs2_file_read_iter")["source"] == "https://example.org/mail");
	CHECK(in("gfs2_file_read_iter.isra.0")["class"] == "hang, killable");
	CHECK(in("gfs2_file_write_iter").is_null());
	CHECK(in("").is_object()); // no stack could be read
	end.verdict.kind = VerdictKind::pass;
	CHECK(in("").is_object());
	end.verdict = {.kind = VerdictKind::fail, .rules = {Rule::p1}};
	CHECK(in("").is_null());
	CHECK_THROWS_WITH(parse_known_issues(R"({"issues":[{"pattern":"*","first":null,"last":null,
		"verdict":"FAIL","reason":"r","link":"l","class":"bad"}]})"),
			  ContainsSubstring("'bad' is no class"));
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

namespace {

const auto withheld_rows = parse_known_issues(R"({"issues":[
	{"withheld":true,"subsystem":"ext4","class":"hang, unkillable","place":"ext4",
	 "first":"6.0","last":null,"verdict":"LIVELOCK","killable":false},
	{"withheld":true,"subsystem":"tmpfs, pipe","class":"disclosure","place":["tmpfs","pipe"],
	 "first":"6.0","last":"6.99","verdict":"FAIL","rule":"P4","killable":null},
	{"pattern":"read/ext4/cold/*","first":null,"last":null,"verdict":"LIVELOCK",
	 "reason":"spins","link":"https://example.org/"}]})");

Json withheld(std::string_view id, const Verdict &verdict, std::optional<bool> killable = {},
	      int major = 6)
{
	return known_field(withheld_rows,
			   {.id = std::string(id),
			    .verdict = verdict,
			    .seen = killable ? hung(*killable) : Observation{}},
			   {.major = major, .minor = 1});
}

} // namespace

TEST_CASE("a withheld issue is matched by place, verdict and killability", "[known]")
{
	const Verdict hang = {.kind = VerdictKind::livelock, .rules = {Rule::p2, Rule::p1}};
	const auto known = withheld("any/ext4/thing/at/all/x", hang, false);
	CHECK(known.dump() == R"({"reason":"known to the project, withheld",)"
			      R"("withheld":true,"subsystem":"ext4","class":"hang, unkillable"})");
	CHECK(withheld("write/ext4/plain/sync/1@0/handler", hang, false) == known);
	CHECK(withheld("write/xfs/plain/sync/1@0/handler", hang, false).is_null());
	CHECK(withheld("ext4/xfs/ext4/ext4/ext4/ext4", hang, false).is_null());
	CHECK(withheld("write/ext4x/plain/sync/1@0/handler", hang, false).is_null());
	CHECK(withheld("write/ext4/plain/sync/1@0/handler", hang, true).is_null());
	CHECK(withheld("write/ext4/plain/sync/1@0/handler", hang).is_null());
	CHECK(withheld("write/ext4/plain/sync/1@0/handler", hang, false, 5).is_null());
	const Verdict asleep = {.kind = VerdictKind::deadlock, .rules = {Rule::p2, Rule::p1}};
	CHECK(withheld("write/ext4/plain/sync/1@0/handler", asleep, false).is_null());
	// What SIGKILL did is taken from the observation, and means nothing where nothing hung.
	const auto of = [&](const Observation &seen) {
		return known_field(withheld_rows,
				   {.id = "a/ext4/b/c/d/e", .verdict = hang, .seen = seen},
				   {.major = 6});
	};
	CHECK(of(hung(false)) == known);
	CHECK(of(hung(true)).is_null());
	CHECK(of({}).is_null());
}

TEST_CASE("a withheld issue says nothing of points that pass", "[known]")
{
	CHECK(withheld("a/ext4/b/c/d/e", {.kind = VerdictKind::pass}).is_null());
	CHECK(withheld("a/tmpfs/b/c/d/e", {.kind = VerdictKind::unchecked}).is_null());
}

TEST_CASE("a withheld issue that names a rule explains the violations of it", "[known]")
{
	const auto breaks = [&](std::vector<Rule> rules) {
		return withheld("a/pipe/b/c/d/e",
				{.kind = VerdictKind::fail, .rules = std::move(rules)});
	};
	CHECK(breaks({Rule::p4, Rule::p3})["class"] == "disclosure");
	CHECK(breaks({Rule::p3}).is_null());
	CHECK(breaks({Rule::p2, Rule::p4}).is_null());
	CHECK(breaks({}).is_null());
}

TEST_CASE("an issue that is public goes before one that is withheld", "[known]")
{
	const Verdict hang = {.kind = VerdictKind::livelock, .rules = {Rule::p2}};
	CHECK(withheld("read/ext4/cold/sync/1@0/handler", hang, false)["reason"] == "spins");
}

TEST_CASE("a withheld row tells no more than it may", "[known]")
{
	Json row = {{"withheld", true}, {"subsystem", "s"}, {"class", "c"},
		    {"place", "p"},     {"first", nullptr}, {"verdict", "LIVELOCK"},
		    {"last", nullptr},  {"killable", false}};
	const auto problem = [](const Json &made) -> std::string {
		try {
			parse_known_issues(Json{{"issues", {made}}}.dump());
		} catch (const std::runtime_error &error) {
			return error.what();
		}
		return "read";
	};
	REQUIRE(problem(row) == "read");
	for (const auto *key : {"pattern", "reason", "link", "fix"}) {
		auto told = row;
		told[key] = "x";
		CHECK(problem(told) == fmt::format("known issue 1: it is withheld, '{}' tells too "
						   "much",
						   key));
	}
	for (const auto *key :
	     {"subsystem", "class", "place", "first", "last", "verdict", "killable"}) {
		auto less = row;
		less.erase(key);
		CHECK_THAT(problem(less), ContainsSubstring(key));
	}
}

TEST_CASE("a known issue in words", "[known]")
{
	CHECK(known_words(nullptr).empty());
	CHECK(known_words({{"reason", "spins"}, {"link", "l"}}) == "spins");
	CHECK(known_words(withheld("a/ext4/b/c/d/e", {.kind = VerdictKind::livelock}, false)) ==
	      "known to the project, withheld (ext4: hang, unkillable; matched by place, verdict "
	      "and killability, so it may be another one)");
}

TEST_CASE("the table that is built in can be read", "[known]")
{
	std::ifstream in("docs/findings.md");
	const std::string findings{std::istreambuf_iterator<char>(in), {}};
	CHECK_FALSE(known_issues().empty());
	for (const auto &row : known_issues()) {
		INFO(row.pattern << row.place);
		CHECK((!row.first || !row.last || *row.first <= *row.last));
		if (row.withheld) {
			CHECK_FALSE(row.subsystem.empty());
			CHECK_FALSE(row.category.empty());
			CHECK(find_place(row.place) != nullptr);
			CHECK_THAT(findings, ContainsSubstring(". Withheld: " + row.subsystem +
							       "\nClass: " + row.category + ".\n"));
			continue;
		}
		CHECK_FALSE(row.reason.empty());
		const auto file = row.link.substr(0, row.link.find('#'));
		CHECK((file.starts_with("https://") || std::filesystem::exists(file)));
	}
}
