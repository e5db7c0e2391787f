// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/chaos_runs.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <fmt/core.h>
#include <numeric>
#include <thread>

#include "harness/cli/results.h"
#include "harness/cli/small_disk.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"

namespace tagtrap {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr std::array panics = {"inject-panic/pipe/plain/sync/4096@0/handler",
			       "inject-panic/pipe/plain/sync/4096@2048/handler",
			       "inject-panic/pipe/plain/sync/4096@4080/handler"};

/// Kills QEMU again and again. Never twice in a row while it boots: that is a machine that cannot
/// be had, and a run that rightly gives up.
int kill_machines(Chaos &chaos, ChaosRun &run, int kills)
{
	pid_t last = -1;
	bool booting = false;
	int done = 0;
	while (done < kills && running(run.child)) {
		const pid_t machine = qemu_of(run.child);
		if (machine == -1 || machine == last) {
			std::this_thread::sleep_for(20ms);
			continue;
		}
		booting = !booting && throw_dice(chaos, 3) == 0;
		const size_t ends = ends_of(run);
		const size_t left = chaos.listed.size() - std::min(ends, chaos.listed.size());
		if (booting)
			std::this_thread::sleep_for(throw_seconds(chaos, chaos.boot_s));
		else if (!await_ends(run,
				     ends + 1 +
					     throw_dice(chaos, left / static_cast<size_t>(
									      kills - done + 1))))
			break;
		std::this_thread::sleep_for(throw_seconds(chaos, 0.02));
		if (qemu_of(run.child) != machine) // it was replaced meanwhile
			continue;
		last = machine;
		kill(machine, SIGKILL);
		done++;
	}
	return done;
}

/// SIGSTOP or SIGCONT for QEMU, if there is one.
bool signal_machine(const ChaosRun &run, int signal)
{
	const pid_t machine = qemu_of(run.child);
	return machine > 0 && kill(machine, signal) == 0;
}

/// Waits for a random moment of the run: while it prepares or boots, or at a random point.
void random_moment(Chaos &chaos, ChaosRun &run)
{
	if (throw_dice(chaos, 2) == 0)
		std::this_thread::sleep_for(throw_seconds(chaos, chaos.boot_s));
	else
		await_ends(run, 1 + throw_dice(chaos, chaos.listed.size()));
	std::this_thread::sleep_for(throw_seconds(chaos, 0.02));
}

} // namespace

Tally undisturbed(Chaos &chaos)
{
	chaos.listed = listed_points(chaos);
	const auto start = std::chrono::steady_clock::now();
	auto run = start_run(chaos, "undisturbed");
	await_ends(run, 1);
	chaos.boot_s = seconds_since(start);
	await_ends(run, chaos.listed.size());
	chaos.whole_s = seconds_since(start);
	chaos.status = wait_for(run.child, longest_run);
	if (chaos.status != 0 && chaos.status != 1)
		throw sys::Problem(fmt::format("the undisturbed run ended with status {}; see {}",
					       chaos.status, run.child.log.string()));
	const auto text = sys::read_file(run.out / "journal.jsonl");
	chaos.journal_bytes = text.size();
	chaos.console_bytes = fs::file_size(run.out / "console.log");
	chaos.undisturbed = verdicts_in(run);
	return count(check_run({text, open_results(run.out)}, chaos.listed));
}

Tally killed_machines(Chaos &chaos)
{
	std::vector<std::string> due(panics.begin(), panics.end());
	std::ranges::shuffle(due, chaos.dice);
	due.resize(static_cast<size_t>(chaos.much.panics));
	auto run = start_run(chaos, "killed", due);
	const int kills = kill_machines(chaos, run, chaos.much.kills);
	auto tally = end_of_run(chaos, run, {.statuses = {1}, .finished = true, .panics = due});
	const auto journal = open_results(run.out);
	const auto restarts = std::ranges::count_if(journal.restarts, [](const Json &restart) {
		return restart.value("why", "").find("signal 9") != std::string::npos;
	});
	fmt::print("  QEMU killed {} times, {} restarts for it, {} in all\n", kills, restarts,
		   journal.restarts.size());
	VmCheck check = {"each kill costs a machine and no more"};
	// One that comes behind the last point costs nothing. All of them would show nothing.
	if (restarts > kills || restarts + 1 < kills || 2 * kills < chaos.much.kills)
		check = {check.name, VmCheck::Result::failed,
			 fmt::format("{} kills of {}, {} restarts", kills, chaos.much.kills,
				     restarts)};
	return tally += count({check});
}

Tally stopped_machine(Chaos &chaos)
{
	auto run = start_run(chaos, "stopped", {"--time-scale=0.5"});
	const size_t third = chaos.listed.size() / 3;
	const size_t first = 1 + throw_dice(chaos, third);
	await_ends(run, first);
	bool stopped = signal_machine(run, SIGSTOP);
	std::this_thread::sleep_for(1s);
	stopped &= signal_machine(run, SIGCONT);
	await_ends(run, first + throw_dice(chaos, third));
	stopped &= signal_machine(run, SIGSTOP); // for good: the host has to end it
	auto tally = end_of_run(chaos, run, {.statuses = {chaos.status}, .finished = true});
	const auto journal = open_results(run.out);
	VmCheck check = {"a machine that stops is replaced, once"};
	if (!stopped || journal.restarts.size() != 1 ||
	    journal.restarts[0].value("why", "").find("nor does QEMU answer") == std::string::npos)
		check = {check.name, VmCheck::Result::failed,
			 fmt::format("{} restarts: {}", journal.restarts.size(),
				     Json(journal.restarts).dump().substr(0, 200))};
	return tally += count({check});
}

Tally asked_to_end(Chaos &chaos, int signal, int number)
{
	auto run = start_run(chaos, fmt::format("signal-{}", number));
	random_moment(chaos, run);
	disturb(run.child, signal);
	const int status = wait_for(run.child, longest_run);
	// It may have been through already.
	return look_at_run(
		chaos, run,
		{.statuses = {128 + signal, chaos.status}, .finished = status == chaos.status},
		status);
}

Tally two_at_once(Chaos &chaos, int number)
{
	const auto out = chaos.base / fmt::format("pair-{}", number);
	fs::remove_all(out);
	auto one = start_run(chaos, fmt::format("pair-{}-one", number), {}, out);
	std::this_thread::sleep_for(throw_seconds(chaos, number % 2 == 0 ? 0.02 : chaos.whole_s));
	auto other = start_run(chaos, fmt::format("pair-{}-other", number), {}, out);
	const int first = wait_for(one.child, longest_run);
	const int second = wait_for(other.child, longest_run);
	const bool one_lost = first == 2;
	const auto &loser = one_lost ? one : other;
	std::string wrong;
	if ((one_lost ? first : second) != 2 || (one_lost ? second : first) != chaos.status)
		wrong = fmt::format("the statuses are {} and {}", first, second);
	else if (sys::read_file(loser.child.log).find("holds a run already") == std::string::npos)
		wrong = "the one that does not run does not say why; see " +
			loser.child.log.string();
	else if (const auto left = left_behind(loser.child); !left.empty())
		wrong = "it left " + left.front();
	VmCheck check = {"of two runs into one directory one runs, and the other says so"};
	if (!wrong.empty())
		check = {check.name, VmCheck::Result::failed, wrong};
	auto tally = count({check});
	return tally += look_at_run(chaos, one_lost ? other : one,
				    {.statuses = {chaos.status}, .finished = true},
				    one_lost ? second : first);
}

Tally full_disk(Chaos &chaos, int number)
{
	const auto directory = chaos.base / "small";
	// The console, and a part of the journal.
	const size_t part = 2 + throw_dice(chaos, 6);
	const size_t kib = (chaos.console_bytes + chaos.journal_bytes * part / 10) / 1024;
	const auto tally = on_small_disk(directory, kib, [&] {
		auto run = start_run(chaos, fmt::format("full-{}", number), {}, directory / "out");
		auto found = end_of_run(chaos, run, {.statuses = {3}});
		VmCheck check = {"a full disk is told"};
		if (sys::read_file(run.child.log).find("No space left") == std::string::npos)
			check = {check.name, VmCheck::Result::failed, run.child.log.string()};
		return found += count({check});
	});
	if (tally)
		return *tally;
	fmt::print("  SKIP a full disk: no filesystem of our own can be mounted\n");
	return {.skipped = 1};
}

Tally cut_journal(Chaos &chaos)
{
	constexpr size_t most = 40'000; // with several restarts in it
	const auto text = sys::read_file(chaos.base / "killed" / "journal.jsonl").substr(0, most);
	std::vector<size_t> cuts(text.size());
	std::iota(cuts.begin(), cuts.end(), size_t(0));
	if (chaos.much.cuts != 0) {
		std::ranges::shuffle(cuts, chaos.dice);
		cuts.resize(std::min(chaos.much.cuts, cuts.size()));
		for (size_t at = text.find('\n'); at < text.size(); at = text.find('\n', at + 1))
			cuts.insert(cuts.end(), {at, at + 1});
	}
	return count({check_cuts(text, std::move(cuts), chaos.base / "cut")});
}

} // namespace tagtrap
