// SPDX-License-Identifier: GPL-2.0-only
// `mutants`: what the suite says of kernels that are wrong on purpose.
#include "harness/cli/mutants.h"

#include <algorithm>
#include <chrono>
#include <fmt/core.h>
#include <map>

#include "fixtures/debian/kernels.h"
#include "harness/cli/commands.h"
#include "harness/cli/host.h"
#include "harness/cli/results.h"
#include "harness/report/rest.h"
#include "harness/sys/claim.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

/// A mutant that is caught and still costs time (a hang in every place, a machine for every hang)
/// is stopped after this.
constexpr std::chrono::seconds enough = std::chrono::seconds(20);

/// Ends a run from within.
struct CutShort {};

MutantRun run_of(const Mutant &mutant)
{
	return {mutant.name,
		mutant.contract == Contract::mainline ? Switch::off : Switch::sigsegv,
		{mutant.rule},
		mutant.canary};
}

/// One run; the status of run_in_vm().
struct Boot {
	int status = 0;
	bool cut_short = false;
	std::string trouble = {};
};

/// `unmutated` is the run of the kernel as it is. One `end` that catches the mutant may still turn
/// out to mean nothing (its control fails): the run is stopped only when the whole journal, read as
/// it is read in the end, says the same. Where the exit status counts it is not stopped at all.
Boot boot_mutant(const MutantRun &run, vm::VmRun machine, const Journal *unmutated)
{
	const auto before = unmutated == nullptr ? Broken() : broken_by(*unmutated);
	bool caught = false;
	auto look = Clock::now() + enough;
	machine.on_event = [&](const Json &event) {
		caught = caught || catches(run, event, before);
		if (!caught || run.canary || Clock::now() < look)
			return;
		if (as_declared(mutant_result(run, open_results(machine.out), unmutated)))
			throw CutShort();
		look = Clock::now() + enough;
	};
	try {
		return {.status = vm::run_in_vm(machine)};
	} catch (const CutShort &) {
		return {.cut_short = true};
	} catch (const std::exception &error) {
		return {.status = 3, .trouble = error.what()};
	}
}

MutantResult result_of(const MutantRun &run, const Boot &boot, const fs::path &out,
		       const Journal *unmutated)
{
	Journal journal;
	try {
		journal = open_results(out);
	} catch (const std::exception &error) { // a mutant may leave the suite no ground at all
		return {.run = run, .trouble = boot.trouble.empty() ? error.what() : boot.trouble};
	}
	store_reports(out, journal);
	auto result = mutant_result(run, journal, unmutated);
	result.cut_short = boot.cut_short;
	if (const auto rest = rest_of(journal);
	    result.trouble.empty() && !boot.cut_short && !rest.why.empty())
		result.trouble = boot.trouble.empty() ? "the plan was not gone through: " + rest.why
						      : boot.trouble;
	return result;
}

} // namespace

std::vector<Mutant> declared_mutants()
{
	return parse_mutants(sys::read_file(fs::path(TAGTRAP_SOURCE_ROOT) /
					    "fixtures/kernel/mutants/mutants.json"));
}

std::vector<MutantRun> mutant_runs(const std::vector<Mutant> &mutants,
				   const std::vector<std::string> &names)
{
	for (const auto &name : names)
		if (std::ranges::find(mutants, name, &Mutant::name) == mutants.end())
			throw sys::Problem(fmt::format("{}: no such mutant; see "
						       "fixtures/kernel/mutants/mutants.json",
						       name),
					   2);
	std::vector<MutantRun> runs;
	for (const auto contract : {Contract::forced_signal, Contract::mainline}) {
		std::vector<MutantRun> mistakes;
		for (const auto &mutant : mutants)
			if (mutant.contract == contract &&
			    (names.empty() || std::ranges::find(names, mutant.name) != names.end()))
				mistakes.push_back(run_of(mutant));
		if (mistakes.empty())
			continue;
		if (contract == Contract::forced_signal) {
			runs.push_back({"unmutated", Switch::sigbus});
			runs.push_back({"unmutated", Switch::sigsegv});
		} else {
			runs.push_back({"unmutated", Switch::off});
		}
		std::ranges::move(mistakes, std::back_inserter(runs));
	}
	return runs;
}

Options options_of(const MutantRun &run, const Options &options)
{
	Options words = options;
	words.action = Action::run;
	words.request.level = Level::quick;
	words.watch_s = 5; // the kernel without its mistake ends everywhere
	words.contract = run.set == Switch::off ? Contract::mainline : Contract::forced_signal;
	if (run.canary)
		words.contract.reset();
	// A mutant may raise what it likes; the kernel as it is has to keep to what the switch
	// says.
	if (run.declared.empty() && run.set != Switch::off)
		words.pin = run.set == Switch::sigbus ? SignalPin::bus : SignalPin::segv;
	words.cmdline = fmt::format("mte_uaccess_signal={}", to_string(run.set));
	if (!run.declared.empty())
		words.cmdline += " mte_uaccess_mutant=" + run.name;
	if (!options.cmdline.empty())
		words.cmdline += ' ' + options.cmdline;
	return words;
}

std::optional<std::vector<MutantResult>> run_mutants(const std::vector<MutantRun> &runs,
						     const Options &options, const fs::path &out)
{
	const auto kernel =
		debian::get_kernel(options.kernel.empty() ? "reference" : options.kernel);
	auto machine = describe_run(options_of(runs.at(0), options), kernel);
	const Qemu qemu = pick_qemu(options);
	std::vector<MutantResult> results;
	std::optional<Journal> unmutated;
	std::string table = mutants_head();
	fmt::print("{}", table);
	for (const auto &run : runs) {
		std::fflush(stdout);
		const auto words = options_of(run, options);
		machine.argv = guest_arguments(words);
		machine.cmdline = words.cmdline;
		machine.machine = machine_facts(words, kernel);
		machine.machine.update(qemu.facts);
		machine.out = out / directory_of(run);
		const auto start = Clock::now();
		const bool mistake = !run.declared.empty();
		const auto *beside = mistake && unmutated ? &*unmutated : nullptr;
		const auto how = boot_mutant(run, machine, beside);
		if (how.status > 128)
			return std::nullopt;
		auto result = result_of(run, how, machine.out, beside);
		result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
		if (!mistake) { // that of another contract says nothing about what follows
			unmutated.reset();
			if (result.trouble.empty())
				unmutated = open_results(machine.out);
		}
		table += mutants_line(result);
		fmt::print("{}", mutants_line(result));
		results.push_back(std::move(result));
	}
	const auto foot = mutants_foot(results, kernel.release);
	fmt::print("{}", foot);
	sys::write_file(out / "mutants.txt", table + foot);
	return results;
}

int mutants_command(const Options &options)
{
	const auto runs = mutant_runs(declared_mutants(), options.mutants);
	const auto out = make_results_directory(options.out, "mutants");
	const auto claim = sys::claim_results(out, "mutants.txt");
	const auto results = run_mutants(runs, options, out);
	sys::say(fmt::format("tagtrap: a directory per run is in {}\n", out.string()));
	if (!results)
		return 130;
	return std::ranges::all_of(*results, as_declared) ? 0 : 1;
}

} // namespace tagtrap
