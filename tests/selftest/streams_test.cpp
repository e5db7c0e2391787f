// SPDX-License-Identifier: GPL-2.0-only
// What is printed and what is said: both in one file, in the order in which they came.
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <filesystem>
#include <fmt/core.h>
#include <functional>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cli/commands.h"
#include "harness/cli/progress.h"
#include "harness/cli/results.h"
#include "harness/sys/file.h"
#include "harness/sys/must.h"
#include "harness/sys/process.h"
#include "tests/selftest/sample_journal.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using namespace tagtrap::selftest;

namespace {

/// Runs `command` in a child of ours whose standard output and error are one file.
std::string in_one_file(const std::function<void()> &command)
{
	const Scratch scratch;
	const auto file = scratch.path / "both";
	std::fflush(stdout);
	const pid_t child = sys::must(::fork(), "fork");
	if (child == 0) {
		// A new stream: a file is buffered in blocks, whatever our own output was.
		if (std::freopen(file.c_str(), "a", stdout) == nullptr ||
		    ::dup2(::fileno(stdout), STDERR_FILENO) == -1)
			_exit(99);
		command();
		std::fflush(stdout);
		_exit(0);
	}
	int status = 0;
	REQUIRE(::waitpid(child, &status, 0) == child);
	CHECK(status == 0);
	return sys::read_file(file);
}

} // namespace

TEST_CASE("a report in one file with what is said has it behind its end", "[streams]")
{
	const Scratch scratch;
	std::string lines;
	for (const auto &line : sample_lines())
		lines += line;
	sys::write_file(scratch.path / "journal.jsonl", lines);
	const auto both = in_one_file([&] { write_reports(scratch.path); });
	CHECK(both == sys::read_file(scratch.path / "report.txt") +
			      fmt::format("tagtrap: report, journal and log are in {}\n",
					  scratch.path.string()));
}

TEST_CASE("an error comes behind what was printed before it", "[streams]")
{
	const auto both = in_one_file([] {
		guarded(
			[](const Options &) -> int {
				fmt::print("printed\n");
				throw std::runtime_error("it failed");
			},
			{});
		fmt::print("more\n");
	});
	CHECK(both == "printed\ntagtrap: it failed\nmore\n");
}

TEST_CASE("progress comes behind what was printed before it", "[streams]")
{
	const auto both = in_one_file([] {
		Progress progress({});
		fmt::print("first\n");
		progress.say("second");
		fmt::print("third\n");
		progress.ended("id", "PASS"); // the first count is shown at once
		fmt::print("fifth\n");
		progress.close();
	});
	CHECK(both == "first\nsecond\nthird\n1 points, PASS 1\nfifth\n1 points, PASS 1\n");
}

TEST_CASE("what a program prints that shares our output comes behind ours", "[streams]")
{
	const auto both = in_one_file([] {
		fmt::print("ours\n");
		sys::run({.argv = {"echo", "theirs"}, .inherit = true});
		fmt::print("ours again\n");
		sys::become({"echo", "the end"});
	});
	CHECK(both == "ours\ntheirs\nours again\nthe end\n");
}

TEST_CASE("nothing writes to standard error on its own", "[streams]")
{
	namespace fs = std::filesystem;
	for (const char *part : {"harness", "fixtures"})
		for (const auto &entry : fs::recursive_directory_iterator(part)) {
			const auto &file = entry.path();
			if ((file.extension() != ".cpp" && file.extension() != ".h") ||
			    file == "harness/sys/say.cpp" ||
			    file.filename().string().starts_with("reproducer")) // text of programs
				continue;
			INFO(file.string());
			const auto text = sys::read_file(file);
			for (const char *way : {"(stderr", ", stderr", ": stderr", "std::cerr",
						"std::clog", "perror("})
				CHECK(text.find(way) == std::string::npos);
		}
}
