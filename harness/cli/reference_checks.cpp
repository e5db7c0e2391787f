// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/reference_checks.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "harness/report/digest.h"
#include "harness/report/judge_again.h"
#include "harness/report/report.h"
#include "harness/report/status.h"

namespace tagtrap {

namespace {

VmCheck checked(std::string name, const std::string &wrong)
{
	using Result = VmCheck::Result;
	return {std::move(name), wrong.empty() ? Result::passed : Result::failed, wrong};
}

bool was_judged(const StoredEnd &end)
{
	return end.verdict.kind != VerdictKind::skip && end.verdict.kind != VerdictKind::broken;
}

std::map<std::string, const Verdict *> verdicts(const Journal &journal)
{
	std::map<std::string, const Verdict *> all;
	for (const auto &row : digest(journal).rows)
		if (was_judged(*row.end))
			all[row.end->id] = &row.end->verdict;
	return all;
}

std::string said(const Verdict &verdict)
{
	std::string text(to_string(verdict.kind));
	for (const auto rule : verdict.rules)
		text += fmt::format(" {}", to_string(rule));
	return text;
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
	return {"wrong-code", "mixed",    "ignored-lost", "zero",  "stores-granule",
		"loops-on",   "m-signal", "m-write-loop", "m-tco", "full-count"};
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
	const bool broken = std::ranges::any_of(again.ends, [&](const StoredEnd &end) {
		return violates(end.verdict.kind) &&
		       std::ranges::find(end.verdict.rules, rule) != end.verdict.rules.end();
	});
	if (!broken)
		return checked(name, fmt::format("no point breaks {}", to_string(rule)));
	const int status = exit_status(again);
	return checked(name, status == 1 ? "" : fmt::format("the exit status is {}", status));
}

VmCheck check_same(const std::string &what, const Journal &left, const Journal &right)
{
	size_t both = 0;
	const auto others = verdicts(right);
	for (const auto &[id, verdict] : verdicts(left)) {
		const auto other = others.find(id);
		if (other == others.end())
			continue;
		both++;
		if (verdict->kind != other->second->kind || verdict->rules != other->second->rules)
			return checked(what, fmt::format("{}: {}, and {}", id, said(*verdict),
							 said(*other->second)));
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
