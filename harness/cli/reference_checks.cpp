// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/reference_checks.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <map>
#include <utility>

#include "harness/model/case.h"
#include "harness/report/digest.h"
#include "harness/report/judge_again.h"
#include "harness/report/report.h"
#include "harness/report/status.h"

namespace tagtrap {

namespace {

bool was_judged(const Verdict &verdict)
{
	return verdict.kind != VerdictKind::skip && verdict.kind != VerdictKind::broken;
}

std::map<std::string, const Verdict *> verdicts(const Journal &journal)
{
	std::map<std::string, const Verdict *> all;
	for (const auto &row : digest(journal).rows)
		all[row.end->id] = &row.end->verdict;
	return all;
}

/// A SKIP for what the processor lacks (harness/run/skips.cpp). Any other reason that is given in
/// one of two runs alone is the kernel's doing, as both had the same disks: a place that was not
/// mounted, a group that was closed as it hangs, O_DIRECT or a call that is refused.
bool skipped_by_machine(const Verdict &verdict)
{
	return verdict.kind == VerdictKind::skip &&
	       (verdict.reason.starts_with("no asymm: HWCAP2_MTE3") ||
		verdict.reason.starts_with("no store-only: HWCAP3_MTE_STORE_ONLY is not set"));
}

std::string said(const Verdict &verdict)
{
	std::string text(to_string(verdict.kind));
	for (const auto rule : verdict.rules)
		text += fmt::format(" {}", to_string(rule));
	if (!was_judged(verdict))
		text += fmt::format(" ({})", verdict.reason);
	return text;
}

/// What is different about a point; null: the run does not have it. Empty if nothing is.
std::string difference(const Verdict *left, const Verdict *right)
{
	if (left == nullptr || right == nullptr)
		return fmt::format("{}, and {}", left == nullptr ? "missing" : said(*left),
				   right == nullptr ? "missing" : said(*right));
	if (left->kind == right->kind && left->rules == right->rules)
		return "";
	if (skipped_by_machine(*left) || skipped_by_machine(*right))
		return "";
	return fmt::format("{}, and {}", said(*left), said(*right));
}

/// The calling thread itself copies, and trips over the bad granule.
bool trips(const Point &point, const KernelFacts &facts)
{
	return point.mode == TagCheckMode::sync && point.submission == Submission::inline_ &&
	       !point.call->shape.uring && point.call->situation == nullptr &&
	       expect(point, facts).sub_page;
}

/// The call ended, and did less than it does where nothing is wrong.
bool ended_short(const Observation &seen)
{
	if (seen.end == End::killed)
		return seen.death_signal == SIGSEGV || seen.death_signal == SIGBUS;
	return seen.end == End::returned &&
	       (seen.result == -EFAULT ||
		(seen.result >= 0 && std::cmp_less(seen.result, seen.full)));
}

/// `rule`, or what breaks it where no handler is installed.
Rule due_rule(Rule rule, const Point &point)
{
	const bool caught = outcome_of(point.caller, point.disposition) == Outcome::caught;
	return rule == Rule::f1 && !caught ? Rule::f2 : rule;
}

/// What is wrong with `journal`, of which every fault has to break `rule`.
std::string unbroken(const Journal &journal, Rule rule)
{
	size_t faults = 0;
	for (const auto &row : digest(journal).rows) {
		const auto &end = *row.end;
		const auto point = parse_id(end.id);
		if (!was_judged(end.verdict) || !ended_short(end.seen) ||
		    !trips(point, facts_from_run(run_of(journal, &end))))
			continue;
		faults++;
		const auto due = due_rule(rule, point);
		if (!violates(end.verdict.kind) ||
		    std::ranges::find(end.verdict.rules, due) == end.verdict.rules.end())
			return fmt::format("{} does not break {}: {}", end.id, to_string(due),
					   said(end.verdict));
	}
	return faults == 0 ? "no call ended at a bad granule" : "";
}

/// Without line breaks, so that a text that was wrapped can be searched.
std::string flat(std::string text)
{
	std::string out;
	for (const char c : text)
		if (c != '\n' && c != ' ')
			out += c;
	return out;
}

} // namespace

std::vector<std::string> tested_mutants()
{
	return {"wrong-code",     "mixed",          "ignored-lost", "zero",
		"stores-granule", "thread-blocked", "loops-on",     "m-signal",
		"m-write-loop",   "m-tco",          "full-count",   "m-retag"};
}

std::vector<std::string> tested_specs()
{
	return {"read/pipe/*",
		"write/pipe/*",
		"read/tmpfs/*",
		"write/tmpfs/*",
		"read/gfs2/cached/sync/*",
		"~*nomops*"};
}

VmCheck check_mutant(const MutantResult &result)
{
	const auto name = result.run.declared.empty()
				  ? fmt::format("the reference kernel, switch {}, passes",
						to_string(result.run.set))
				  : fmt::format("mutant {} is caught by {}", result.run.name,
						to_string(result.run.declared.front()));
	return checked(name, as_declared(result) ? "" : mutants_line(result));
}

VmCheck check_fails(const std::string &what, const Journal &journal, Contract contract, Rule rule)
{
	const auto name = fmt::format("{}, judged by {}, fails {}", what, to_string(contract),
				      to_string(rule));
	const auto again = rejudged(journal, contract, SignalPin::any);
	if (const auto wrong = unbroken(again, rule); !wrong.empty())
		return checked(name, wrong);
	const int status = exit_status(again);
	return checked(name, status == 1 ? "" : fmt::format("the exit status is {}", status));
}

VmCheck check_same(const std::string &what, const Journal &left, const Journal &right)
{
	const auto ours = verdicts(left), others = verdicts(right);
	std::map<std::string, std::pair<const Verdict *, const Verdict *>> all;
	for (const auto &[id, verdict] : ours)
		all[id].first = verdict;
	for (const auto &[id, verdict] : others)
		all[id].second = verdict;
	size_t both = 0;
	for (const auto &[id, verdict] : all) {
		const auto [one, other] = verdict;
		if (const auto wrong = difference(one, other); !wrong.empty())
			return checked(what, fmt::format("{}: {}", id, wrong));
		both += was_judged(*one) && was_judged(*other) ? 1 : 0;
	}
	return checked(what, both == 0 ? "no point was judged in both" : "");
}

VmCheck check_named(const MutantRun &run, const Journal &journal, const std::string &release)
{
	const auto name =
		fmt::format("{}: journal and reports say which kernel it was", directory_of(run));
	const std::string mutant = run.declared.empty() ? "off" : run.name;
	const std::string_view contract =
		to_string(run.set == Switch::off ? Contract::mainline : Contract::forced_signal);
	for (const auto &start : journal.runs)
		if (text_at(start, {"kernel", "release"}) != release ||
		    text_at(start, {"contract", "name"}) != contract ||
		    text_at(start, {"reference", "switch"}) != to_string(run.set) ||
		    text_at(start, {"reference", "mutant"}) != mutant)
			return checked(name, "the journal does not: " + start.dump());
	const auto ours = run.declared.empty() ? std::string("no mutant") : "mutant " + mutant;
	for (const auto &[kind, text] :
	     {std::pair("report", text_report(journal)), std::pair("KTAP", ktap_report(journal))})
		for (const auto &word : {release, std::string(contract),
					 fmt::format("switch {}", to_string(run.set)), ours})
			if (flat(text).find(flat(word)) == std::string::npos)
				return checked(name,
					       fmt::format("'{}' is not in the {}", word, kind));
	return checked(name, journal.runs.empty() ? "the journal has no run" : "");
}

} // namespace tagtrap
