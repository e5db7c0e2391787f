// SPDX-License-Identifier: GPL-2.0-only
// `sweep`: its words, and the file that it goes on with.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "harness/cli/host.h"
#include "harness/cli/sweep_file.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "tests/selftest/accepted.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using tagtrap::selftest::accepted;

namespace {

Json kernel_head(uint64_t seed)
{
	return {{"event", "sweep"}, {"plan", 1},    {"release", "6.12.1"}, {"arch", "arm64"},
		{"major", 6},       {"minor", 12},  {"mops", false},       {"page_size", 4096},
		{"quick", true},    {"seed", seed}, {"machine", "a test"}};
}

Json some_cases(uint32_t first, uint32_t next)
{
	return sweep::swept_event({sweep::Routine::to_user, sweep::Kind::page}, first, next, 30,
				  sweep::Tallies());
}

} // namespace

TEST_CASE("a sweep is asked for by its own words, which go on to the machine")
{
	const auto options = accepted(
		{"sweep", "--quick", "--seed=7", "--out=d", "--page=p.md", "--time-scale=2"});
	CHECK(options.action == Action::sweep);
	CHECK(options.seed == 7U);
	CHECK(guest_arguments(options) ==
	      std::vector<std::string>{"sweep", "--quick", "--seed=7", "--time-scale=2"});
	const auto words = native_command(options, "tagtrap");
	for (const auto *word : {"tagtrap", "sweep", "--out=d", "--page=p.md", "--seed=7"})
		CHECK(std::ranges::find(words, word) != words.end());
	CHECK(parse_options({"sweep", "--seed=x"}, Program::target).status == 2);
	CHECK(parse_options({"sweep", "read/*"}, Program::host).status == 2);
}

TEST_CASE("a sweep's file goes on behind what was cut, for one sweep at a time")
{
	const selftest::Scratch scratch;
	const auto path = scratch.path / "name.jsonl";
	{
		SweepFile file(scratch.path, "name");
		file.take(kernel_head(5));
		file.take(some_cases(0, 10));
		CHECK_THROWS_AS(SweepFile(scratch.path, "name"), sys::Problem);
	}
	const auto whole = sys::read_file(path);
	std::ofstream(path, std::ios::app) << some_cases(10, 20).dump().substr(0, 25);
	{
		SweepFile file(scratch.path, "name");
		CHECK(sys::read_file(path) == whole);
		CHECK(file.stored().done() == Json{{"copy_to_user/page", 10}});
		CHECK(sweep_seed({}, file) == 5);
		Options other;
		other.seed = 6;
		CHECK_THROWS_AS(sweep_seed(other, file), sys::Problem);
		CHECK_THROWS_AS(file.take(kernel_head(6)), sys::Problem);
		file.take(kernel_head(5)); // is there
		file.take(some_cases(10, 30));
	}
	CHECK(SweepFile(scratch.path, "name").stored().passes.at("copy_to_user/page").through());
	std::ofstream(path) << "{\"event\":\"swept\"}\n";
	CHECK_THROWS_AS(SweepFile(scratch.path, "name"), sys::Problem);
}
