// SPDX-License-Identifier: GPL-2.0-only
// Reports for machines and for mails.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdlib>
#include <fmt/format.h>
#include <sstream>
#include <tuple>

#include "harness/model/case.h"
#include "harness/report/cause.h"
#include "harness/report/mail.h"
#include "harness/report/report.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using Catch::Matchers::ContainsSubstring;

namespace {

/// What `program`, read by the system's python3, says of `text`; "skip" where it lacks a module.
std::string by_python(const std::string &program, const std::string &text)
{
	const TemporaryFile input(text), script(program);
	const auto command = "/usr/bin/python3 " + script.path() + " " + input.path() + " 2>&1";
	auto *pipe = popen(command.c_str(), "r");
	REQUIRE(pipe != nullptr);
	std::string out;
	for (int c; (c = fgetc(pipe)) != EOF;)
		out += static_cast<char>(c);
	pclose(pipe);
	return out.find("No module named") != std::string::npos ? "skip" : out;
}

/// The fields of kcidb's schema 5.3 that are used, with their types and patterns.
constexpr std::string_view kcidb_checker = R"(import json, sys, jsonschema
origin = {"type": "string", "pattern": "^[a-z0-9_]+$"}
ident = {"type": "string", "pattern": "^[a-z0-9_]+:.*$"}
text = {"type": "string", "pattern": "^[^\u0000]*$"}
def a(required, **fields):
    return {"type": "array", "items": {"type": "object", "properties": fields,
            "required": required, "additionalProperties": False}}
misc = {"type": "object"}
schema = {"type": "object", "additionalProperties": False, "required": ["version"], "properties": {
    "version": {"type": "object", "properties": {"major": {"const": 5}, "minor": {"const": 3}},
                "required": ["major", "minor"]},
    "checkouts": a(["id", "origin"], id=ident, origin=origin, git_commit_name=text, comment=text),
    "builds": a(["checkout_id", "id", "origin"], id=ident, checkout_id=ident, origin=origin,
                architecture={"type": "string", "pattern": "^[a-z0-9_]*$"}, comment=text, misc=misc),
    "tests": a(["build_id", "id", "origin"], id=ident, build_id=ident, origin=origin,
               path={"type": "string", "pattern": "^$|^[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*$"},
               comment=text, duration={"type": "number"},
               log_excerpt={"type": "string", "maxLength": 16384, "pattern": "^[^\u0000]*$"},
               status={"enum": ["FAIL", "ERROR", "MISS", "PASS", "DONE", "SKIP"]},
               number={"type": "object", "properties": {"value": {"type": "number"}},
                       "required": ["value"], "additionalProperties": False},
               environment={"type": "object", "properties": {"comment": text},
                            "additionalProperties": False}),
    "issues": a(["id", "version", "origin"], id=ident, origin=origin, comment=text,
                version={"type": "integer", "minimum": 0}, report_url={"type": "string"},
                culprit={"type": "object", "additionalProperties": False, "properties": {
                    "code": {"type": "boolean"}, "tool": {"type": "boolean"},
                    "harness": {"type": "boolean"}}}),
    "incidents": a(["id", "origin", "issue_id", "issue_version", "test_id"], id=ident,
                   origin=origin, issue_id=ident, issue_version={"type": "integer"},
                   test_id=ident, present={"type": "boolean"})}}
data = json.load(open(sys.argv[1]))
jsonschema.validate(data, schema)
print("valid", len(data["tests"]))
)";

constexpr std::string_view junit_reader = R"(import sys
from junitparser import JUnitXml, Failure, Error, Skipped
tests = failures = errors = skipped = 0
for suite in JUnitXml.fromfile(sys.argv[1]):
    for case in suite:
        tests += 1
        for result in case.result:
            failures += isinstance(result, Failure)
            errors += isinstance(result, Error)
            skipped += isinstance(result, Skipped)
print("read", tests, failures, errors, skipped)
)";

size_t longest_prose(const std::string &mail)
{
	std::istringstream lines(mail);
	size_t longest = 0;
	for (std::string line; std::getline(lines, line);)
		if (line.find("./run.sh") == std::string::npos && line.find("  ") != 0)
			longest = std::max(longest, line.size());
	return longest;
}

const Case loads = {.name = "formats-case",
		    .man = "write(2)",
		    .kernel = "vfs_write",
		    .direction = Direction::loads};
const Registered loads_registered(loads);

/// `text` with one blank where lines end.
std::string words_of(std::string text)
{
	std::ranges::replace(text, '\n', ' ');
	return text;
}

/// The sample without what has to be withheld: two points of one cause that anybody may be told.
Journal harmless()
{
	auto journal = sample_journal();
	std::erase_if(journal.ends, [](const StoredEnd &end) {
		return end.verdict.kind == VerdictKind::livelock ||
		       end.verdict.kind == VerdictKind::crash ||
		       std::ranges::find(end.verdict.rules, Rule::p8) != end.verdict.rules.end();
	});
	return journal;
}

} // namespace

TEST_CASE("JUnit's own readers read the report", "[formats]")
{
	for (const auto &journal : {sample_journal(), nasty_journal()}) {
		const auto said = by_python(std::string(junit_reader), junit_report(journal));
		if (said == "skip")
			SKIP("python3-junitparser is not installed");
		size_t failures = 0, errors = 0, skipped = 0;
		for (const auto &end : journal.ends) {
			failures += violates(end.verdict.kind) ? 1 : 0;
			errors += end.verdict.kind == VerdictKind::broken ? 1 : 0;
			skipped += end.verdict.kind == VerdictKind::skip ? 1 : 0;
		}
		CHECK(said == "read " + std::to_string(journal.ends.size()) + " " +
				      std::to_string(failures) + " " + std::to_string(errors) +
				      " " + std::to_string(skipped) + "\n");
	}
}

TEST_CASE("the kcidb report is of its schema, and keeps what is withheld", "[formats]")
{
	for (const auto &journal : {sample_journal(), nasty_journal(), harmless()}) {
		const auto said = by_python(std::string(kcidb_checker), kcidb_report(journal));
		if (said == "skip")
			SKIP("python3-jsonschema is not installed");
		CHECK_THAT(said, ContainsSubstring("valid "));
	}
	const auto all = Json::parse(kcidb_report(sample_journal()));
	for (const auto &test : all["tests"])
		for (const auto *id :
		     {"read/gfs2/cached/sync/4096@0/handler", "write/xfs/new/sync/4096@0/handler"})
			CHECK(test["comment"] != id);
	CHECK(all["builds"][0]["misc"]["withheld_points"] == 4);
	// A point that was left out says which one hung: no word of it either.
	auto cut = sample_journal();
	const std::string hung = "read/gfs2/cached/sync/4096@0/handler";
	const auto end = std::ranges::find(cut.ends, hung, &StoredEnd::id);
	REQUIRE(end != cut.ends.end());
	StoredEnd left = *end;
	left.id = "read/gfs2/cached/sync/4096@16/handler";
	left.verdict = {.kind = VerdictKind::skip, .reason = "group: " + hung};
	left.seen = {};
	cut.ends.push_back(left);
	CHECK_THAT(kcidb_report(cut), !ContainsSubstring(hung));
	const auto told = Json::parse(kcidb_report(harmless()));
	CHECK(told["issues"].size() == 1);
	CHECK(told["incidents"].size() == 2);
}

TEST_CASE("a grouped KTAP has one test for each call and place", "[formats]")
{
	const auto report = grouped_ktap_report(sample_journal());
	CHECK_THAT(report, ContainsSubstring("1..7\n"));
	CHECK_THAT(report, ContainsSubstring("\n# read/gfs2: 2 PASS 2 LIVELOCK 1 SKIP\n"));
	CHECK_THAT(report,
		   ContainsSubstring("\n# cause e7387c21: gfs2_file_read_iter P1, 2 points\n"
				     "not ok "));
	CHECK_THAT(report, !ContainsSubstring("Subtest"));
	CHECK_THAT(grouped_ktap_report(nasty_journal()),
		   !ContainsSubstring("reboot: System halted"));
}

TEST_CASE("a mail for a list tells what may be told, and counts the rest", "[formats]")
{
	const auto all = lkml_report(sample_journal(), "");
	CHECK_THAT(all, ContainsSubstring("3 causes withheld"));
	CHECK_THAT(all, !ContainsSubstring("gfs2/cached"));
	CHECK_THAT(all, !ContainsSubstring("security@kernel.org"));
	const auto mail = lkml_report(harmless(), "");
	for (const auto *part :
	     {"Subject: arm64: write on ext4 raises the wrong signal (MTE tag mismatch)",
	      "To: (scripts/get_maintainer.pl", "== Summary",
	      "6.12.57+deb13-arm64 (Debian 6.12.57-1)", "not on hardware", "== Cause",
	      "do_tag_check_fault", "== Reproducer", "== Evidence", "Not run again alone yet",
	      "./run.sh --kernel=", "qemu-system-aarch64 -nographic -M virt,mte=on",
	      "Fixes: unknown"})
		CHECK_THAT(mail, ContainsSubstring(part));
	INFO(mail);
	CHECK(longest_prose(mail) <= 80);
	CHECK(std::ranges::all_of(
		mail, [](char c) { return c == '\n' || c == '\t' || (c >= ' ' && c <= '~'); }));
}

TEST_CASE("a mail names what was wrong with the buffer, and whether it takes MTE", "[formats]")
{
	for (const auto &[state, name, words] :
	     {std::tuple("protnone", "(PROT_NONE page)",
			 "when its buffer has a PROT_NONE page. No MTE"),
	      std::tuple("unmapped", "(unmapped page)", "No MTE is needed. Privilege"),
	      std::tuple("mem-memfd+good", "(memory that is a shared", "On arm64 with MTE, "),
	      std::tuple("no-such-token", "(MTE tag mismatch)", "On arm64 with MTE, ")}) {
		auto journal = harmless();
		for (auto &end : journal.ends)
			if (end.verdict.kind == VerdictKind::fail)
				end.id = fmt::format(
					"formats-case/ext4/cached+{}/sync/16384@0/handler", state);
		const auto mail = lkml_report(journal, "");
		INFO(mail);
		CHECK_THAT(mail, ContainsSubstring(name));
		CHECK_THAT(words_of(mail), ContainsSubstring(words));
	}
}

TEST_CASE("whom a mail goes to is asked of a kernel tree", "[formats]")
{
	const auto mail = lkml_report(harmless(), "9b3607c3", [](const std::string &function) {
		CHECK(function == "do_tag_check_fault");
		return Maintained{"arch/arm64/mm/fault.c",
				  {"A <a@example.org>", "list@example.org"}};
	});
	CHECK_THAT(mail, ContainsSubstring("To: A <a@example.org>,\n    list@example.org\n"));
	CHECK_THAT(mail, ContainsSubstring("do_tag_check_fault in arch/arm64/mm/fault.c"));
}

TEST_CASE("the private mail is for one cause", "[formats]")
{
	const auto journal = sample_journal();
	const auto mail = security_report(journal, "e7387c21");
	for (const auto *part : {"To: security@kernel.org\n", "Subject: [SECURITY] gfs2: read",
				 "Told: nobody yet", "SURVIVED", "gfs2_file_read_iter+0x1a4"})
		CHECK_THAT(mail, ContainsSubstring(part));
	CHECK_THROWS_WITH(security_report(journal, ""), ContainsSubstring("several causes"));
	CHECK_THROWS_WITH(security_report(journal, "12345678"),
			  ContainsSubstring("no cause 12345678 in this run; there are: "));
	CHECK_THROWS_WITH(security_report(harmless(), ""),
			  ContainsSubstring("no cause of this run"));
	CHECK_THROWS_WITH(lkml_report(journal, "e7387c21"), ContainsSubstring("--format=security"));
}
