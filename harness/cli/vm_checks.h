// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/tally.h"
#include "harness/model/record.h"

namespace tagtrap {

/// One thing that a run in the VM has to show. `wrong` says what was seen instead.
struct VmCheck {
	std::string name;
	enum class Result : uint8_t { passed, failed, skipped } result = Result::passed;
	std::string wrong = {};
};

/// Passed where nothing is wrong.
inline VmCheck checked(std::string name, const std::string &wrong)
{
	return {std::move(name), wrong.empty() ? VmCheck::Result::passed : VmCheck::Result::failed,
		wrong};
}

/// A run as it was stored: its journal as text, and read back and settled.
struct StoredRun {
	std::string text;
	Journal journal;
};

/// The lines of its journal.
std::vector<Json> events_of(const StoredRun &run);

/// TEST-SPECs of the run with injected faults: every inject case, and a few calls of the plan.
std::vector<std::string> injected_specs();

/// Whether each injected fault got the verdict that is due. Pure.
std::vector<VmCheck> check_verdicts(const StoredRun &run);

/// Whether hangs come with their evidence, and a complaint of the kernel's with its point. Pure.
std::vector<VmCheck> check_evidence(const StoredRun &run);

/// What holds for every run of ours: it was gone through, nothing was run twice, controls held,
/// `listed` (the ids that --list printed) is what was run, and judging again changes nothing. Pure.
std::vector<VmCheck> check_run(const StoredRun &run, const std::vector<std::string> &listed);

/// Nothing was begun after its `end`, and nothing has two: for runs that were disturbed. Pure.
VmCheck check_once(const StoredRun &run);

/// Machines were lost where they had to be, and only there. Pure.
std::vector<VmCheck> check_losses(const StoredRun &run);

/// Points that hang in `busy` and did not in `quiet`: none may. Pure.
VmCheck check_busy(const StoredRun &quiet, const StoredRun &busy);

/// Counts them, and prints those that failed or were skipped.
Tally count(const std::vector<VmCheck> &checks);

} // namespace tagtrap
