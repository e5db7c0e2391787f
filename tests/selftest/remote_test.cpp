// SPDX-License-Identifier: GPL-2.0-only
// A run on a board of the imagination, and over a connection that breaks.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <map>
#include <set>

#include "harness/model/settle.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "tests/selftest/remote_board.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

using Verdicts = std::map<std::string, std::string>;

const std::vector<std::string> specs = {"*/pipe/*", "*/unix/*", "clock_gettime", "uname"};

Journal journal_of(const Board &board)
{
	return settle(read_journal((board.out() / "journal.jsonl").string()));
}

Verdicts verdicts_in(const Journal &journal)
{
	Verdicts all;
	for (const auto &end : journal.ends)
		all[end.id] = std::string(to_string(end.verdict.kind));
	return all;
}

/// Points with more than one `end`.
std::string doubled(const Board &board)
{
	std::set<std::string> seen;
	std::ifstream in(board.out() / "journal.jsonl");
	for (std::string line; std::getline(in, line);)
		if (const Json event = Json::parse(line); event["event"] == "end")
			if (!seen.insert(event["id"].get<std::string>()).second)
				return event["id"];
	return "";
}

const Verdicts &undisturbed()
{
	static const Verdicts verdicts = [] {
		Board board({}, 1);
		REQUIRE(remote::run_remote(board.run(specs)) == 0);
		const auto journal = journal_of(board);
		CHECK(doubled(board).empty());
		CHECK(journal.finish["planned"] == journal.ends.size());
		CHECK(journal.runs.size() == 1);
		CHECK(journal.restarts.empty());
		CHECK(journal.runs[0]["machine"]["start"] == 1);
		CHECK_FALSE(journal.runs[0]["boot_id"].get<std::string>().empty());
		// What it needed there is gone, but for the binary.
		for (const auto &entry : fs::directory_iterator(board.home()))
			CHECK(entry.path().filename().string().starts_with("tagtrap-"));
		return verdicts_in(journal);
	}();
	return verdicts;
}

} // namespace

TEST_CASE("a run on a board through a connection that breaks", "[remote]")
{
	REQUIRE(undisturbed().size() > 500);
	for (uint32_t seed = 0; seed < 3; ++seed) {
		Board board({.refuses = 15, .forgets = 10, .halves = 30, .hangs_up = true}, seed);
		INFO("seed " << seed);
		int status = -1;
		for (int tries = 0; status != 0 && tries < 10; ++tries)
			try { // the first word may not get there: then nothing has begun
				status = remote::run_remote(board.run(specs));
			} catch (const sys::Problem &problem) {
				INFO(problem.what());
				REQUIRE(fs::is_empty(board.out() / "journal.jsonl"));
			}
		CHECK(status == 0);
		const auto journal = journal_of(board);
		CHECK(verdicts_in(journal) == undisturbed());
		CHECK(doubled(board).empty());
		INFO("said: " << fmt::format("{}", fmt::join(board.said, "; ")));
		CHECK(journal.runs.size() == 1); // it went on there meanwhile
		CHECK(journal.restarts.empty());
	}
}

TEST_CASE("a run on a board whose session is killed, and that is restarted", "[remote]")
{
	for (uint32_t seed = 10; seed < 13; ++seed) {
		Board board({.refuses = 5, .hangs_up = true, .boots = 2, .kills = 2}, seed);
		INFO("seed " << seed);
		int status = -1;
		for (int tries = 0; status != 0 && tries < 10; ++tries)
			try {
				status = remote::run_remote(board.run(specs));
			} catch (const sys::Problem &problem) {
				INFO(problem.what());
				REQUIRE(fs::is_empty(board.out() / "journal.jsonl"));
			}
		CHECK(status == 0);
		const auto journal = journal_of(board);
		CHECK(doubled(board).empty());
		INFO("said: " << fmt::format("{}", fmt::join(board.said, "; ")));
		CHECK(board.booted == 2);
		CHECK(board.killed == 2);
		CHECK(journal.restarts.size() == 4);
		CHECK(journal.runs.size() == 5);
		auto verdicts = verdicts_in(journal);
		REQUIRE(verdicts.size() == undisturbed().size());
		// Points that were alone when the machine was restarted; and, where such a one is a
		// control, those that need it.
		std::set<std::string> crashed;
		for (const auto &[id, verdict] : verdicts)
			if (verdict == "CRASH")
				crashed.insert(id);
		CHECK(crashed.size() <= 2);
		const auto lacks_control = [&](const StoredEnd &end) {
			return std::ranges::any_of(crashed, [&](const std::string &lost) {
				return end.verdict.reason.starts_with(
					fmt::format("its control {} fails", lost));
			});
		};
		std::string odd;
		for (const auto &end : journal.ends) {
			const std::string verdict(to_string(end.verdict.kind));
			if (verdict != undisturbed().at(end.id) && !crashed.contains(end.id) &&
			    !(verdict == "BROKEN" && lacks_control(end)))
				odd += fmt::format("{} is {}: {}\n", end.id, verdict,
						   end.verdict.reason);
		}
		INFO(fmt::format("CRASH: {}", crashed));
		CHECK(odd == "");
	}
}

TEST_CASE("a session that cannot do its work ends the run after three losses", "[remote]")
{
	Board board({}, 1);
	auto run = board.run(specs);
	// It is gone before it has anything to say.
	sys::write_file(run.binary, sys::read_file(run.binary)
					    .replace(0, 10,
						     "#!/bin/sh\n[ \"$2\" = start ] && "
						     "{ echo 0 >\"$3/started.$4\"; exit; }\n"));
	std::string why;
	try {
		remote::run_remote(std::move(run));
	} catch (const sys::Problem &problem) {
		why = problem.what();
		CHECK(problem.status == 3);
	}
	CHECK(why.starts_with("fake: lost 3 times in a row without one more result: "));
}

TEST_CASE("a session with nothing to do gives its own status", "[remote]")
{
	Board board({}, 1);
	auto run = board.run({});
	run.argv = {"run", "--quick", "--no-such-option"};
	CHECK(remote::run_remote(std::move(run)) == 2);
}

TEST_CASE("a machine that does not come back ends the run, and power is cycled before", "[remote]")
{
	Board board({}, 1);
	auto run = board.run(specs);
	const auto mark = (board.out() / "cycled").string();
	run.power_cycle = "touch " + mark;
	run.boot_timeout = 0s;
	run.on_event = [&board](const Json &event) {
		if (event.value("event", "") != "begin" || !fs::exists(board.home()))
			return;
		::kill(-board.session(), SIGKILL);
		fs::rename(board.home(), board.home().string() + "-gone");
	};
	std::string why;
	try {
		remote::run_remote(std::move(run));
	} catch (const sys::Problem &problem) {
		why = problem.what();
	}
	CHECK(why.find("the machine does not answer") != std::string::npos);
	CHECK(why.find("--resume=") != std::string::npos);
	CHECK(fs::exists(mark));
}
