// SPDX-License-Identifier: GPL-2.0-only
// What a kernel developer asks for first: does it come with the points that hang?
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "harness/cli/vm_checks.h"
#include "harness/cli/vm_injected.h"

namespace tagtrap {

namespace {

using Result = VmCheck::Result;

std::string missing(const StoredEnd &end)
{
	const Hang &hang = end.seen.hang;
	if (!hang.seen || hang.watched_ns == 0)
		return end.id + ": not watched";
	if (hang.last.state == '?')
		return end.id + ": no state";
	if (hang.syscall[0] == 0)
		return end.id + ": no registers of the system call";
	if (std::ranges::none_of(hang.stacks, [](const auto &stack) { return stack[0] != 0; }))
		return end.id + ": no stack";
	return "";
}

VmCheck check_hangs(const StoredRun &run)
{
	VmCheck check = {"every hang comes with its evidence"};
	for (const auto &end : run.journal.ends)
		if (end.seen.end == End::hung && check.wrong.empty())
			check.wrong = missing(end);
	check.result = check.wrong.empty() ? Result::passed : Result::failed;
	return check;
}

/// The kernel is told to complain of tasks that sleep for a second.
VmCheck check_complaint(const StoredRun &run)
{
	VmCheck check = {"a complaint in the kernel's log comes with its point"};
	const auto &ends = run.journal.ends;
	const auto end = std::ranges::find(ends, unkillable_id, &StoredEnd::id);
	if (end == ends.end() || end->verdict.kind == VerdictKind::skip) {
		check.result = Result::skipped;
		check.wrong = fmt::format("{} was not run", unkillable_id);
		return check;
	}
	const std::string_view seen = end->seen.complaint.data();
	if (end->seen.kernel_complained && seen.find("blocked for more than") != seen.npos)
		return check;
	check.result = Result::failed;
	check.wrong = fmt::format("{} has '{}' (a kernel without CONFIG_DETECT_HUNG_TASK says "
				  "nothing)",
				  unkillable_id, seen);
	return check;
}

} // namespace

std::vector<VmCheck> check_evidence(const StoredRun &run)
{
	return {check_hangs(run), check_complaint(run)};
}

} // namespace tagtrap
