// SPDX-License-Identifier: GPL-2.0-only
// Nothing lost, nothing doubled: runs in a VM that are disturbed at random moments. Judges Tagtrap,
// never the kernel in it.
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fmt/core.h>
#include <random>

#include "harness/cli/chaos_runs.h"
#include "harness/cli/test_steps.h"
#include "harness/sys/cache.h"
#include "harness/sys/file.h"

namespace tagtrap {

namespace fs = std::filesystem;

namespace {

constexpr auto seed_name = "TAGTRAP_CHAOS_SEED";

/// Calls that end at once, on places that need no disk: what is tested is all around them.
constexpr std::array short_plan = {"--quick",         "read/tmpfs/*",  "write/tmpfs/*",
				   "pread64/tmpfs/*", "read/pipe/*",   "write/pipe/*",
				   "readv/pipe/*",    "writev/pipe/*", "~*nomops*"};
constexpr std::array long_plan = {"*/tmpfs/*", "*/pipe/*", "~*nomops*", "~uring-wait"};

/// What every `./run.sh test` has: three minutes.
constexpr Thoroughness in_brief = {.kills = 2,
				   .panics = 1,
				   .signals = 2,
				   .pairs = 1,
				   .full_disks = 1,
				   .murders = 0,
				   .cuts = 300,
				   .plan = short_plan};
constexpr Thoroughness in_full = {.kills = 30,
				  .panics = 2,
				  .signals = 12,
				  .pairs = 4,
				  .full_disks = 4,
				  .murders = 4,
				  .cuts = 0,
				  .plan = long_plan};

/// Prints how long it took, and what it counted where that is not all passed.
template <class Work> void timed(Tally &all, std::string_view what, Work &&work)
{
	const auto start = std::chrono::steady_clock::now();
	const Tally tally = work();
	fmt::print("  {}: {} ({:.0f} s)\n", what, to_string(tally), seconds_since(start));
	std::fflush(stdout);
	all += tally;
}

unsigned seed_of_environment()
{
	const char *word = std::getenv(seed_name);
	return word == nullptr ? std::random_device()()
			       : static_cast<unsigned>(std::strtoul(word, nullptr, 10));
}

Tally disturbed_runs(const Options &options)
{
	const bool asked = std::ranges::find(options.steps, "chaos") != options.steps.end();
	Chaos chaos = {options, asked ? in_full : in_brief};
	chaos.base = sys::cache_directory("test") / "chaos";
	const auto lock = sys::lock_file(chaos.base.string() + ".lock"); // one at a time
	fs::remove_all(chaos.base);
	fs::create_directories(chaos.base);
	const unsigned seed = seed_of_environment();
	chaos.dice.seed(seed);
	fmt::print("  {}={} repeats these moments\n", seed_name, seed);
	Tally all;
	timed(all, "undisturbed", [&] { return undisturbed(chaos); });
	timed(all, "QEMU killed, the guest panics", [&] { return killed_machines(chaos); });
	timed(all, "the journal cut", [&] { return cut_journal(chaos); });
	timed(all, "QEMU stopped", [&] { return stopped_machine(chaos); });
	const auto repeat = [&](std::string_view what, int times, auto &&once) {
		for (int i = 0; i < times; i++)
			timed(all, what, [&] { return once(i); });
	};
	repeat("two runs into one directory", chaos.much.pairs,
	       [&](int i) { return two_at_once(chaos, i); });
	repeat("asked to end", chaos.much.signals, [&](int i) {
		return asked_to_end(chaos, std::array{SIGINT, SIGHUP, SIGTERM}[i % 3], i);
	});
	repeat("killed itself", chaos.much.murders,
	       [&](int i) { return asked_to_end(chaos, SIGKILL, chaos.much.signals + i); });
	repeat("disk full", chaos.much.full_disks, [&](int i) { return full_disk(chaos, i); });
	return all;
}

} // namespace

std::vector<TestStep> chaos_test_steps()
{
	return {{.word = "chaos",
		 .name = "runs in a VM, disturbed at random moments",
		 .run = [](const Options &options) { return in_vm(options, disturbed_runs); }}};
}

} // namespace tagtrap
