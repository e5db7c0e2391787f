// SPDX-License-Identifier: GPL-2.0-only
// --on over ssh, on a stand-in for a board that is disturbed.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <random>
#include <thread>

#include "fixtures/board/stand_in.h"
#include "harness/cli/board_checks.h"
#include "harness/cli/board_run_checks.h"
#include "harness/cli/child.h"
#include "harness/cli/host.h"
#include "harness/cli/test_steps.h"
#include "harness/sys/file.h"

namespace tagtrap {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds longest_on_board{900};
constexpr auto seed_word = "TAGTRAP_BOARDS_SEED";

/// Something that happens to a board in mid-run.
struct Blow {
	const char *name;
	const char *script;   ///< run there as root; the connection may not live to see its end
	bool dies = false;    ///< the machine is restarted by it
	bool session = false; ///< the session ends by it
};

constexpr Blow no_network = {
	.name = "its network is away for 40 s",
	.script = "setsid sh -c 'ip link set eth0 down; sleep 40; ip link set eth0 up; "
		  "ip addr add 10.0.2.15/24 dev eth0' >/dev/null 2>&1 </dev/null &"};
constexpr Blow session_killed = {
	.name = "its session is killed", .script = "pkill -9 -f '[r]emote start'", .session = true};
constexpr Blow kernel_panics = {.name = "its kernel panics",
				.script = "echo c >/proc/sysrq-trigger",
				.dies = true,
				.session = true};
constexpr Blow board_reboots = {.name = "it is restarted",
				.script = "sync; echo b >/proc/sysrq-trigger",
				.dies = true,
				.session = true};

/// What is run: some hundred points on files, pipes and a ring.
const std::vector<std::string> board_specs = {"read", "write", "uring-read", "~*/tmpfs/*"};

struct Boards {
	const board::StandIn &stand_in;
	fs::path scratch;
	std::mt19937 dice = {};
	Verdicts undisturbed = {};
};

struct BoardRun {
	fs::path out;
	Child child;
};

/// The command of a user who sits at this machine.
BoardRun start_on_board(Boards &boards, const std::string &name)
{
	const auto login = boards.stand_in.login("root");
	BoardRun run = {.out = boards.scratch / name, .child = {}};
	std::vector<std::string> words = {fs::read_symlink("/proc/self/exe").string(),
					  "run",
					  fmt::format("--on=ssh:root@127.0.0.1:{}", login.port),
					  "--ssh-option=IdentityFile=" + login.key.string(),
					  "--ssh-option=IdentitiesOnly=yes",
					  "--ssh-option=StrictHostKeyChecking=no",
					  "--ssh-option=UserKnownHostsFile=/dev/null",
					  fmt::format("--console=tail -n 0 -F {}",
						      (boards.scratch / "stand-in.log").string()),
					  "--quick",
					  "--contract=mainline",
					  "--yes",
					  "--out=" + run.out.string()};
	words.insert(words.end(), board_specs.begin(), board_specs.end());
	run.child = start_child(words, boards.scratch, name);
	return run;
}

bool answers(const Boards &boards)
{
	return board::on_board(boards.stand_in.login("root"), "true", 10s).status == 0;
}

/// What has to hold of a run that came to its end, whatever was done to it. `crashes`: points that
/// may be CRASH, since they were alone when the machine was restarted.
void check_board_run(const Boards &boards, const BoardRun &run, int status, size_t crashes,
		     Checks &checks)
{
	checks.check(
		"the run ends with 0 or 1", status == 0 || status == 1,
		fmt::format("{}: {}", status, sys::last_lines(sys::read_file(run.child.log), 3)));
	const auto file = run.out / "journal.jsonl";
	if (!fs::exists(file))
		return;
	const auto journal = open_results(run.out);
	checks.check("the plan was gone through",
		     !journal.finish.is_null() &&
			     journal.finish.value("planned", size_t(0)) == journal.ends.size(),
		     fmt::format("{} ends, finish {}", journal.ends.size(), journal.finish.dump()));
	checks.same("a point with two ends", "", doubled_in(file));
	if (boards.undisturbed.empty())
		return;
	const auto found = differences_on_board(boards.undisturbed, journal);
	checks.check("verdicts are those of the undisturbed run", found.odd.empty(), found.odd);
	checks.check("no more points crash than were alone", found.crashed <= crashes,
		     fmt::format("{} of {}", found.crashed, crashes));
	for (int i = 0; i < 60 && !answers(boards);
	     ++i) // a blow may have come too late for the run
		std::this_thread::sleep_for(2s);
	checks.check("nothing is left there",
		     board::on_board(boards.stand_in.login("root"),
				     "test -z \"$(ls -d tagtrap-board/run-* 2>/dev/null)\" && "
				     "! pgrep -f '[r]emote start'",
				     60s)
				     .status == 0,
		     "a directory or a process");
}

Tally run_undisturbed(Boards &boards)
{
	Checks checks;
	checks.about = "undisturbed";
	auto run = start_on_board(boards, "undisturbed");
	const int status = wait_for(run.child, longest_on_board);
	check_board_run(boards, run, status, 0, checks);
	if (fs::exists(run.out / "journal.jsonl"))
		boards.undisturbed = verdicts_on_board(open_results(run.out));
	checks.check("there are points", boards.undisturbed.size() > 100,
		     std::to_string(boards.undisturbed.size()));
	checks.same("restarts", "0",
		    std::to_string(lines_with(run.out / "journal.jsonl", R"("event":"restart")")));
	return checks.tally;
}

/// One run in which each of `blows` falls once some more points have their end.
Tally run_disturbed(Boards &boards, const std::vector<Blow> &blows, int number)
{
	Checks checks;
	std::string name = fmt::format("disturbed-{}", number);
	for (const auto &blow : blows)
		checks.about += fmt::format("{}{}", checks.about.empty() ? "" : ", ", blow.name);
	auto run = start_on_board(boards, name);
	const auto journal = run.out / "journal.jsonl";
	const size_t all = boards.undisturbed.size();
	size_t due = 0, restarts = 0, deaths = 0;
	bool panicked = false;
	const auto deadline = std::chrono::steady_clock::now() + longest_on_board;
	for (size_t i = 0; i < blows.size(); ++i) {
		// Somewhere in its part of the plan, and not when all is over.
		const size_t share = all / 2 / blows.size();
		due = std::max(due, i * share) + 1 + boards.dice() % share;
		while (running(run.child) && lines_with(journal, R"("event":"end")") < due &&
		       std::chrono::steady_clock::now() < deadline)
			std::this_thread::sleep_for(50ms);
		// A blow before may have taken the network away.
		while (running(run.child) && std::chrono::steady_clock::now() < deadline &&
		       !answers(boards))
			std::this_thread::sleep_for(1s);
		if (!running(run.child))
			break;
		const auto fell =
			board::on_board(boards.stand_in.login("root"), blows[i].script, 10s);
		if (blows[i].session && !blows[i].dies && fell.status != 0)
			continue; // what was to be killed had just come to its end
		restarts += blows[i].session ? 1 : 0;
		deaths += blows[i].dies ? 1 : 0;
		panicked |= blows[i].script == kernel_panics.script;
		// The next one is for a machine that is back.
		while (running(run.child) && blows[i].session &&
		       lines_with(journal, R"("event":"restart")") < restarts &&
		       std::chrono::steady_clock::now() < deadline)
			std::this_thread::sleep_for(200ms);
	}
	const int status = wait_for(run.child, longest_on_board);
	check_board_run(boards, run, status, deaths, checks);
	// When the network comes back, the run may be over there, and not yet here: then the next
	// blow hits nothing.
	const bool lags = std::ranges::any_of(
		blows, [](const Blow &blow) { return blow.script == no_network.script; });
	const size_t noted = lines_with(journal, R"("event":"restart")");
	checks.check("each blow was noted",
		     lags ? noted <= restarts && (restarts == 0 || noted > 0) : noted == restarts,
		     fmt::format("{} restarts, {} blows", noted, restarts));
	if (panicked && noted == restarts)
		checks.check("a panic is told from the console",
			     lines_with(journal, "sysrq triggered crash") != 0 ||
				     lines_with(journal, "Kernel panic") != 0,
			     "no restart that says so");
	return checks.tally;
}

Tally on_boards(const Options &options)
{
	const auto ground = stand_in_ground();
	if (!ground)
		return {.skipped = 1};
	const bool asked = std::ranges::find(options.steps, "boards") != options.steps.end();
	const char *word = std::getenv(seed_word);
	const unsigned seed = word == nullptr
				      ? std::random_device()()
				      : static_cast<unsigned>(std::strtoul(word, nullptr, 10));
	fmt::print("  {}={} repeats these moments\n", seed_word, seed);
	const auto scratch = fresh_test_directory("boards-test");
	const auto stand_in = board::boot(ground->kernel, ground->root, pick_qemu(options).program,
					  scratch / "stand-in.log", true);
	Boards boards = {.stand_in = stand_in, .scratch = scratch};
	boards.dice.seed(seed);
	Tally all = run_undisturbed(boards);
	fmt::print("  undisturbed: {}\n", to_string(all));
	if (boards.undisturbed.empty())
		return all;
	std::vector<std::vector<Blow>> runs = {{session_killed, kernel_panics}};
	if (asked)
		runs = {{session_killed, session_killed, session_killed},
			{no_network},
			{board_reboots},
			{kernel_panics},
			{kernel_panics, session_killed, board_reboots},
			{board_reboots, no_network, kernel_panics}};
	for (size_t i = 0; i < runs.size(); ++i) {
		const auto tally = run_disturbed(boards, runs[i], static_cast<int>(i + 1));
		std::string names;
		for (const auto &blow : runs[i])
			names += fmt::format("{}{}", names.empty() ? "" : ", ", blow.name);
		fmt::print("  {}: {}\n", names, to_string(tally));
		std::fflush(stdout);
		all += tally;
	}
	return all;
}

} // namespace

std::vector<TestStep> boards_test_steps()
{
	return {{"boards", "runs from here on a stand-in for a board, over ssh", on_boards}};
}

} // namespace tagtrap
