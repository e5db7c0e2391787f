// SPDX-License-Identifier: GPL-2.0-only
// run --jobs=N: what each machine is told.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "fixtures/vm/run.h"
#include "harness/cli/side_by_side.h"
#include "tests/selftest/accepted.h"

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
	run.filesystems = filesystems(options.request);
	const auto shards = shards_of(run, options);
	REQUIRE(shards.size() == 2);
	std::set<std::string> disks;
	for (unsigned i = 0; i < 2; ++i) {
		CHECK(shards[i].out == "out/part-" + std::to_string(i + 1));
		auto words = shards[i].argv;
		const auto shard = "--shard=" + std::to_string(i + 1) + "/2";
		CHECK(std::erase(words, shard) == 1);
		CHECK(words == run.argv);
		disks.insert(shards[i].filesystems.begin(), shards[i].filesystems.end());
	}
	CHECK(disks == std::set<std::string>(run.filesystems.begin(), run.filesystems.end()));
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
