// SPDX-License-Identifier: GPL-2.0-only
// run --jobs=N: what each machine is told.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "fixtures/vm/run.h"
#include "harness/cli/host.h"
#include "harness/cli/results.h"
#include "harness/cli/side_by_side.h"
#include "harness/report/rest.h"
#include "harness/report/status.h"
#include "harness/sys/file.h"
#include "tests/selftest/accepted.h"
#include "tests/selftest/sample_journal.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using Words = std::vector<std::string>;

namespace {

/// What is said of a command line that is none.
std::string why_refused(const Words &words)
{
	const auto parsed = parse_options(words, Program::host);
	CHECK(parsed.status == 2);
	return parsed.text;
}

} // namespace

TEST_CASE("machines side by side have a shard each, and only its disks")
{
	auto options =
		accepted({"--quick", "--jobs=2", "read/ext4/*", "write/xfs/*", "read/tmpfs/*"});
	CHECK(options.jobs == 2);
	vm::VmRun run;
	run.out = "out";
	run.argv = guest_arguments(options);
	run.disks = disks_of(options.request);
	const auto shards = shards_of(run, options);
	REQUIRE(shards.size() == 2);
	std::set<std::string> disks;
	for (unsigned i = 0; i < 2; ++i) {
		CHECK(shards[i].out == "out/part-" + std::to_string(i + 1));
		auto words = shards[i].argv;
		const auto shard = "--shard=" + std::to_string(i + 1) + "/2";
		CHECK(std::erase(words, shard) == 1);
		CHECK(words == run.argv);
		disks.insert(shards[i].disks.begin(), shards[i].disks.end());
	}
	CHECK(disks == std::set<std::string>(run.disks.begin(), run.disks.end()));
}

TEST_CASE("a machine has a disk to swap to where a point wants one")
{
	using Names = std::vector<std::string>;
	const auto of_specs = [](std::vector<std::string> specs) {
		return disks_of(accepted(std::move(specs)).request);
	};
	CHECK(of_specs({"read/pipe/mem-diskswap*"}) == Names{"swap"});
	CHECK(of_specs({"read/pipe/mem-swapped*"}).empty());
	CHECK(of_specs({"read/ext4/cached+direct+mem-diskswap*"}) == Names{"ext4", "swap"});
}

TEST_CASE("a shard has what a kernel with larger pages has", "[jobs]")
{
	const auto options = accepted({"--jobs=2", "read/tmpfs/cached/sync/65536@32768/handler"});
	const Scratch scratch;
	vm::VmRun run;
	run.kernel.config = scratch.path / "config";
	sys::write_file(run.kernel.config, "# of arm64\nCONFIG_ARM64_16K_PAGES=y\n");
	CHECK(shards_of(run, options).size() == 2);
}

namespace {

/// Two shards below `out`, the first with a journal, the other one with `second` for its own.
std::vector<vm::VmRun> stored_shards(const std::filesystem::path &out, const std::string &second)
{
	std::vector<vm::VmRun> shards(2);
	for (unsigned i = 0; i < 2; ++i) {
		shards[i].out = out / ("part-" + std::to_string(i + 1));
		std::filesystem::create_directories(shards[i].out);
		sys::write_file(shards[i].out / "console.log", "hello\n");
	}
	const Json shard = {{"number", 1},
			    {"of", 2},
			    {"whole",
			     {{"key", "0123456789abcdef"},
			      {"points", 1000},
			      {"controls", Json::array()},
			      {"excluded", 0}}}};
	std::string text;
	for (const auto &line : sample_lines()) {
		Json event = Json::parse(line);
		if (event["event"] == "run")
			event["plan"]["shard"] = shard;
		text += to_line(event);
	}
	sys::write_file(shards[0].out / "journal.jsonl", text);
	sys::write_file(shards[1].out / "journal.jsonl", second);
	return shards;
}

} // namespace

TEST_CASE("what shards have left becomes one run, and one that never began is missing", "[jobs]")
{
	const Scratch scratch;
	const auto shards = stored_shards(scratch.path, R"({"event":"machine","start":1})"
							"\n");
	sys::write_file(scratch.path / "journal.jsonl", "");
	CHECK(put_together(scratch.path, shards));
	const auto journal = open_results(scratch.path);
	CHECK(journal.ends.size() == sample_journal().ends.size());
	CHECK(rest_of(journal).missing > 0);
	CHECK(exit_status(journal) == 3);
	CHECK(sys::read_file(scratch.path / "console.log") ==
	      "=== part-1\nhello\n=== part-2\nhello\n");
	for (const auto &shard : shards)
		CHECK_FALSE(std::filesystem::exists(shard.out));
}

TEST_CASE("shards of which none began leave no run", "[jobs]")
{
	const Scratch scratch;
	auto shards = stored_shards(scratch.path, "");
	sys::write_file(scratch.path / "journal.jsonl", "");
	shards.erase(shards.begin());
	CHECK_FALSE(put_together(scratch.path, shards));
	CHECK(sys::read_file(scratch.path / "journal.jsonl").empty());
}

TEST_CASE("shards that do not belong together stay as they are", "[jobs]")
{
	const Scratch scratch;
	auto shards = stored_shards(scratch.path, "");
	shards[1] = shards[0]; // the same twice
	sys::write_file(scratch.path / "journal.jsonl", "");
	CHECK_THROWS_AS(put_together(scratch.path, shards), std::invalid_argument);
	CHECK(sys::read_file(scratch.path / "journal.jsonl").empty());
	CHECK(std::filesystem::exists(shards[0].out / "journal.jsonl"));
}

TEST_CASE("--jobs of a run is of machines in QEMU, and of the whole plan")
{
	CHECK(accepted({"--quick"}).jobs == 1);
	for (const auto *other : {"--native", "--on=ssh:board", "--shell=read/pipe", "--list",
				  "--rerun=results/a", "--resume=results/a", "--shard=1/2"})
		CHECK(why_refused({"--jobs=2", other}).find("--jobs and ") != std::string::npos);
	for (const auto *wrong : {"--jobs=0", "--jobs=1001", "--jobs=two"})
		CHECK(why_refused({wrong}).find("--jobs=") != std::string::npos);
	accepted({"--jobs=1", "--native"});
}
