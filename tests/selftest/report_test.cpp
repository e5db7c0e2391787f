// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <csignal>
#include <sstream>

#include "harness/report/report.h"
#include "harness/report/words.h"
#include "tests/selftest/approve.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using Catch::Matchers::ContainsSubstring;

namespace {

std::vector<std::string> lines_of(const std::string &text)
{
	std::vector<std::string> lines;
	std::istringstream in(text);
	for (std::string line; std::getline(in, line);)
		lines.push_back(line);
	return lines;
}

/// Ids and commands are never wrapped: nothing else may be longer than a mail's line.
bool may_be_long(const std::string &line)
{
	auto begin = std::min(line.find_first_not_of(' '), line.size());
	auto word = line.substr(begin);
	bool id = word.find(' ') == std::string::npos && std::ranges::count(word, '/') >= 5;
	return id || word.starts_with("./run.sh ") || word.starts_with("./tagtrap ");
}

void check_form(const std::string &report)
{
	for (const auto &line : lines_of(report)) {
		INFO(line);
		CHECK((line.size() <= report_columns || may_be_long(line)));
		CHECK(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }));
		CHECK_FALSE(line.ends_with(' '));
	}
	CHECK(report.ends_with("\n"));
}

Journal without(Journal journal, VerdictKind kind)
{
	std::erase_if(journal.ends, [&](const StoredEnd &end) { return end.verdict.kind == kind; });
	return journal;
}

} // namespace

TEST_CASE("the text report is as approved", "[report]")
{
	auto report = text_report(sample_journal());
	CHECK(difference("report.txt", report) == "");
	check_form(report);
}

TEST_CASE("the JSON report is as approved", "[report]")
{
	auto report = json_report(sample_journal());
	CHECK(difference("report.json.txt", report) == "");
	auto json = Json::parse(report);
	CHECK(json["exit_status"] == 3);
	CHECK(json["totals"]["LIVELOCK"] == 2);
	CHECK(json["points"].size() == 14);
}

TEST_CASE("texts that try to break the text report do not", "[report]")
{
	auto report = text_report(nasty_journal());
	CHECK(difference("nasty.txt", report) == "");
	check_form(report);
}

TEST_CASE("texts that try to break the JSON report do not", "[report]")
{
	auto journal = nasty_journal();
	auto json = Json::parse(json_report(journal));
	REQUIRE(json["points"].size() == journal.ends.size());
	for (size_t i = 0; i < journal.ends.size(); i++) {
		CHECK(json["points"][i]["id"] == journal.ends[i].id);
		CHECK(json["points"][i]["reason"] == journal.ends[i].verdict.reason);
	}
	CHECK(json["truncated"] == true);
	CHECK(json["finished"] == false);
}

TEST_CASE("a journal with nothing in it still makes a report", "[report]")
{
	auto report = text_report(Journal{});
	check_form(report);
	CHECK_THAT(report, ContainsSubstring("None: no point violates a rule."));
	CHECK(Json::parse(json_report(Journal{}))["points"].empty());
}

TEST_CASE("a report differs from the approved one by its first wrong line", "[report]")
{
	CHECK(first_difference("a\nb\nc\n", "a\nb\nc\n") == "");
	CHECK(first_difference("a\nbb\nc\n", "a\nbx\nc\n") == "2: approved 'bb', produced 'bx'");
	CHECK(first_difference("a\n", "a\nb\n") == "2: approved nothing, produced 'b'");
	CHECK(first_difference("a\nb\n", "") == "1: approved 'a', produced nothing");
}

TEST_CASE("the table stays in one piece where one blank between columns does it", "[report]")
{
	std::vector<std::string> lines = {to_line(sample_run())};
	auto add = [&](std::string_view call) {
		for (const auto &place : places())
			lines.push_back(to_line(sample_end(std::string(call) + "/" +
							   std::string(place.name) +
							   "/new/sync/1@0/handler")));
		// What passes everywhere is not in the table.
		lines.push_back(
			to_line(sample_end(std::string(call) + "/self/new/asymm/1@0/handler",
					   VerdictKind::unchecked)));
	};
	auto tables = [&] {
		auto all = lines_of(text_report(read_back(lines)));
		return std::ranges::count_if(
			all, [](const std::string &line) { return line.starts_with("call "); });
	};
	add("read");
	CHECK_THAT(text_report(read_back(lines)),
		   ContainsSubstring(
			   "\nread  ok 1   ok 1  ok 1  ok 1   ok 1  ok 1  ok 1  ok 1  unch 1\n"));
	add("twenty-three-letters-in");
	CHECK_THAT(text_report(read_back(lines)),
		   ContainsSubstring("\ntwenty-three-letters-in ok 1  ok 1 ok 1 ok 1  ok 1 "));
	CHECK(tables() == 1);
	// Wider cells leave no choice.
	for (int i = 0; i < 1000; i++)
		lines.push_back(to_line(
			sample_end("read/xfs/new/sync/" + std::to_string(i + 2) + "@0/handler")));
	for (const auto *place : {"ext4", "btrfs", "tmpfs", "gfs2"})
		lines.push_back(to_line(sample_end("read/" + std::string(place) + "/new/sync/9@0/x",
						   VerdictKind::broken)));
	CHECK(tables() == 2);
}

TEST_CASE("what was never checked is told, everywhere in one word", "[report]")
{
	std::vector<std::string> lines = {to_line(sample_run())};
	for (const auto *place : {"tmpfs", "ext4"}) {
		auto quiet = sample_end("read/" + std::string(place) + "/new/sync/1@0/handler");
		quiet.seen.result = 4096;
		lines.push_back(to_line(quiet));
	}
	auto report = [&] { return text_report(read_back(lines)); };
	CHECK_THAT(report(), ContainsSubstring("read: everywhere (no fault was seen)\n"));
	lines.push_back(to_line(sample_end("read/ext4/new/sync/2@0/handler")));
	CHECK_THAT(report(), ContainsSubstring("read: tmpfs (no fault was seen)\n"));
	lines.push_back(to_line(sample_end("read/tmpfs/new/sync/2@0/handler")));
	CHECK_THAT(report(), ContainsSubstring("nothing: every call was checked on every place\n"));
}

TEST_CASE("text behind the end of a stack is not shown", "[report]")
{
	auto end = sample_hang("read/gfs2/cached/sync/1@0/handler", VerdictKind::livelock, true);
	end.seen.hang.stacks = {};
	end.seen.hang.stack_counts = {};
	end.seen.hang.stack_samples = 0;
	using namespace std::string_view_literals;
	put(end.seen.hang.stacks[0], "[<0>] one+0x1/0x2\n\0stale"sv);
	put(end.seen.hang.stacks[1], "[<0>] one+0x1/0x2\n\0other"sv);
	auto report = text_report(read_back({to_line(sample_run()), to_line(end)}));
	CHECK_THAT(report, ContainsSubstring("2 samples of 2\n      [<0>] one+0x1/0x2\n    "));
	CHECK_THAT(report, !ContainsSubstring("stale"));
	CHECK(to_json(end)["evidence"]["stacks"] == Json::array({"[<0>] one+0x1/0x2\n"}));
	CHECK(to_json(end)["evidence"]["stack_counts"] == Json::array({2}));
}

TEST_CASE("position is said to matter only where both were seen", "[report]")
{
	auto journal = sample_journal();
	CHECK_THAT(text_report(journal), ContainsSubstring("does not matter: hangs at every offset "
							   "tried: 0, 1600"));
	auto &second = journal.ends[2];
	second.verdict = {};
	second.seen.end = End::returned;
	second.seen.hang = {};
	CHECK_THAT(text_report(journal),
		   ContainsSubstring("matters: hangs at offset 1600; ends at 0"));
	journal.ends.erase(journal.ends.begin() + 2);
	CHECK_THAT(text_report(journal),
		   ContainsSubstring("not known: only offset 1600 was tried"));
}

TEST_CASE("what a hang that anyone can cause is to be reported to is said", "[report]")
{
	auto journal = sample_journal();
	const auto *advice = "security@kernel.org first, before any public list";
	CHECK_THAT(text_report(journal), ContainsSubstring(advice));
	auto harmless = without(without(journal, VerdictKind::livelock), VerdictKind::crash);
	std::erase_if(harmless.ends, [](const StoredEnd &end) {
		return std::ranges::find(end.verdict.rules, Rule::p8) != end.verdict.rules.end();
	});
	CHECK_THAT(text_report(harmless), !ContainsSubstring(advice));
	CHECK_THAT(text_report(harmless), ContainsSubstring("wrong signal: "));
}

TEST_CASE("text is wrapped at blanks and cut where it has none", "[report]")
{
	CHECK(labelled("ab ", "cd") == "ab cd\n");
	CHECK(labelled("ab ", "") == "ab\n");
	auto text = labelled("label  ", std::string(60, 'a') + " " + std::string(100, 'b'), 9);
	CHECK(text == "label  " + std::string(60, 'a') + "\n       " + std::string(65, 'b') +
			      "\n       " + std::string(35, 'b') + "\n");
	CHECK(labelled("", std::string(200, 'c'), 2) ==
	      std::string(72, 'c') + "\n" + std::string(72, 'c') +
		      "\n... 56 bytes more in the journal\n");
}
