// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <unistd.h>

#include "harness/cli/tally.h"
#include "harness/sys/file.h"
#include "harness/sys/process.h"

using namespace tagtrap;
using namespace tagtrap::sys;
namespace fs = std::filesystem;

TEST_CASE("a program's output and status come back")
{
	const auto how = run({.argv = {"sh", "-c", "echo out; echo err >&2; exit 5"}});
	CHECK(how.status == 5);
	CHECK(how.out == "out\n");
	CHECK(how.err == "err\n");
	CHECK(run({.argv = {"sh", "-c", "kill -TERM $$"}}).status == 128 + SIGTERM);
}

TEST_CASE("more than a pipe holds comes back whole, from both ends at once")
{
	const auto how = run(
		{.argv = {"sh", "-c", "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2"}});
	CHECK(how.out.size() == 300000);
	CHECK(how.err.size() == 300000);
}

TEST_CASE("a program gets its directory and environment, and no input")
{
	CHECK(output_of({.argv = {"pwd"}, .directory = "/"}) == "/\n");
	CHECK(output_of({.argv = {"sh", "-c", "echo $HOME $TAGTRAP_X"},
			 .environment = {"HOME=/h", "TAGTRAP_X=y"}}) == "/h y\n");
	CHECK(output_of({.argv = {"cat"}}).empty());
}

TEST_CASE("a program that fails is named with its last words")
{
	try {
		output_of({.argv = {"sh", "-c", "echo first >&2; echo last words >&2; exit 3"}});
		FAIL("no exception");
	} catch (const CommandFailed &failure) {
		const std::string what = failure.what();
		CHECK(what.find("sh -c") != std::string::npos);
		CHECK(what.find("last words") != std::string::npos);
		CHECK(failure.finished.status == 3);
	}
	CHECK_THROWS_AS(run({.argv = {"/no/such/program"}}), std::system_error);
}

TEST_CASE("words survive a shell")
{
	CHECK(shell_line({"a", "b/c=d"}) == "a b/c=d");
	CHECK(output_of({.argv = {"sh", "-c",
				  shell_line({"printf", "%s|", "a b", "it's", "$x", ""})}}) ==
	      "a b|it's|$x||");
	CHECK(last_lines("a\nb\n\nc\n\n", 2) == "b\nc");
	CHECK(last_lines("", 2).empty());
}

TEST_CASE("a file is replaced whole, or not at all")
{
	std::string name = fs::temp_directory_path() / "tagtrap-selftest-XXXXXX";
	REQUIRE(mkdtemp(name.data()) != nullptr);
	const fs::path directory = name;
	write_file(directory / "f", "one");
	write_file(directory / "f", "two");
	CHECK(read_file(directory / "f") == "two");
	CHECK_THROWS_AS(write_file(directory / "no/f", "x"), std::system_error);
	CHECK_THROWS_AS(write_file("/dev/full/f", "x"), std::system_error);
	CHECK(std::distance(fs::directory_iterator(directory), fs::directory_iterator()) == 1);
	fs::remove_all(directory);
	CHECK(content_key("a") == "af63dc4c8601ec8c"); // FNV-1a's published vector
}

TEST_CASE("test cases are counted from Catch2's report")
{
	constexpr std::string_view xml = R"(<?xml version="1.0"?>
<Catch2TestRun name="t">
  <TestCase name="good one" filename="x"><OverallResult success="true" skips="0"/></TestCase>
  <TestCase name="bad &lt;one" filename="x"><OverallResult success="false" skips="0"/></TestCase>
  <OverallResults successes="7" failures="1" expectedFailures="0" skips="0"/>
  <OverallResultsCases successes="4" failures="1" expectedFailures="0" skips="2"/>
</Catch2TestRun>)";
	CHECK(tally_of_catch2(xml) == Tally{.passed = 4, .failed = 1, .skipped = 2});
	CHECK(failures_of_catch2(xml) == std::vector<std::string>{"bad <one"});
	const auto cut = xml.substr(0, xml.find("<OverallResults "));
	CHECK(tally_of_catch2(cut) == Tally{.failed = 1});
	CHECK(failures_of_catch2(cut) == std::vector<std::string>{"bad <one"});
	CHECK(tally_of_catch2(xml.substr(0, 120)) == Tally{.failed = 1});
	CHECK(tally_of_catch2("") == Tally{.failed = 1});
	Tally sum = {.passed = 1};
	sum += {.passed = 2, .failed = 1, .skipped = 3};
	CHECK(to_string(sum) == "3 passed, 1 failed, 3 skipped");
}
