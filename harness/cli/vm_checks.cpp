// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/vm_checks.h"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <sstream>

#include "harness/cli/vm_injected.h"
#include "harness/report/digest.h"
#include "harness/report/judge_again.h"
#include "harness/report/rest.h"

namespace tagtrap {

namespace {

using Result = VmCheck::Result;

const StoredEnd *end_of(const StoredRun &run, std::string_view id)
{
	const auto found = std::ranges::find(run.journal.ends, id, &StoredEnd::id);
	return found == run.journal.ends.end() ? nullptr : &*found;
}

bool injected(std::string_view id)
{
	return id.starts_with("inject-");
}

std::string rules_text(const std::vector<Rule> &rules)
{
	std::string text;
	for (const auto rule : rules)
		text += fmt::format("{}{}", text.empty() ? "" : " ", to_string(rule));
	return text;
}

VmCheck check_one(const StoredRun &run, const Injected &due)
{
	VmCheck check = {fmt::format("{} is {}", due.id, to_string(due.kind))};
	const StoredEnd *const end = end_of(run, due.id);
	if (end == nullptr)
		return checked(check.name, "it has no `end`");
	const auto &verdict = end->verdict;
	if (verdict.kind == VerdictKind::skip && due.kind != VerdictKind::skip) {
		check.result = Result::skipped; // no such filesystem, no such sleep state
		check.wrong = verdict.reason;
		return check;
	}
	if (verdict.kind != due.kind || verdict.rules != due.rules)
		return checked(check.name, fmt::format("{} {}: {}", to_string(verdict.kind),
						       rules_text(verdict.rules), verdict.reason));
	if (!due.word.empty() && verdict.reason.find(due.word) == std::string::npos &&
	    std::ranges::none_of(verdict.notes, [&](const std::string &note) {
		    return note.starts_with(due.word);
	    }))
		return checked(check.name,
			       fmt::format("nothing says '{}': {}; notes: {}", due.word,
					   verdict.reason, fmt::join(verdict.notes, "; ")));
	return check;
}

std::string twice(const StoredRun &run)
{
	std::set<std::string> done;
	for (const auto &event : events_of(run)) {
		const std::string kind = event.is_object() ? event.value("event", "") : "";
		if (kind == "suspect") // run again, and that is what it says
			for (const auto &id : event["ids"])
				done.erase(id.get<std::string>());
		if (kind == "begin")
			for (const auto &id : event["ids"])
				if (done.contains(id.get<std::string>()))
					return id.get<std::string>() + " was begun after its end";
		// What came late is told in another `end`.
		const auto &seen = value_at(event, {"observation"});
		const bool late = seen.is_object() &&
				  (seen.contains("late_count") || seen.contains("late_death"));
		if (kind == "end" && !done.insert(event.value("id", "")).second && !late)
			return event.value("id", "") + " has two ends";
	}
	return "";
}

std::string not_as_listed(const StoredRun &run, const std::vector<std::string> &listed)
{
	const std::set<std::string> wanted(listed.begin(), listed.end());
	for (const auto &end : run.journal.ends)
		if (!wanted.contains(end.id) && !excluded(end))
			return end.id + " was run and not listed";
	for (const auto &id : listed)
		if (end_of(run, id) == nullptr)
			return id + " was listed and not run";
	return "";
}

std::string unsound(const StoredRun &run)
{
	for (const auto &end : run.journal.ends) {
		if (injected(end.id))
			continue;
		// Memory that a kernel cannot bring into its state is SKIP, and no control.
		const bool control = end.id.find("good/") != std::string::npos &&
				     (end.id.find("mem-") == std::string::npos ||
				      end.verdict.kind != VerdictKind::skip);
		if (end.verdict.kind == VerdictKind::broken ||
		    (control && end.verdict.kind != VerdictKind::pass))
			return fmt::format("{} is {}: {}", end.id, to_string(end.verdict.kind),
					   end.verdict.reason);
	}
	return "";
}

/// F3: every SA_RESTART point of a plain call was entered, and its entries counted.
std::string not_counted(const StoredRun &run)
{
	for (const auto &end : run.journal.ends)
		if (end.id.ends_with("/restart") && end.seen.end == End::returned &&
		    end.seen.entries == 0 && !end.id.starts_with("uring-"))
			return end.id + " has no count of its entries";
	return "";
}

std::string judged_otherwise(const StoredRun &run)
{
	const auto again = judge_again(run.journal, Contract::mainline, SignalPin::any);
	std::map<std::string, Json> written;
	for (const auto &event : events_of(run))
		if (event.is_object() && event.value("event", "") == "end")
			written[event.value("id", "")] = event;
	for (const auto &end : again) {
		const Json fresh = to_json(end);
		for (const auto *key : {"verdict", "rule", "rules", "reason", "notes", "result"}) {
			const Json &before = written[end.id];
			const Json old = before.contains(key) ? before[key] : Json();
			const Json now = fresh.contains(key) ? fresh[key] : Json();
			if (end.seen.end != End::machine_lost && old.dump() != now.dump())
				return fmt::format("{}: {} was {}, is {}", end.id, key, old.dump(),
						   now.dump());
		}
	}
	const auto settled = rejudged(run.journal, Contract::mainline, SignalPin::any);
	for (size_t i = 0; i < settled.ends.size(); i++)
		if (settled.ends[i].verdict != run.journal.ends[i].verdict)
			return fmt::format("{} is settled as {}, and was as {}", settled.ends[i].id,
					   settled.ends[i].verdict.reason,
					   run.journal.ends[i].verdict.reason);
	return "";
}

size_t restarts_with(const StoredRun &run, std::string_view word)
{
	return static_cast<size_t>(
		std::ranges::count_if(run.journal.restarts, [&](const Json &restart) {
			return restart.value("why", "").find(word) != std::string::npos;
		}));
}

bool hung(const StoredEnd &end)
{
	return end.verdict.kind == VerdictKind::livelock ||
	       end.verdict.kind == VerdictKind::deadlock;
}

} // namespace

std::vector<Json> events_of(const StoredRun &run)
{
	std::vector<Json> events;
	std::istringstream lines(run.text);
	for (std::string line; std::getline(lines, line);)
		events.push_back(parse_json_or_discard(line));
	return events;
}

std::vector<std::string> injected_specs()
{
	std::vector<std::string> specs = {"read/tmpfs/*", "write/ext4/*",      "read/pipe/*",
					  "write/pipe/*", "uring-read/pipe/*", "~*nomops*"};
	for (const auto &due : injected_faults())
		specs.emplace_back(due.id);
	return specs;
}

std::vector<VmCheck> check_verdicts(const StoredRun &run)
{
	std::vector<VmCheck> checks;
	for (const auto &due : injected_faults())
		checks.push_back(check_one(run, due));
	return checks;
}

VmCheck check_once(const StoredRun &run)
{
	return checked("nothing that finished was run twice", twice(run));
}

std::vector<VmCheck> check_run(const StoredRun &run, const std::vector<std::string> &listed)
{
	const bool whole = !run.journal.truncated && run.journal.unfinished.empty();
	const auto rest = rest_of(run.journal);
	return {
		checked("the plan was gone through",
			whole ? rest.why : "points were begun and not ended, or a line is cut"),
		check_once(run),
		checked("--list prints what is run", not_as_listed(run, listed)),
		checked("controls held, and nothing is BROKEN that was not broken on purpose",
			unsound(run)),
		checked("entries into calls are counted", not_counted(run)),
		checked("the stored run, judged again, has the same verdicts",
			judged_otherwise(run)),
	};
}

std::vector<VmCheck> check_losses(const StoredRun &run)
{
	struct Loss {
		const char *id, *word;
		size_t times;
	};
	// A panic in a block costs a second one, to find the point.
	constexpr std::array losses = {Loss{unkillable_id, "SIGKILL does not end", 5},
				       Loss{holding_id, "with a good tag does not end", 1},
				       Loss{panic_id, "panic", 2},
				       Loss{silent_id, "no sign of life", 1}};
	std::vector<VmCheck> checks;
	for (const auto &loss : losses) {
		VmCheck check = {fmt::format("the machine is replaced after {}", loss.id)};
		const StoredEnd *const end = end_of(run, loss.id);
		const size_t times = restarts_with(run, loss.word);
		if (end != nullptr && end->verdict.kind == VerdictKind::skip)
			check.result = Result::skipped;
		else if (times != loss.times)
			check = checked(check.name,
					fmt::format("{} restarts say '{}'", times, loss.word));
		checks.push_back(check);
	}
	std::string wrong;
	for (const auto &end : run.journal.ends)
		if (end.verdict.kind == VerdictKind::crash && injected(end.id) &&
		    end.id != panic_id && end.id != silent_id)
			wrong = end.id + " is CRASH";
	checks.push_back(checked("no other injected fault costs the machine", wrong));
	return checks;
}

VmCheck check_busy(const StoredRun &quiet, const StoredRun &busy)
{
	for (const auto &end : busy.journal.ends) {
		const StoredEnd *const before = end_of(quiet, end.id);
		if (hung(end) && (before == nullptr || !hung(*before)))
			return checked("a busy machine makes no hang",
				       fmt::format("{} is {}: {}", end.id,
						   to_string(end.verdict.kind),
						   end.verdict.reason));
	}
	return checked("a busy machine makes no hang", "");
}

Tally count(const std::vector<VmCheck> &checks)
{
	Tally tally;
	for (const auto &check : checks) {
		switch (check.result) {
		case VmCheck::Result::passed:
			++tally.passed;
			break;
		case VmCheck::Result::failed:
			++tally.failed;
			fmt::print("  FAILED {}: {}\n", check.name, check.wrong);
			break;
		case VmCheck::Result::skipped:
			++tally.skipped;
			fmt::print("  SKIP {}: {}\n", check.name, check.wrong);
			break;
		}
	}
	return tally;
}

} // namespace tagtrap
