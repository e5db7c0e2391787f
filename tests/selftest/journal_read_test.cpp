// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>

#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

/// What read_journal() says of `content`, without the file's name.
std::string problem(const std::string &content)
{
	TemporaryFile file(content);
	try {
		read_journal(file.path());
	} catch (const std::runtime_error &error) {
		std::string text = error.what();
		REQUIRE_THAT(text, StartsWith(file.path() + ":"));
		CHECK(text.find('\n') == std::string::npos);
		return text.substr(file.path().size());
	}
	return "read";
}

const std::string run_line = to_line(sample_run());

} // namespace

TEST_CASE("a journal is read back as it was written", "[journal]")
{
	auto journal = read_back(sample_lines());
	REQUIRE(journal.runs.size() == 2);
	CHECK(journal.preflights.size() == 2);
	CHECK(journal.restarts.size() == 1);
	CHECK(journal.ends.size() == 14);
	CHECK(journal.finish["elapsed_s"] == 83.25);
	CHECK_FALSE(journal.truncated);
	CHECK(journal.unfinished.empty());
	const auto &hang = journal.ends[1];
	CHECK(hang.verdict.kind == VerdictKind::livelock);
	CHECK(hang.verdict.rules == std::vector{Rule::p1, Rule::m5});
	CHECK(hang.group == "read/gfs2/cached/sync");
	CHECK(hang.promise == "close(48)");
	CHECK(hang.seen.hang.killable);
	CHECK(hang.run == 0);
	CHECK(journal.ends.back().run == 1);
}

TEST_CASE("a cut last line is normal after a crash", "[journal]")
{
	auto last = to_line(sample_end("read/pipe/plain/sync/64@16/handler"));
	for (size_t cut : {size_t{1}, last.size() / 2, last.size() - 2}) {
		auto journal = read_back(run_line + last.substr(0, cut));
		CHECK(journal.truncated);
		CHECK(journal.ends.empty());
	}
	// Whole but for its line break: nothing is lost.
	auto journal = read_back(run_line + last.substr(0, last.size() - 1));
	CHECK_FALSE(journal.truncated);
	CHECK(journal.ends.size() == 1);
}

TEST_CASE("anything else that cannot be read is named by its line", "[journal]")
{
	CHECK_THAT(problem(run_line + "{\"event\":\"end\",\n" + run_line),
		   StartsWith(":2: not JSON (byte "));
	CHECK(problem(run_line + "\n" + run_line).starts_with(":2: not JSON"));
	CHECK(problem(run_line + "[]\n") == ":2: not an event (a JSON object)");
	CHECK(problem("{\"event\":\"dance\"}\n") == ":1: unknown event 'dance'");
	CHECK(problem("{}\n") == ":1: field 'event' is missing");
	CHECK(problem("{\"event\":\"begin\",\"ids\":3}\n") == ":1: field 'ids' is not an array");
	for (const auto *schema : {"0", "3", "1.5", "\"2\""})
		CHECK(problem(std::string("{\"event\":\"run\",\"schema\":") + schema + "}\n") ==
		      std::string(":1: schema ") + schema + ", this version reads schemas 1 to 2");
	CHECK(problem("{\"event\":\"suspect\",\"ids\":[\"x\"]}\n") ==
	      ":1: field 'complaint' is missing");
	CHECK(problem(R"({"event":"run","schema":2,"plan":{"controls":[{"id":"x"}]}})"
		      "\n") == ":1: field 'control_for' is missing");
	auto end = to_json(sample_end("x"));
	end["verdict"] = "MAYBE";
	CHECK(problem(to_line(end)) == ":1: 'MAYBE' is no verdict");
	end = to_json(sample_end("x"));
	end["observation"]["good"] = "many";
	CHECK(problem(run_line + to_line(end)) == ":2: observation.good: not a number that fits");
	end.erase("observation");
	CHECK(problem(to_line(end)) == ":1: field 'observation' is missing");
}

TEST_CASE("a journal that is not there or empty says what to do", "[journal]")
{
	CHECK_THAT(problem(""), ContainsSubstring("is empty") && ContainsSubstring("console.log"));
	CHECK_THAT(problem("{\"eve"), ContainsSubstring("holds no whole event"));
	auto message = [](const std::string &path) -> std::string {
		try {
			read_journal(path);
		} catch (const std::runtime_error &error) {
			return error.what();
		}
		return "read";
	};
	CHECK_THAT(message("/nowhere/at/all"),
		   StartsWith("/nowhere/at/all: No such file or directory; give the directory"));
	auto empty = std::filesystem::temp_directory_path() / "tagtrap-test-directory";
	std::filesystem::create_directory(empty);
	CHECK_THAT(message(empty), StartsWith(empty.string() + "/journal.jsonl: No such file"));
	std::filesystem::remove(empty);
}

TEST_CASE("the directory of a run stands for its journal", "[journal]")
{
	auto dir = std::filesystem::temp_directory_path() / "tagtrap-test-run";
	std::filesystem::create_directory(dir);
	TemporaryFile file(run_line);
	std::filesystem::copy_file(file.path(), dir / "journal.jsonl",
				   std::filesystem::copy_options::overwrite_existing);
	CHECK(read_journal(dir).runs.size() == 1);
	std::filesystem::remove_all(dir);
}

TEST_CASE("every end of a point is read, and which of them counts is not decided", "[journal]")
{
	const std::string first = "read/pipe/plain/sync/64@16/handler",
			  other = "write/pipe/x/sync/1@0/h";
	auto journal = read_back({
		run_line,
		to_line(sample_end(first, VerdictKind::skip, "waits for another boot")),
		to_line(sample_end(other)),
		to_line(sample_end(first, VerdictKind::fail, "why")),
	});
	REQUIRE(journal.ends.size() == 3);
	CHECK(journal.ends[0].verdict.kind == VerdictKind::skip);
	CHECK(journal.ends[2].verdict.kind == VerdictKind::fail);
}

TEST_CASE("a journal of the schema before is read", "[journal]")
{
	auto run = sample_run();
	run["schema"] = 1;
	run["plan"].erase("controls");
	run["signal"]["seen"] = 0;
	auto end = to_json(sample_end("read/pipe/plain/sync/64@16/handler"));
	end["known"] = {{"reason", "why"}};
	const auto journal = read_back({to_line(run), to_line(end)});
	REQUIRE(journal.ends.size() == 1);
	CHECK(journal.ends[0].known["reason"] == "why");
	CHECK(journal.ends[0].control_for.empty());
}

TEST_CASE("controls that nobody asked for are told from points", "[journal]")
{
	const auto journal = read_back(sample_lines());
	CHECK(journal.ends[0].control_for == "read/gfs2/cached");
	for (size_t i = 1; i < journal.ends.size(); i++)
		CHECK(journal.ends[i].control_for.empty());
	REQUIRE(journal.suspects.size() == 1);
	CHECK(journal.suspects[0].ids.size() == 2);
	CHECK(journal.suspects[0].complaint.starts_with("BUG: sleeping"));
}

TEST_CASE("points that were begun and not ended are known", "[journal]")
{
	auto begin = [](std::vector<std::string> ids) {
		return to_line(Json{{"event", "begin"}, {"ids", ids}});
	};
	auto journal = read_back({run_line, begin({"a", "b", "c"}), to_line(sample_end("a"))});
	CHECK(journal.unfinished == std::vector<std::string>{"b", "c"});
	// Whichever `begin` it was, and whatever machine began it again.
	journal = read_back({run_line, begin({"a"}), begin({"d"}), to_line(sample_end("d"))});
	CHECK(journal.unfinished == std::vector<std::string>{"a"});
	journal = read_back({run_line, begin({"a", "d"}), run_line, begin({"a"})});
	CHECK(journal.unfinished == std::vector<std::string>{"a", "d"});
	journal = read_back(
		{run_line, begin({"a"}), run_line, begin({"a"}), to_line(sample_end("a"))});
	CHECK(journal.unfinished.empty());
}

TEST_CASE("a machine that was lost and has no successor is known", "[journal]")
{
	const auto lost = to_line(Json{{"event", "restart"}, {"why", "panic"}});
	CHECK_FALSE(read_back({run_line}).lost);
	CHECK(read_back({run_line, lost}).lost);
	CHECK_FALSE(read_back({run_line, lost, run_line}).lost);
}

TEST_CASE("a run is finished when its last machine is", "[journal]")
{
	auto finish = to_line(Json{{"event", "finish"}, {"elapsed_s", 10.5}});
	CHECK(read_back({run_line, finish}).finish["elapsed_s"] == 10.5);
	CHECK(read_back({run_line, finish, run_line}).finish.is_null());
	CHECK(read_back({run_line, finish, run_line, finish}).finish["elapsed_s"] == 21.0);
	auto lost = to_line(Json{{"event", "restart"}, {"why", "panic"}, {"elapsed_s", 3.5}});
	CHECK(read_back({run_line, lost, run_line, finish}).finish["elapsed_s"] == 14.0);
}

TEST_CASE("the facts of a kernel come out of its run", "[journal]")
{
	auto facts = facts_from_run(sample_run());
	CHECK(facts.major == 6);
	CHECK(facts.minor == 12);
	CHECK(facts.page_size == 4096);
	CHECK(facts.mte3);
	CHECK_FALSE(facts.mops);
	CHECK(facts.arch == Arch::arm64);
	auto here = sample_run();
	here["facts"]["arch"] = "x86_64";
	CHECK(facts_from_run(here).arch == Arch::x86_64);
	CHECK(facts_from_run(Json::object()).page_size == 4096);
}
