// SPDX-License-Identifier: GPL-2.0-only
// What a kernel developer asks for first: does it come with the points that hang?
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "harness/cli/vm_checks.h"
#include "harness/cli/vm_injected.h"
#include "harness/model/evidence.h"

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
	if (hang.counted_ns == 0 || hang.kill_ns == 0)
		return end.id + ": no length of the watch, or of SIGKILL";
	if (end.verdict.kind != VerdictKind::broken &&
	    (end.seen.before.made != Made::ended || end.seen.after.made != Made::ended))
		return end.id + ": no run with a good tag before, or none after";
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

/// The kernel is told to complain of tasks that sleep for a second: of one that hangs, and of one
/// that does not.
VmCheck check_complaint(const StoredRun &run, const char *id)
{
	VmCheck check = {
		fmt::format("a complaint in the kernel's log comes with its point, {}", id)};
	const auto &ends = run.journal.ends;
	const auto end = std::ranges::find(ends, id, &StoredEnd::id);
	if (end == ends.end() || end->verdict.kind == VerdictKind::skip) {
		check.result = Result::skipped;
		check.wrong = fmt::format("{} was not run", id);
		return check;
	}
	const std::string_view seen = readable(end->seen.complaint);
	if (end->seen.complaint_kind == ComplaintKind::stall &&
	    seen.find("blocked for more than") != seen.npos)
		return check;
	check.result = Result::failed;
	check.wrong = fmt::format("it has '{}' (a kernel without CONFIG_DETECT_HUNG_TASK says "
				  "nothing)",
				  seen);
	return check;
}

/// The block in which the kernel complained was taken apart, and no other point of it is blamed.
VmCheck check_suspects(const StoredRun &run)
{
	VmCheck check = {"a complaint in a block costs a machine, and is its own point's alone"};
	const auto &ends = run.journal.ends;
	const auto accused = [&](const std::string &id) {
		const auto end = std::ranges::find(ends, id, &StoredEnd::id);
		return end != ends.end() && end->seen.complaint_kind > ComplaintKind::warning;
	};
	check.result = Result::skipped;
	check.wrong = fmt::format("no block with {} was suspect", complaint_id);
	for (const auto &event : events_of(run)) {
		if (!event.is_object() || event.value("event", "") != "suspect")
			continue;
		const auto ids = event["ids"].get<std::vector<std::string>>();
		if (std::ranges::find(ids, complaint_id) == ids.end())
			continue;
		const auto blamed = std::ranges::count_if(ids, accused);
		const bool right = blamed == 1 && ids.size() > 1 && accused(complaint_id);
		check.result = right ? Result::passed : Result::failed;
		check.wrong =
			right ? ""
			      : fmt::format("{} of {} points have a complaint", blamed, ids.size());
	}
	return check;
}

} // namespace

std::vector<VmCheck> check_evidence(const StoredRun &run)
{
	return {check_hangs(run), check_complaint(run, unkillable_id),
		check_complaint(run, complaint_id), check_suspects(run)};
}

} // namespace tagtrap
