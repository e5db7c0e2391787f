// SPDX-License-Identifier: GPL-2.0-only
// `test`: judges Tagtrap, never a kernel.
#include <algorithm>
#include <chrono>
#include <fmt/core.h>
#include <iterator>

#include "fixtures/debian/build.h"
#include "fixtures/debian/own_kernels.h"
#include "harness/cli/commands.h"
#include "harness/cli/test_steps.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "harness/sys/process.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

/// Counts the reports that the tests of `build` left, and prints what failed.
Tally count_reports(const fs::path &build)
{
	Tally tally;
	for (const auto &entry : fs::recursive_directory_iterator(build / "tests")) {
		if (entry.path().extension() != ".xml")
			continue;
		const auto xml = sys::read_file(entry.path());
		tally += tally_of_catch2(xml);
		for (const auto &name : failures_of_catch2(xml))
			fmt::print("  FAILED {}\n", name);
	}
	return tally;
}

void remove_reports(const fs::path &build)
{
	if (!fs::exists(build / "tests"))
		return;
	for (const auto &entry : fs::recursive_directory_iterator(build / "tests"))
		if (entry.path().extension() == ".xml")
			fs::remove(entry.path());
}

/// What the tests find the kernel's own KTAP parser by; without it that test is skipped.
std::vector<std::string> kunit_environment()
{
	try {
		return {"TAGTRAP_KUNIT=" + debian::kunit_parser().string()};
	} catch (const sys::Problem &problem) {
		fmt::print("  no kunit.py to read KTAP with: {}\n", problem.what());
		return {};
	}
}

/// Builds and runs the tests of build/NAME.
Tally meson_tests(const std::string &name, const std::vector<std::string> &setup)
{
	const fs::path build = fs::path(TAGTRAP_SOURCE_ROOT) / "build" / name;
	const fs::path log = build.string() + "-tests.log";
	const auto lock = sys::lock_file(build.string() + ".lock");
	fs::remove(log);
	if (!fs::exists(build / "build.ninja")) {
		fs::remove_all(build);
		std::vector<std::string> argv = {"meson", "setup", build, TAGTRAP_SOURCE_ROOT};
		argv.insert(argv.end(), setup.begin(), setup.end());
		debian::check_logged(std::move(argv), log, "meson setup " + build.string());
	}
	debian::ninja(build, {}, log, "the build in " + build.string());
	remove_reports(build);
	auto environment = kunit_environment();
	environment.insert(environment.end(),
			   {"ASAN_OPTIONS=detect_leaks=1", "UBSAN_OPTIONS=halt_on_error=1"});
	const auto how = sys::run(
		{.argv = {"meson", "test", "-C", build, "--no-rebuild", "--print-errorlogs"},
		 .environment = environment,
		 .log = log.string()});
	auto tally = count_reports(build);
	if (how.status != 0) {
		// A test that times out or crashes after its last case fails without a failed case.
		if (tally.failed == 0)
			tally.failed = 1;
		fmt::print("{}\n  the whole log is {}\n", sys::last_lines(sys::read_file(log), 30),
			   log.string());
	} else if (tally == Tally()) {
		throw sys::Problem(
			fmt::format("no test of {} was run; see {}", build.string(), log.string()));
	}
	return tally;
}

} // namespace

std::vector<TestStep> host_test_steps()
{
	return {
		// One build for both: a test that passes with the sanitizers passes without.
		// Instrumented code makes GCC 12 warn of values inside libstdc++, so that warnings
		// are no errors here. Lines are enough of debug information for what the sanitizers
		// print.
		{"host", "tests for any machine, with address and undefined behaviour sanitizers",
		 [](const Options &) {
			 return meson_tests("tests",
					    {"-Db_sanitize=address,undefined", "-Db_lundef=false",
					     "-Dcpp_args=-g1", "-Dwerror=false"});
		 }},
	};
}

namespace {

/// The steps that the user asked for, in our order. Throws sys::Problem for a word that is none.
std::vector<TestStep> chosen_steps(const std::vector<std::string> &words)
{
	std::vector<TestStep> steps;
	for (auto *const some :
	     {host_test_steps, vm_test_steps, chaos_test_steps, frozen_test_steps,
	      reference_test_steps, coverage_test_steps, board_test_steps, boards_test_steps})
		std::ranges::move(some(), std::back_inserter(steps));
	for (const auto &word : words)
		if (std::ranges::find(steps, word, &TestStep::word) == steps.end())
			throw sys::Problem(
				fmt::format("test: there is no step {}; see --help", word), 2);
	std::erase_if(steps, [&words](const TestStep &step) {
		return !words.empty() && std::ranges::find(words, step.word) == words.end();
	});
	return steps;
}

} // namespace

int test_command(const Options &options)
{
	const auto steps = chosen_steps(options.steps);
	Tally total;
	for (const auto &step : steps) {
		const auto start = std::chrono::steady_clock::now();
		fmt::print("{} ...\n", step.name);
		std::fflush(stdout);
		Tally tally;
		try {
			tally = step.run(options);
		} catch (const std::exception &error) {
			fmt::print("  FAILED {}\n", error.what());
			tally.failed = 1;
		}
		const auto took = std::chrono::duration_cast<std::chrono::seconds>(
			std::chrono::steady_clock::now() - start);
		fmt::print("  {} ({} s)\n", to_string(tally), took.count());
		total += tally;
	}
	fmt::print("{}\n", to_string(total));
	return total.failed == 0 ? 0 : 1;
}

} // namespace tagtrap
