// SPDX-License-Identifier: GPL-2.0-only
// A run on a board, with a shell in a directory of its own in the board's place, and a connection
// that breaks.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <unistd.h>

#include "fixtures/remote/run.h"
#include "harness/model/settle.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

using Verdicts = std::map<std::string, std::string>;

/// What the board does to those who reach for it, and what happens to it.
struct Mood {
	unsigned refuses = 0;  ///< of a hundred commands: are not run
	unsigned forgets = 0;  ///< are run, and nobody hears of it
	unsigned halves = 0;   ///< of a hundred files: arrive in part
	bool hangs_up = false; ///< connections last for less than a second
	int kills = 0;         ///< of the session, at random blocks
	int boots = 0;         ///< of the machine
};

/// A board of the imagination: `home` is its disk, `boot` its boot id.
class Board {
public:
	Board(const Mood &mood, uint32_t seed) : mood_(mood), dice_(seed)
	{
		fs::create_directories(home());
		set_boot();
		const std::string text =
			fmt::format("#!/bin/sh\n"
				    "[ \"$2\" = facts ] && {{ echo "
				    "\"{{\\\"boot_id\\\":\\\"$(cat {})\\\"}}\"; exit; }}\n"
				    "exec {} \"$@\"\n",
				    (scratch_.path / "boot").string(), TAGTRAP_PROGRAM);
		sys::write_file(scratch_.path / "tagtrap", text);
	}

	remote::RemoteRun run(const std::vector<std::string> &specs)
	{
		remote::RemoteRun run;
		run.transport = {
			.name = "fake",
			.home = home().string(),
			.command = [this](const std::string &script) { return command(script); },
			.push = [this](const std::string &from,
				       const std::string &to) { return push(from, to); }};
		run.binary = scratch_.path / "tagtrap";
		run.out = out();
		fs::create_directories(run.out);
		run.argv = {"run", "--quick"};
		run.argv.insert(run.argv.end(), specs.begin(), specs.end());
		run.machine = {{"kind", "native"}};
		run.boot_timeout = 60s;
		run.on_event = [this](const Json &event) { happen(event); };
		run.say = [this](const std::string &line) { said.push_back(line); };
		return run;
	}

	fs::path out() const { return scratch_.path / "out"; }
	fs::path home() const { return scratch_.path / "home"; }

	/// The session's process, if one was started last.
	pid_t session() const
	{
		pid_t last = -1;
		fs::file_time_type when = fs::file_time_type::min();
		for (const auto &file : fs::recursive_directory_iterator(home()))
			if (file.path().filename().string().starts_with("started.") &&
			    file.last_write_time() >= when) {
				when = file.last_write_time();
				last = std::atoi(sys::read_file(file.path()).c_str());
			}
		return last;
	}

	std::vector<std::string> said;
	int killed = 0, booted = 0;

private:
	bool happens(unsigned percent) { return dice_() % 100 < percent; }

	void set_boot() { sys::write_file(scratch_.path / "boot", std::to_string(dice_())); }

	remote::Words command(const std::string &script)
	{
		const std::string there = "cd " + home().string() + " && " + script;
		if (happens(mood_.refuses))
			return {"sh", "-c", "exit 255"};
		const bool follows = script.find(" remote follow ") != std::string::npos;
		if (!follows && happens(mood_.forgets))
			return {"sh", "-c", there + " >/dev/null"};
		if (mood_.hangs_up && follows)
			return {"timeout", "-s", "KILL", fmt::format("0.{:03}", 20 + dice_() % 900),
				"sh",      "-c", there};
		return {"sh", "-c", there};
	}

	remote::Words push(const std::string &from, const std::string &to)
	{
		if (happens(mood_.halves))
			return {"sh", "-c", fmt::format("head -c 20 {} >{}; exit 1", from, to)};
		return {"cp", from, to};
	}

	void happen(const Json &event)
	{
		if (event.value("event", "") != "begin" || ++begun_ % 4 != 0)
			return;
		const bool boots = booted < mood_.boots;
		if (!boots && killed >= mood_.kills)
			return;
		const pid_t process = session();
		if (process <= 0 || ::kill(-process, SIGKILL) != 0)
			return;
		++(boots ? booted : killed);
		if (boots)
			set_boot();
	}

	const Mood mood_;
	int begun_ = 0;
	std::mt19937 dice_;
	Scratch scratch_;
};

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
		CHECK(journal.runs.size() == 1); // it went on there meanwhile
		CHECK(journal.restarts.empty());
	}
}

TEST_CASE("a run on a board whose session is killed, and that is restarted", "[remote]")
{
	size_t losses = 0;
	for (uint32_t seed = 10; seed < 13; ++seed) {
		Board board({.refuses = 5, .hangs_up = true, .kills = 2, .boots = 2}, seed);
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
		// A session may have been faster than we are told of it.
		losses += journal.restarts.size();
		CHECK(journal.restarts.size() <= static_cast<size_t>(board.booted + board.killed));
		CHECK(journal.runs.size() == journal.restarts.size() + 1);
		auto verdicts = verdicts_in(journal);
		REQUIRE(verdicts.size() == undisturbed().size());
		// Points that were alone when the machine was restarted; and, where such a one is a
		// control, those that need it.
		std::set<std::string> crashed;
		for (const auto &[id, verdict] : verdicts)
			if (verdict == "CRASH")
				crashed.insert(id);
		CHECK(crashed.size() <= static_cast<size_t>(board.booted));
		const auto lacks_control = [&](const std::string &id) {
			return std::ranges::any_of(crashed, [&](const std::string &lost) {
				const auto good = lost.find("good/");
				if (good == std::string::npos)
					return false;
				// Its call, place and file state: "read/tmpfs/cached".
				return id.starts_with(
					lost.substr(0, good - (lost[good - 1] == '+' ? 1 : 0)));
			});
		};
		std::string odd;
		for (const auto &[id, verdict] : verdicts)
			if (verdict != undisturbed().at(id) && !crashed.contains(id) &&
			    !(verdict == "BROKEN" && lacks_control(id)))
				odd += id + " is " + verdict + "\n";
		CHECK(odd == "");
	}
	CHECK(losses >= 3);
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
