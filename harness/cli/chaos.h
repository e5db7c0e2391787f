// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "harness/cli/chaos_checks.h"
#include "harness/cli/child.h"
#include "harness/cli/options.h"

namespace tagtrap {

/// How often each kind of disturbance is tried.
struct Thoroughness {
	int kills;      ///< of QEMU, in one run
	int panics;     ///< of the guest's kernel, in the same
	int signals;    ///< runs that are asked to end
	int pairs;      ///< times two runs into one directory
	int full_disks; ///< runs that fill the disk
	int murders;    ///< runs that are ended by SIGKILL
	size_t cuts;    ///< of a journal, 0: at every byte
	/// Options and TEST-SPECs of the runs: long enough for that many kills, since ends come by
	/// the block.
	std::span<const char *const> plan;
};

/// What the runs of the test `chaos` share. Random moments come from `dice`, whose seed is printed.
struct Chaos {
	const Options &options;
	Thoroughness much;
	std::filesystem::path base = {}; ///< where runs, logs and TMPDIRs are
	std::mt19937 dice = {};
	// Of the run that nobody disturbs:
	std::vector<std::string> listed = {};
	Verdicts undisturbed = {};
	int status = 0;     ///< its exit status
	double boot_s = 0;  ///< from its start to its first point that is finished
	double whole_s = 0; ///< to its end
	size_t journal_bytes = 0, console_bytes = 0;
};

inline constexpr std::chrono::seconds longest_run{900}; ///< thirty machines, on a busy host

inline double seconds_since(std::chrono::steady_clock::time_point start)
{
	return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A number of [0, most].
size_t throw_dice(Chaos &chaos, size_t most);
/// Seconds of [0, most).
std::chrono::duration<double> throw_seconds(Chaos &chaos, double most);

/// One run of the program into base/NAME.
struct ChaosRun {
	std::string name;
	std::filesystem::path out;
	Child child;
};

/// What --list prints of the points of such a run.
std::vector<std::string> listed_points(const Chaos &chaos);

/// Starts it, with `more` words, into `out` if that is given. What an earlier one of that name left
/// is removed.
ChaosRun start_run(const Chaos &chaos, const std::string &name,
		   const std::vector<std::string> &more = {},
		   const std::filesystem::path &out = {});

/// What `report --format=json` says of it.
Verdicts verdicts_in(const ChaosRun &run);

/// Points that have an `end` so far.
size_t ends_of(const ChaosRun &run);

/// Waits until `count` points have an `end`, or the run is over. Returns whether they have.
bool await_ends(ChaosRun &run, size_t count);

/// What is due of a run that is over.
struct Due {
	std::vector<int> statuses;            ///< any of these
	bool finished = false;                ///< it went through its plan
	std::vector<std::string> panics = {}; ///< points in which the guest's kernel panics
};

/// Looks at all that a run left that ended with `status`: journal, what `report` and `judge` say,
/// processes and files. Prints what is wrong.
Tally look_at_run(const Chaos &chaos, const ChaosRun &run, const Due &due, int status);

/// The same, once the run has ended.
Tally end_of_run(const Chaos &chaos, ChaosRun &run, const Due &due);

} // namespace tagtrap
