// SPDX-License-Identifier: GPL-2.0-only
// Machines that stand still: no verdict may bend, no hang be missed. Judges Tagtrap, never the
// kernel in it.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <functional>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "fixtures/debian/kernels.h"
#include "harness/cli/frozen_checks.h"
#include "harness/cli/frozen_run.h"
#include "harness/cli/host.h"
#include "harness/cli/results.h"
#include "harness/cli/test_steps.h"
#include "harness/report/report.h"
#include "harness/sys/cache.h"
#include "harness/sys/file.h"
#include "harness/sys/hold.h"

namespace tagtrap {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

/// Four hangs of one heart on kernels before the fix of 6.14's gfs2 readers, and some good points.
constexpr std::array hangs = {
	"read/gfs2/cached/sync/4096@2048/handler", "readv/gfs2/cached/sync/4096@2048/handler",
	"pread64/gfs2/cached/sync/4096@2048/handler", "preadv2/gfs2/cached/sync/4096@2048/handler"};
constexpr std::array good = {"read/tmpfs/cached*", "write/ext4/cached+direct*",
			     "pread64/ext4/cached+direct*", "together/ext4/*", "remount/gfs2/*"};
constexpr auto kernel_that_hangs = "6.12";

struct Frozen {
	const Options &options;
	fs::path base;
	Verdicts undisturbed = {};
	double undisturbed_s = 0;
};

Verdicts verdicts_of_run(const fs::path &out)
{
	return verdicts_of(parse_json(json_report(open_results(out))));
}

/// One run that `disturb` disturbs; what it showed, and how long it took.
Verdicts run_disturbed(Frozen &frozen, const std::string &name, bool slow, double &seconds,
		       const std::function<void(FrozenRun &)> &disturb)
{
	Options options = frozen.options;
	options.action = Action::run;
	options.where = Where::vm;
	options.watch_s = 5;
	options.request.level = Level::quick;
	options.request.specs.assign(hangs.begin(), hangs.end());
	options.request.specs.insert(options.request.specs.end(), good.begin(), good.end());
	if (options.kernel.empty())
		options.kernel = kernel_that_hangs;
	FrozenRun run;
	run.hangs.insert(hangs.begin(), hangs.end());
	run.run = describe_run(options, debian::get_kernel(options.kernel, options.modules));
	run.run.out = frozen.base / name;
	follow_run(run, slow);
	std::thread disturber([&] { disturb(run); });
	const auto began = Clock::now();
	std::exception_ptr failure;
	try {
		const sys::HeldSignals held;
		vm::run_in_vm(run.run);
	} catch (...) {
		failure = std::current_exception();
	}
	seconds = std::chrono::duration<double>(Clock::now() - began).count();
	{
		const std::lock_guard guard(run.lock);
		run.over = true;
	}
	disturber.join();
	if (failure)
		std::rethrow_exception(failure);
	return verdicts_of_run(run.run.out);
}

/// `times` runs of one kind; prints what they cost.
Tally runs_of(Frozen &frozen, const std::string &kind, int times, bool slow,
	      const std::function<void(FrozenRun &)> &disturb)
{
	FrozenTally all;
	double sum = 0;
	for (int i = 0; i < times; ++i) {
		double seconds = 0;
		all += compare_frozen(frozen.undisturbed,
				      run_disturbed(frozen, fmt::format("{}-{}", kind, i), slow,
						    seconds, disturb));
		sum += seconds;
	}
	fmt::print(
		"  {}: {} runs of {:.0f} s ({:.0f} s undisturbed), {} of {} good points BROKEN\n",
		kind, times, sum / times, frozen.undisturbed_s, all.broken, all.good);
	std::fflush(stdout);
	return count(check_frozen(kind, all));
}

Tally two_at_once(Frozen &frozen, int times)
{
	FrozenTally all;
	double sum = 0;
	for (int i = 0; i < times; ++i) {
		// The other one is a process of its own: a run holds the signals of its process.
		const pid_t other = ::fork();
		if (other == 0) {
			double unused = 0;
			try {
				run_disturbed(frozen, fmt::format("pair-{}-b", i), false, unused,
					      [](FrozenRun &) {});
			} catch (...) {
				_exit(1);
			}
			_exit(0);
		}
		double seconds = 0;
		all += compare_frozen(frozen.undisturbed,
				      run_disturbed(frozen, fmt::format("pair-{}-a", i), false,
						    seconds, [](FrozenRun &) {}));
		sum += seconds;
		int status = 0;
		::waitpid(other, &status, 0);
		if (status == 0)
			all += compare_frozen(
				frozen.undisturbed,
				verdicts_of_run(frozen.base / fmt::format("pair-{}-b", i)));
		else
			all.wrong.push_back(fmt::format("pair-{}-b did not end", i));
	}
	fmt::print("  two at once: {} pairs of {:.0f} s, {} of {} good points BROKEN\n", times,
		   sum / times, all.broken, all.good);
	return count(check_frozen("two at once", all));
}

VmCheck check_undisturbed(const Frozen &frozen)
{
	std::string wrong;
	for (const char *hang : hangs) {
		const auto found = frozen.undisturbed.find(hang);
		if (found == frozen.undisturbed.end() || !found->second.starts_with("LIVELOCK"))
			wrong = fmt::format("{} is no LIVELOCK on this kernel", hang);
	}
	return checked("the undisturbed run has its four hangs", wrong);
}

Tally frozen_runs(const Options &options)
{
	const bool asked = std::ranges::find(options.steps, "frozen") != options.steps.end();
	Frozen frozen = {options, sys::cache_directory("test") / "frozen"};
	const auto lock = sys::lock_file(frozen.base.string() + ".lock");
	fs::remove_all(frozen.base);
	fs::create_directories(frozen.base);
	frozen.undisturbed = run_disturbed(frozen, "undisturbed", false, frozen.undisturbed_s,
					   [](FrozenRun &) {});
	fmt::print("  undisturbed: {} points in {:.0f} s\n", frozen.undisturbed.size(),
		   frozen.undisturbed_s);
	Tally all = count({check_undisturbed(frozen)});
	if (all.failed != 0)
		return all;
	constexpr std::array brief = {2s, 5s};
	constexpr std::array whole = {2s, 5s, 40s};
	const std::span<const std::chrono::seconds> times =
		asked ? std::span<const std::chrono::seconds>(whole) : brief;
	if (asked) {
		all += runs_of(frozen, "10 ms of 100", 5, false, run_now_and_then);
		all += runs_of(frozen, "slow disks", 5, true, [](FrozenRun &) {});
		all += two_at_once(frozen, 5);
	}
	all += runs_of(frozen, "stopped", asked ? 20 : 1, false,
		       [&](FrozenRun &run) { stop_now_and_then(run, times); });
	return all;
}

} // namespace

std::vector<TestStep> frozen_test_steps()
{
	return {{.word = "frozen",
		 .name = "runs on a machine that stands still",
		 .run = [](const Options &options) { return in_vm(options, frozen_runs); }}};
}

} // namespace tagtrap
