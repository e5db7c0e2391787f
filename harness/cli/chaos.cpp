// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/chaos.h"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <sstream>
#include <thread>

#include "harness/cli/results.h"
#include "harness/sys/file.h"
#include "harness/sys/process.h"

namespace tagtrap {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> words_of(const Chaos &chaos)
{
	const Options &options = chaos.options;
	std::vector<std::string> words = {"run", "--vm", "--contract=mainline"};
	if (!options.kernel.empty())
		words.push_back("--kernel=" + options.kernel);
	if (!options.modules.empty())
		words.push_back("--modules=" + options.modules);
	if (!options.qemu.empty())
		words.push_back("--qemu=" + options.qemu);
	words.insert(words.end(), chaos.much.plan.begin(), chaos.much.plan.end());
	return words;
}

std::string stored(const fs::path &file)
{
	return fs::exists(file) ? sys::read_file(file) : "";
}

/// What a command of ours makes of the run's directory.
sys::Finished ask(const ChaosRun &run, std::vector<std::string> words)
{
	words.insert(words.begin(), "/proc/self/exe");
	words.push_back(run.out.string());
	return sys::run({.argv = words});
}

VmCheck check_status(const Due &due, int status)
{
	const bool right = std::ranges::find(due.statuses, status) != due.statuses.end();
	return checked(
		"exit status",
		right ? "" : fmt::format("{}, due is {}", status, fmt::join(due.statuses, " or ")));
}

VmCheck check_left(const ChaosRun &run)
{
	auto found = left_behind(run.child);
	const std::set<std::string> may_be = {"journal.jsonl", "console.log", "report.txt",
					      "results.ktap"};
	if (fs::exists(run.out))
		for (const auto &entry : fs::directory_iterator(run.out))
			if (!may_be.contains(entry.path().filename()))
				found.push_back(entry.path().string());
	return checked("no process or file is left", fmt::format("{}", fmt::join(found, "; ")));
}

/// Each command that reads the run has to end with `status`.
VmCheck check_readers(const ChaosRun &run, int status)
{
	std::string wrong;
	const std::vector<std::vector<std::string>> commands = {{"report"},
								{"report", "--format=ktap"},
								{"report", "--format=json"},
								{"judge", "--contract=mainline"}};
	for (const auto &words : commands) {
		const auto how = ask(run, words);
		if (how.status != status)
			wrong = fmt::format("{} ends with {}, due is {}: {}", fmt::join(words, " "),
					    how.status, status, sys::last_lines(how.err, 1));
	}
	return checked("report and judge read what is there", wrong);
}

/// Takes those of injected faults out of `all`.
Verdicts take_injected(Verdicts &all)
{
	Verdicts injected;
	for (auto at = all.begin(); at != all.end();) {
		if (at->first.starts_with("inject-")) {
			injected.insert(*at);
			at = all.erase(at);
		} else {
			++at;
		}
	}
	return injected;
}

VmCheck check_panics(const Due &due, const Verdicts &injected)
{
	std::string wrong;
	for (const auto &id : due.panics) {
		const auto found = injected.find(id);
		if (found == injected.end() || !found->second.starts_with("CRASH"))
			wrong = fmt::format("{} is {}", id,
					    found == injected.end() ? "lost" : found->second);
	}
	return checked("a panic is the CRASH of its point", wrong);
}

std::vector<VmCheck> look_at(const Chaos &chaos, const ChaosRun &run, const Due &due, int status)
{
	std::vector<VmCheck> checks = {check_status(due, status), check_left(run)};
	const auto text = stored(run.out / "journal.jsonl");
	checks.push_back(check_lines(text));
	// Ended before its first machine had anything to say: there is nothing to read.
	if (text.find(R"({"event":"run",)") == std::string::npos) {
		checks.push_back(checked("a run that went through its plan has a journal",
					 due.finished ? "it has none" : ""));
		return checks;
	}
	checks.push_back(check_once({text, open_results(run.out)}));
	// One that was killed could not say so: what it lacks is told.
	checks.push_back(check_readers(run, status == 128 + SIGKILL ? 3 : status));
	auto seen = verdicts_in(run);
	const auto injected = take_injected(seen);
	checks.push_back(due.finished ? check_same(chaos.undisturbed, seen, chaos.listed)
				      : check_part(chaos.undisturbed, seen));
	if (!due.panics.empty())
		checks.push_back(check_panics(due, injected));
	return checks;
}

} // namespace

Verdicts verdicts_in(const ChaosRun &run)
{
	return verdicts_of(parse_json(ask(run, {"report", "--format=json"}).out));
}

size_t throw_dice(Chaos &chaos, size_t most)
{
	return std::uniform_int_distribution<size_t>(0, most)(chaos.dice);
}

std::chrono::duration<double> throw_seconds(Chaos &chaos, double most)
{
	return std::chrono::duration<double>(
		std::uniform_real_distribution<double>(0, most)(chaos.dice));
}

std::vector<std::string> listed_points(const Chaos &chaos)
{
	auto argv = words_of(chaos);
	argv.insert(argv.begin(), "/proc/self/exe");
	argv.emplace_back("--list");
	std::istringstream lines(sys::output_of({.argv = argv}));
	std::vector<std::string> ids;
	for (std::string line; std::getline(lines, line);)
		ids.push_back(line.substr(0, line.find(' ')));
	return ids;
}

ChaosRun start_run(const Chaos &chaos, const std::string &name,
		   const std::vector<std::string> &more, const fs::path &out)
{
	auto words = words_of(chaos);
	words.insert(words.end(), more.begin(), more.end());
	const fs::path directory = out.empty() ? chaos.base / name : out;
	if (out.empty())
		fs::remove_all(directory);
	fs::remove(chaos.base / (name + ".log"));
	words.push_back("--out=" + directory.string());
	words.insert(words.begin(), "/proc/self/exe");
	return {name, directory, start_child(words, chaos.base, name)};
}

size_t ends_of(const ChaosRun &run)
{
	const auto text = stored(run.out / "journal.jsonl");
	size_t ends = 0;
	for (size_t at = 0; (at = text.find(R"({"event":"end",)", at)) != std::string::npos; at++)
		ends++;
	return ends;
}

bool await_ends(ChaosRun &run, size_t count)
{
	while (ends_of(run) < count) {
		if (!running(run.child))
			return false;
		std::this_thread::sleep_for(1ms);
	}
	return true;
}

Tally look_at_run(const Chaos &chaos, const ChaosRun &run, const Due &due, int status)
{
	const auto checks = look_at(chaos, run, due, status);
	const auto tally = count(checks);
	if (tally.failed != 0)
		fmt::print("  in {}; see {}\n", run.out.string(), run.child.log.string());
	return tally;
}

Tally end_of_run(const Chaos &chaos, ChaosRun &run, const Due &due)
{
	const int status = wait_for(run.child, longest_run);
	return look_at_run(chaos, run, due, status);
}

} // namespace tagtrap
