// SPDX-License-Identifier: GPL-2.0-only
// The part of `test` that shows that the suite tells a kernel that keeps a contract from those that
// do not.
#include <algorithm>
#include <fmt/core.h>

#include "fixtures/debian/apt.h"
#include "fixtures/debian/kernels.h"
#include "harness/cli/host.h"
#include "harness/cli/mutants.h"
#include "harness/cli/reference_checks.h"
#include "harness/cli/reference_programs.h"
#include "harness/cli/results.h"
#include "harness/cli/test_steps.h"
#include "harness/report/digest.h"
#include "harness/sys/cache.h"
#include "harness/sys/problem.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

Options tested(const Options &options)
{
	Options words = options;
	words.kernel = "reference";
	words.modules.clear();
	words.cmdline.clear();
	words.request.specs = tested_specs();
	return words;
}

/// The kernel that Debian has of the same base, or nothing and a line that says why.
std::optional<boot::Kernel> stock_kernel()
{
	try {
		return debian::get_kernel("6.12");
	} catch (const debian::FetchProblem &problem) {
		fmt::print("  SKIP stock kernel: {}\n", problem.what());
	}
	return std::nullopt;
}

Journal run_stock(const Options &options, const boot::Kernel &kernel, const fs::path &out)
{
	Options words = options_of({"stock", Switch::off}, tested(options));
	words.cmdline.clear();
	auto machine = describe_run(words, kernel);
	machine.out = out;
	if (const int status = vm::run_in_vm(machine); status != 0)
		throw sys::Problem(
			fmt::format("the run in {} ended with status {}", out.string(), status));
	return open_results(out);
}

/// What the stock kernel of the same base shows beside the reference kernel, which ran into `out`.
std::vector<VmCheck> beside_stock(const Options &options, const fs::path &out)
{
	const auto kernel = stock_kernel();
	if (!kernel)
		return {{"the stock kernel beside the reference kernel", VmCheck::Result::skipped,
			 "it is not to be had"}};
	const auto stock = run_stock(options, *kernel, out / "stock");
	const auto off = open_results(out / directory_of({"unmutated", Switch::off}));
	return {check_fails("the stock kernel", stock, Contract::forced_signal, Rule::f1),
		check_same("switched off, the reference kernel is like the stock one", stock, off)};
}

Tally reference_kernel(const Options &options)
{
	const auto words = tested(options);
	const auto out = sys::cache_directory("test") / "reference";
	fs::remove_all(out);
	std::string release;
	try {
		release = debian::get_kernel(words.kernel).release;
	} catch (const debian::FetchProblem &problem) {
		fmt::print("  SKIP no reference kernel: {}\n", problem.what());
		return {.skipped = 1};
	}
	const auto runs = mutant_runs(declared_mutants(), tested_mutants());
	const auto results = run_mutants(runs, words, out);
	if (!results)
		throw sys::Problem("interrupted");
	std::vector<VmCheck> checks;
	for (const auto &result : *results) {
		checks.push_back(check_mutant(result));
		if (result.trouble.empty())
			checks.push_back(check_named(
				result.run, open_results(out / directory_of(result.run)), release));
	}
	const auto on = open_results(out / directory_of({"unmutated", Switch::sigsegv}));
	checks.push_back(check_fails("the reference kernel", on, Contract::mainline, Rule::m1));
	std::ranges::move(check_programs(runs, words, out), std::back_inserter(checks));
	std::ranges::move(beside_stock(options, out), std::back_inserter(checks));
	return count(checks);
}

} // namespace

std::vector<TestStep> reference_test_steps()
{
	return {{"reference", "the reference kernel and some of its mutants", reference_kernel}};
}

} // namespace tagtrap
