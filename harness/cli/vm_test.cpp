// SPDX-License-Identifier: GPL-2.0-only
// The part of `test` that boots machines. Judges Tagtrap, never the kernel in it.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fmt/core.h>
#include <iterator>
#include <sstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "fixtures/debian/kernels.h"
#include "fixtures/debian/version.h"
#include "harness/cli/reference_checks.h"
#include "harness/cli/results.h"
#include "harness/cli/test_steps.h"
#include "harness/cli/vm_checks.h"
#include "harness/cli/vm_half.h"
#include "harness/cli/vm_injected.h"
#include "harness/cli/vm_memory.h"
#include "harness/sys/cache.h"
#include "harness/sys/file.h"
#include "harness/sys/must.h"
#include "harness/sys/problem.h"
#include "harness/sys/process.h"

namespace tagtrap {

namespace fs = std::filesystem;

namespace {

constexpr int status_broken = 3;

/// Calls that are tried on a quiet and on a busy machine; the slow one is the hardest to tell.
const std::vector<std::string> busy_specs = {"read/tmpfs/*", "read/pipe/*", "write/pipe/*",
					     "inject-slow/pipe/plain/sync/4096@2048/handler"};

/// Among the words of a run: the default plan, and not the quick one.
constexpr std::string_view whole_plan = "whole plan";

/// Keeps every processor of this machine at work for as long as it lives.
class BusyMachine {
public:
	BusyMachine()
	{
		for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) {
			const pid_t child = sys::must(fork(), "fork");
			if (child == 0) {
				prctl(PR_SET_PDEATHSIG, SIGKILL);
				for (;;)
					asm volatile("");
			}
			children_.push_back(child);
		}
	}
	BusyMachine(const BusyMachine &) = delete;
	BusyMachine &operator=(const BusyMachine &) = delete;
	~BusyMachine()
	{
		for (const pid_t child : children_) {
			kill(child, SIGKILL);
			waitpid(child, nullptr, 0);
		}
	}

private:
	std::vector<pid_t> children_;
};

/// The words of a run of ours with the machine that `options` asks for.
std::vector<std::string> words(const Options &options, const std::vector<std::string> &specs)
{
	std::vector<std::string> argv = {"/proc/self/exe", "run", "--vm", "--contract=mainline"};
	if (std::ranges::find(specs, whole_plan) == specs.end())
		argv.emplace_back("--quick");
	if (!options.kernel.empty())
		argv.push_back("--kernel=" + options.kernel);
	if (!options.modules.empty())
		argv.push_back("--modules=" + options.modules);
	if (!options.qemu.empty())
		argv.push_back("--qemu=" + options.qemu);
	if (options.time_scale != 1)
		argv.push_back(fmt::format("--time-scale={}", options.time_scale));
	std::ranges::copy_if(specs, std::back_inserter(argv),
			     [](const auto &spec) { return spec != whole_plan; });
	return argv;
}

/// Runs the command as a user would, with `more` words. `status` is what it has to end with; any if
/// negative.
StoredRun run_vm(const Options &options, const std::string &name,
		 const std::vector<std::string> &more, int status)
{
	const fs::path out = sys::cache_directory("test") / name;
	const fs::path log = out.string() + ".log";
	fs::remove_all(out);
	fs::remove(log);
	auto argv = words(options, more);
	argv.push_back("--out=" + out.string());
	const auto how = sys::run({.argv = argv, .log = log.string()});
	const fs::path journal = out / "journal.jsonl";
	if (!fs::exists(journal) || (status >= 0 && how.status != status))
		throw sys::Problem(fmt::format("the run ended with status {}; see {}; its end:\n{}",
					       how.status, log.string(),
					       sys::last_lines(sys::read_file(log), 15)));
	return {sys::read_file(journal), open_results(out)};
}

/// What --list prints.
std::vector<std::string> list(const Options &options, const std::vector<std::string> &specs)
{
	auto argv = words(options, specs);
	argv.emplace_back("--list");
	std::istringstream lines(sys::output_of({.argv = argv}));
	std::vector<std::string> ids;
	for (std::string line; std::getline(lines, line);)
		ids.push_back(line.substr(0, line.find(' '))); // a control says what for
	return ids;
}

/// A kernel that is not to be had is no fault of ours: the reason, or nothing.
std::string no_kernel(const Options &options)
{
	try {
		debian::get_kernel(options.kernel, options.modules);
		return "";
	} catch (const std::exception &error) {
		return error.what();
	}
}

Tally injected_faults_in_vm(const Options &options)
{
	const auto specs = injected_specs();
	// Faults of the suite are among them, and come first in the exit status.
	auto words = specs;
	words.push_back(fmt::format("--cmdline={}", complaining));
	words.emplace_back("--watch=5"); // what these calls do they do at once
	const auto run = run_vm(options, "injected", words, status_broken);
	Tally tally = count(check_verdicts(run));
	tally += count(check_evidence(run));
	tally += count(check_losses(run));
	tally += count(check_run(run, list(options, specs)));
	return tally;
}

Tally busy_machine(const Options &options)
{
	const auto quiet = run_vm(options, "quiet", busy_specs, -1);
	auto words = busy_specs;
	words.emplace_back("--jobs=2");
	const auto two = run_vm(options, "two", words, -1);
	Tally tally = count({check_same("two machines side by side find what one finds",
					quiet.journal, two.journal)});
	tally += count(check_run(two, list(options, busy_specs)));
	const BusyMachine hogs;
	const auto busy = run_vm(options, "busy", busy_specs, -1);
	tally += count({check_busy(quiet, busy)});
	tally += count(check_run(busy, list(options, busy_specs)));
	return tally;
}

/// The name of the newest Debian kernel that is to be had, whatever release it is of.
std::string newest_kernel()
{
	const auto known = debian::known_kernels();
	debian::KernelRow newest;
	for (const auto &row : debian::newest_rows(known))
		if (!row.package.empty() && row.name.find('-') == std::string::npos &&
		    (newest.version.empty() ||
		     debian::compare_versions(row.version, newest.version) > 0))
			newest = row;
	return newest.name;
}

/// The oldest kernel that is asked for what memory can go through, and the newest.
Tally memory_states(const Options &options)
{
	std::vector<StoredRun> runs;
	Tally tally;
	auto specs = memory_specs();
	specs.emplace_back(whole_plan);
	for (const std::string &kernel : {std::string("6.12"), newest_kernel()}) {
		Options one = options;
		if (one.kernel.empty())
			one.kernel = kernel;
		else if (!runs.empty())
			break;
		runs.push_back(run_vm(one, "memory-" + kernel, specs, -1));
		tally += count(check_run(runs.back(), list(one, specs)));
	}
	return tally += count(check_reached(runs));
}

/// arm64 as most machines have it.
Tally without_mte(const Options &options)
{
	Options one = options;
	if (one.kernel.empty())
		one.kernel = "6.12";
	const auto run = run_vm(one, "nomte", half_words(), 0);
	Tally tally = count(check_half(run));
	return tally += count(check_run(run, list(one, half_words())));
}

} // namespace

Tally in_vm(const Options &options, Tally (*checks)(const Options &))
{
	if (const auto why = no_kernel(options); !why.empty()) {
		fmt::print("  SKIP no kernel: {}\n", why);
		return {.skipped = 1};
	}
	return checks(options);
}

std::vector<TestStep> vm_test_steps()
{
	return {
		{"vm", "faults injected in a VM",
		 [](const Options &options) { return in_vm(options, injected_faults_in_vm); }},
		{"memory", "memory that has been through something, in a VM",
		 [](const Options &options) { return in_vm(options, memory_states); }},
		{"nomte", "arm64 without MTE, in a VM",
		 [](const Options &options) { return in_vm(options, without_mte); }},
		{"busy", "a VM on a busy machine",
		 [](const Options &options) { return in_vm(options, busy_machine); }},
	};
}

} // namespace tagtrap
