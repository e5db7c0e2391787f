// SPDX-License-Identifier: GPL-2.0-only
// Options of a board, of a part of a plan, and of a run that is gone on with.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/cli/first_screen.h"
#include "harness/cli/host.h"
#include "harness/cli/options.h"
#include "tests/selftest/accepted.h"

using namespace tagtrap;
using Catch::Matchers::ContainsSubstring;
using tagtrap::selftest::accepted;

namespace {

std::string refused_words(const std::vector<std::string> &words, Program program = Program::host)
{
	const auto parsed = parse_options(words, program);
	return parsed.status == 2 ? parsed.text : "";
}

bool among(const std::vector<std::string> &words, const std::string &word)
{
	return std::ranges::find(words, word) != words.end();
}

} // namespace

TEST_CASE("a shard is read, and handed on to whoever runs it")
{
	const auto options = accepted({"--shard=2/3", "--native"});
	CHECK(options.request.shard == Shard{2, 3});
	CHECK(among(guest_arguments(options), "--shard=2/3"));
	CHECK(among(native_command(options, "x"), "--shard=2/3"));
	CHECK_THAT(refused_words({"--shard=4/3"}), ContainsSubstring("K from 1 to N"));
	CHECK_THAT(refused_words({"merge"}), ContainsSubstring("which parts?"));
	const auto merge = accepted({"merge", "a", "b", "--out=c"});
	CHECK(merge.directories == std::vector<std::string>{"a", "b"});
	CHECK(merge.out == "c");
}

TEST_CASE("a board has options of its own")
{
	const auto options =
		accepted({"--on=ssh:me@board:7", "--ssh-option=User=x", "--ssh-option=Port=9",
			  "--boot-timeout=90", "--power-cycle=relay off", "--console=tail -f x",
			  "--yes", "read"});
	CHECK(options.on == "ssh:me@board:7");
	CHECK(options.ssh_options == std::vector<std::string>{"User=x", "Port=9"});
	CHECK(options.boot_timeout_s == 90);
	CHECK(options.power_cycle == "relay off");
	CHECK(options.console == "tail -f x");
	CHECK(options.yes);
	CHECK(options.request.specs == std::vector<std::string>{"read"});
	CHECK_THAT(refused_words({"--console=x"}), ContainsSubstring("--console goes with --on"));
	for (const auto *word : {"--native", "--vm", "--kernel=6.12", "--confirm", "--max-time=1m"})
		CHECK_THAT(refused_words({"--on=adb", word}),
			   ContainsSubstring("exclude each other"));
	CHECK_FALSE(refused_words({"--on=adb"}, Program::target).empty());
}

TEST_CASE("a run that is gone on with has its plan already")
{
	CHECK(accepted({"--resume=d"}).resume == "d");
	CHECK(among(native_command(accepted({"--resume=d", "--yes"}), "x"), "--resume=d"));
	CHECK(among(native_command(accepted({"--resume=d", "--yes"}), "x"), "--yes"));
	for (const auto *word : {"--out=x", "--vm", "--rerun=x", "--max-time=1m", "read"})
		CHECK_THAT(refused_words({"--resume=d", word}),
			   ContainsSubstring("--resume=DIR goes on with"));
}

TEST_CASE("the first screen says what will be done, and what may happen")
{
	Options options;
	options.request.level = Level::quick;
	const auto text = first_screen(options, "ssh:board", 1234, "out");
	for (const auto *word : {"1234 points of the quick plan", "ssh:board", "outside of out",
				 "hang, crash or lose data", "left out (--allow-hangs"})
		CHECK_THAT(text, ContainsSubstring(word));
	options.allow_hangs = true;
	CHECK_THAT(first_screen(options, "x", 1, "out"), ContainsSubstring("are run as well"));
	for (const auto *yes : {"y", "Y", "yes", "YES"})
		CHECK(means_yes(yes));
	for (const auto *no : {"", "n", "no", "yesterday", " "})
		CHECK_FALSE(means_yes(no));
	options.yes = true;
	CHECK_NOTHROW(ask_first(options, "x", 1, "out"));
}
