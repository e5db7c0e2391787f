// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/mutants.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <set>
#include <stdexcept>

#include "harness/report/digest.h"
#include "harness/report/report.h"
#include "harness/report/status.h"

namespace tagtrap {

namespace {

/// Why a kernel whose copies do not stop was not judged as it has to be; empty if it was.
std::string trouble_with_canary(const Journal &journal)
{
	for (const auto &start : journal.runs)
		if (text_at(start, {"contract", "asked"}) != "auto" ||
		    text_at(start, {"contract", "name"}) != to_string(Contract::mainline))
			return "the contract is " + value_at(start, {"contract"}).dump();
	if (text_report(journal).find("\nCopies  ") == std::string::npos)
		return "the report's head does not tell that copies do not stop";
	const int status = exit_status(journal);
	return status == 1 ? "" : fmt::format("the exit status is {}", status);
}

/// Why the journal is no result of `run`; empty if it is one.
std::string trouble_with(const MutantRun &run, const Journal &journal, const Digest &all)
{
	const auto mutant = run.declared.empty() ? std::string("off") : run.name;
	for (const auto &start : journal.runs) {
		const auto set = text_at(start, {"reference", "switch"});
		const auto made = text_at(start, {"reference", "mutant"});
		if (set != to_string(run.set) || made != mutant)
			return fmt::format("the kernel has switch '{}' and mutant '{}'", set, made);
	}
	for (const auto &preflight : journal.preflights)
		if (const auto status = text_at(preflight, {"status"}); status != "ok")
			return "preflight: " + status;
	if (all.rows.empty())
		return "no point was run";
	return run.canary ? trouble_with_canary(journal) : "";
}

std::string rules_text(const std::vector<Rule> &rules)
{
	std::string text;
	for (const auto rule : rules)
		text += fmt::format("{}{}", text.empty() ? "" : " ", to_string(rule));
	return text;
}

bool declared_by(const MutantRun &run, const std::vector<Rule> &rules)
{
	return std::ranges::any_of(run.declared, [&](Rule rule) {
		return std::ranges::find(rules, rule) != rules.end();
	});
}

std::string found(const MutantResult &result)
{
	if (!result.trouble.empty())
		return "NO RESULT: " + result.trouble;
	if (result.run.declared.empty())
		return result.failed == 0
			       ? fmt::format("passes {} points{}", result.judged - result.known,
					     result.known == 0
						     ? ""
						     : fmt::format(", {} known", result.known))
			       : fmt::format("FAILS {} of {} points: {}", result.failed,
					     result.judged, rules_text(result.broken));
	if (as_declared(result))
		return rules_text(result.broken);
	return result.broken.empty() ? "NOT CAUGHT"
				     : "NOT CAUGHT, but " + rules_text(result.broken);
}

} // namespace

std::string_view to_string(Switch set)
{
	switch (set) {
	case Switch::sigsegv:
		return "sigsegv";
	case Switch::sigbus:
		return "sigbus";
	case Switch::off:
		return "off";
	}
	throw std::logic_error("no such switch");
}

std::vector<Mutant> parse_mutants(std::string_view json)
{
	std::vector<Mutant> mutants;
	try {
		const auto file = parse_json(json);
		for (const auto &row : file.at("mutants")) {
			const bool canary = row.at("contract") == "auto";
			mutants.push_back(
				{.name = row.at("name"),
				 .contract =
					 canary ? Contract::mainline
						: parse_contract(
							  row.at("contract").get<std::string>()),
				 .canary = canary,
				 .rule = parse_rule(row.at("rule").get<std::string>()),
				 .description = row.at("description")});
		}
	} catch (const std::exception &error) {
		throw std::runtime_error(fmt::format("mutants.json: {}", error.what()));
	}
	return mutants;
}

std::string directory_of(const MutantRun &run)
{
	return run.declared.empty() ? fmt::format("{}-{}", run.name, to_string(run.set)) : run.name;
}

Broken broken_by(const Journal &journal)
{
	Broken broken;
	for (const auto &row : digest(journal).rows)
		if (violates(row.end->verdict.kind))
			for (const auto rule : row.end->verdict.rules)
				broken.emplace(row.end->id, rule);
	return broken;
}

bool catches(const MutantRun &run, const Json &event, const Broken &before)
{
	using enum VerdictKind;
	const auto verdict = text_at(event, {"verdict"});
	const auto id = text_at(event, {"id"});
	const auto &rules = value_at(event, {"rules"});
	if (text_at(event, {"event"}) != "end" || !rules.is_array() ||
	    std::ranges::none_of(std::array{fail, livelock, deadlock, crash},
				 [&](VerdictKind kind) { return verdict == to_string(kind); }))
		return false;
	return std::ranges::any_of(run.declared, [&](Rule due) {
		return !before.contains({id, due}) &&
		       std::ranges::any_of(
			       rules, [&](const Json &rule) { return rule == to_string(due); });
	});
}

namespace {

/// Whether a kernel of ours may fail so, its switch off, because the stock one does. Issues that
/// are withheld are matched too coarsely to excuse wrong data or counts.
bool excused(const StoredEnd &end)
{
	return end.known.is_object() && (end.verdict.kind != VerdictKind::fail ||
					 !value_at(end.known, {"withheld"}).is_boolean());
}

} // namespace

MutantResult mutant_result(const MutantRun &run, const Journal &journal, const Journal *unmutated)
{
	const auto all = digest(journal);
	const auto before = unmutated == nullptr ? Broken() : broken_by(*unmutated);
	MutantResult result = {.run = run, .trouble = trouble_with(run, journal, all)};
	std::set<Rule> broken;
	bool first_declared = false;
	for (const auto &row : all.rows) {
		const auto &verdict = row.end->verdict;
		if (verdict.kind == VerdictKind::skip || verdict.kind == VerdictKind::broken)
			continue;
		result.judged++;
		if (!violates(verdict.kind))
			continue;
		if (run.declared.empty() && run.set == Switch::off && excused(*row.end)) {
			result.known++;
			continue;
		}
		std::vector<Rule> rules;
		for (const auto rule : verdict.rules)
			if (!before.contains({row.end->id, rule}))
				rules.push_back(rule);
		if (rules.empty())
			continue;
		result.failed++;
		broken.insert(rules.begin(), rules.end());
		const bool declared = declared_by(run, rules);
		if (result.first.empty() || (declared && !first_declared))
			result.first = row.end->id;
		first_declared |= declared;
	}
	result.broken.assign(broken.begin(), broken.end());
	return result;
}

bool as_declared(const MutantResult &result)
{
	if (!result.trouble.empty())
		return false;
	return result.run.declared.empty() ? result.failed == 0 && result.judged > 0
					   : declared_by(result.run, result.broken);
}

std::string mutants_head()
{
	return fmt::format("{:<20} {:<5} {:<26} {:>7}  {}\n", "MUTANT", "RULE", "CAUGHT BY", "TIME",
			   "FIRST FAILING POINT");
}

std::string mutants_line(const MutantResult &result)
{
	const auto &run = result.run;
	const auto name = run.declared.empty() ? fmt::format("({})", to_string(run.set)) : run.name;
	const auto rule = run.declared.empty() ? std::string("-") : rules_text(run.declared);
	return fmt::format("{:<20} {:<5} {:<26} {:>5.0f} s{} {}\n", name, rule, found(result),
			   result.seconds, result.cut_short ? "+" : " ",
			   result.first.empty() ? "-" : result.first);
}

std::string mutants_foot(const std::vector<MutantResult> &results, std::string_view kernel)
{
	size_t mutants = 0, caught = 0, cut_short = 0;
	double seconds = 0;
	std::string missed;
	bool passes = true;
	for (const auto &result : results) {
		seconds += result.seconds;
		cut_short += result.cut_short ? 1 : 0;
		if (result.run.declared.empty()) {
			passes = passes && as_declared(result);
			continue;
		}
		mutants++;
		if (as_declared(result))
			caught++;
		else
			missed += ' ' + result.run.name;
	}
	const int whole = static_cast<int>(seconds);
	auto text = fmt::format("\nKernel {}\n{} of {} mutants are caught by the rule that they "
				"declare; the unmutated kernel {}; {} min {} s.\n",
				kernel, caught, mutants, passes ? "passes" : "FAILS", whole / 60,
				whole % 60);
	if (!missed.empty())
		text += "Not caught by it:" + missed + '\n';
	if (cut_short != 0)
		text += fmt::format("+: {} stopped before the plan's end: caught, and slow.\n",
				    cut_short == 1 ? "one was" : fmt::format("{} were", cut_short));
	return text;
}

} // namespace tagtrap
