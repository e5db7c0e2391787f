// SPDX-License-Identifier: GPL-2.0-only
// Options that say how a run goes through its plan: --max-time, --rerun, --confirm.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/cli/confirm.h"
#include "harness/cli/host.h"
#include "harness/cli/options.h"
#include "harness/cli/rerun.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "tests/selftest/accepted.h"
#include "tests/selftest/sample_journal.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using tagtrap::selftest::accepted;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using Words = std::vector<std::string>;

namespace {

/// A run of everything that is inherited.
Json earlier_machine()
{
	return {{"kernel", {{"release", "6.12.94"}}},
		{"machine",
		 {{"kind", "qemu"}, {"kernel", "6.12.94-1"}, {"extra_cmdline", "quiet"}}},
		{"plan",
		 {{"level", "quick"},
		  {"specs", {"read/*"}},
		  {"every_point", true},
		  {"allow_hangs", true},
		  {"watch_s", 7.0},
		  {"time_scale", 2.0}}},
		{"contract", {{"name", "mainline"}, {"asked", "mainline"}}},
		{"signal", {{"pin", "bus"}}}};
}

int status_of(const std::string &directory)
{
	try {
		earlier_run(directory);
	} catch (const sys::Problem &problem) {
		CHECK_THAT(problem.what(), ContainsSubstring("--rerun=" + directory));
		return problem.status;
	}
	return 0;
}

} // namespace

TEST_CASE("a time limit is read with its unit, and handed on")
{
	const auto options = accepted({"--max-time=30m", "--confirm", "--rerun=d"});
	CHECK(options.max_time == 30min);
	CHECK(options.confirm);
	CHECK(options.rerun == "d");
	CHECK(accepted(guest_arguments(options), Program::target).max_time == 30min);
	CHECK_FALSE(accepted({}).max_time);
	for (const auto *wrong : {"--max-time=30", "--max-time=0s", "--max-time=soon"}) {
		const auto parsed = parse_options({wrong}, Program::host);
		CHECK(parsed.status == 2);
		CHECK_THAT(parsed.text, ContainsSubstring("90s, 30m, 2h"));
	}
	CHECK(parse_options({"bench", "--max-time=1m"}, Program::host).status == 2);
}

TEST_CASE("a native run gets what its host was told")
{
	const auto words = native_command(
		accepted({"--native", "--confirm", "--rerun=d", "--max-time=90s"}), "/b/tagtrap");
	const auto options = accepted(Words(words.begin() + 1, words.end()), Program::target);
	CHECK(options.confirm);
	CHECK(options.rerun == "d");
	CHECK(options.max_time == 90s);
}

TEST_CASE("a rerun inherits what is not given")
{
	const auto options = inherited(accepted({"--rerun=d"}), earlier_machine());
	CHECK(options.request.level == Level::quick);
	CHECK(options.request.specs == Words{"read/*"});
	CHECK(options.every_point);
	CHECK(options.allow_hangs);
	CHECK(options.time_scale == 2.0);
	CHECK(options.watch_s == 7.0);
	CHECK(options.contract == Contract::mainline);
	CHECK(options.pin == SignalPin::bus);
	CHECK(options.kernel == "6.12.94-1");
	CHECK(options.cmdline == "quiet");
	CHECK(options.where == Where::vm);
}

TEST_CASE("what is given goes before what a rerun inherits")
{
	const auto options =
		inherited(accepted({"--rerun=d", "--exhaustive", "--contract=auto", "--signal=any",
				    "--kernel=7.3", "--time-scale=1", "write"}),
			  earlier_machine());
	CHECK(options.request.level == Level::exhaustive);
	CHECK(options.request.specs == Words{"write"});
	CHECK(options.time_scale == 1.0);
	CHECK_FALSE(options.contract);
	CHECK(options.pin == SignalPin::any);
	CHECK(options.kernel == "7.3");
	CHECK(options.cmdline.empty()); // that was another kernel's
	const auto native = inherited(accepted({"--rerun=d", "--native"}), earlier_machine());
	CHECK(native.kernel.empty());
	CHECK(native.where == Where::native);
	// Little is known of a run that was cut short.
	const auto bare = inherited(accepted({"--rerun=d"}), Json::object());
	CHECK(bare.request.level == Level::standard);
	CHECK_FALSE(bare.contract);
}

TEST_CASE("a directory without a run is refused with its name")
{
	const selftest::Scratch scratch;
	CHECK(status_of(scratch.path / "none") == 2);
	CHECK(status_of(scratch.path) == 2);
	sys::write_file(scratch.path / "journal.jsonl", "");
	CHECK(status_of(scratch.path) == 2);
	sys::write_file(scratch.path / "journal.jsonl", "no journal\n");
	CHECK(status_of(scratch.path) == 2);
	sys::write_file(scratch.path / "journal.jsonl", R"({"event":"begin","ids":["a"]})"
							"\n");
	CHECK(status_of(scratch.path) == 2);
	std::string lines;
	for (const auto &line : selftest::sample_lines())
		lines += line;
	sys::write_file(scratch.path / "journal.jsonl", lines);
	CHECK(status_of(scratch.path) == 0);
}

TEST_CASE("where nothing is left there is nothing to run again")
{
	const std::string id = "read/pipe/plain/sync/4096@2048/handler";
	Journal before;
	before.runs = {earlier_machine()};
	before.ends.push_back({.id = id});
	auto options = accepted({"--rerun=d", id});
	try {
		take_up(options, before, options.request);
		FAIL("there was something to do");
	} catch (const sys::Problem &problem) {
		CHECK(problem.status == 0);
		CHECK_THAT(problem.what(), ContainsSubstring("nothing to run again"));
	}
	before.ends[0].verdict.kind = VerdictKind::fail;
	const auto event = take_up(options, before, options.request);
	CHECK(options.request.only == std::set<std::string, std::less<>>{id});
	CHECK(event["of"] == "d");
}

TEST_CASE("a violation is run again alone, whatever the run was asked for")
{
	auto options = accepted({"--exhaustive", "--every-point", "--max-time=1m", "--confirm",
				 "--contract=mainline", "--rerun=d", "read/*"});
	options.request.only = {"a"};
	const auto alone = options_alone(options, "an/id");
	CHECK(alone.request.specs == Words{"an/id"});
	CHECK_FALSE(alone.request.only);
	CHECK_FALSE(alone.every_point);
	CHECK_FALSE(alone.max_time);
	CHECK_FALSE(alone.confirm);
	CHECK(alone.rerun.empty());
	CHECK(alone.contract == Contract::mainline);
}

TEST_CASE("a violation is run again as often as was asked")
{
	CHECK(accepted({"--repeat=3"}).confirm);
	CHECK(accepted({"--confirm"}).repeat == 1);
	const auto native = native_command(accepted({"--native", "--repeat=3"}), "/b/tagtrap");
	CHECK(std::ranges::find(native, "--repeat=3") != native.end());
	for (const auto *word : {"--repeat=0", "--repeat=1.5", "--repeat=101", "--repeat=x"}) {
		const auto parsed = parse_options({word}, Program::host);
		CHECK(parsed.status == 2);
		CHECK_THAT(parsed.text, ContainsSubstring(word));
	}
	const selftest::Scratch scratch;
	std::string lines;
	for (const auto &line : selftest::sample_lines())
		lines += line;
	sys::write_file(scratch.path / "journal.jsonl", lines);
	std::vector<unsigned> users;
	const RunAlone passes = [&users](const std::string &id, const std::filesystem::path &where,
					 unsigned user) {
		users.push_back(user);
		sys::write_file(where / "journal.jsonl", to_line(selftest::sample_run()) +
								 to_line(selftest::sample_end(id)));
		return 0;
	};
	CHECK(confirm_violations(scratch.path, passes, 2) == 0);
	const auto journal = read_journal(scratch.path.string());
	REQUIRE(journal.confirms.size() >= 4);
	CHECK(journal.confirms[0]["id"] == journal.confirms[1]["id"]);
	CHECK(journal.confirms[1]["where"] == "confirm/1.2");
	CHECK(journal.confirms[2]["where"] == "confirm/2");
	CHECK(std::filesystem::exists(scratch.path / "confirm/1.2/report.txt"));
	CHECK(std::ranges::count(users, 0U) == std::ssize(users));
	// An ordinary user as well: for each cause once, behind all others.
	CHECK(confirm_violations(scratch.path, passes, 1, true) == 0);
	CHECK(users.back() == ordinary_user);
	const auto last = read_journal(scratch.path.string()).confirms.back();
	CHECK(last["uid"] == ordinary_user);
	CHECK(last["where"].get<std::string>().starts_with("confirm/user-"));
}

TEST_CASE("what confirming comes to is added to the journal, whatever goes wrong")
{
	const selftest::Scratch scratch;
	std::string lines;
	for (const auto &line : selftest::sample_lines())
		lines += line;
	sys::write_file(scratch.path / "journal.jsonl", lines);
	size_t calls = 0;
	const RunAlone run_alone = [&](const std::string &id, const std::filesystem::path &where,
				       unsigned) {
		if (++calls == 1)
			throw sys::Problem("no machine");
		CHECK(std::filesystem::is_directory(where));
		auto end = selftest::sample_end(id);
		sys::write_file(where / "journal.jsonl",
				to_line(selftest::sample_run()) + to_line(end));
		return calls == 4 ? 130 : 0;
	};
	CHECK(confirm_violations(scratch.path, run_alone) == 130); // no more are run
	CHECK(calls == 4);
	const auto journal = read_journal(scratch.path.string());
	REQUIRE(journal.confirms.size() == 3);
	CHECK(journal.confirms[0]["reason"] == "no machine");
	CHECK(journal.confirms[0]["verdict"].is_null());
	CHECK(journal.confirms[1]["verdict"] == "PASS");
	CHECK(journal.confirms[1]["where"] == "confirm/2");
	CHECK(std::filesystem::exists(scratch.path / "confirm/2/report.txt"));
}

TEST_CASE("explain takes one thing, and a list has two more forms")
{
	const auto said = accepted({"explain", "statx.buf", "--page-size=16384"});
	CHECK(said.action == Action::explain);
	CHECK(said.subject == "statx.buf");
	CHECK(said.request.page_size == 16384);
	CHECK(accepted({"--list", "--long", "statx"}).long_list);
	CHECK(accepted({"--list", "--format=json"}).format == "json");
	for (const auto &words :
	     {Words{"explain"}, Words{"explain", "F1", "F2"}, Words{"explain", "F1", "--quick"},
	      Words{"--long"}, Words{"--format=json"}, Words{"--list", "--format=ktap"}}) {
		CAPTURE(words);
		CHECK(parse_options(words, Program::host).status == 2);
	}
	CHECK(accepted({"explain"}, Program::target).action == Action::run); // a TEST-SPEC there
}
