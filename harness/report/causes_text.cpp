// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

#include "harness/report/cause.h"
#include "harness/report/command.h"
#include "harness/report/confirm.h"
#include "harness/report/known.h"
#include "harness/report/parts.h"
#include "harness/report/reproduced.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

bool went_on(VerdictKind kind)
{
	return kind != VerdictKind::livelock && kind != VerdictKind::deadlock;
}

std::string offsets_text(const std::set<uint64_t> &offsets)
{
	if (offsets.size() <= 6)
		return fmt::format("{}", fmt::join(offsets, ", "));
	return fmt::format("{}..{} ({} different)", *offsets.begin(), *offsets.rbegin(),
			   offsets.size());
}

std::string rule_text(Rule rule)
{
	return fmt::format("{} {} ({})", to_string(rule), title(rule), source(rule));
}

/// The other rules that all or some of the points broke as well.
std::string other_rules(const Cause &cause)
{
	std::set<Rule> others;
	for (const auto *row : cause.rows)
		others.insert(row->end->verdict.rules.begin(), row->end->verdict.rules.end());
	others.erase(cause.key.rule);
	std::string out;
	for (const auto rule : others)
		out += "; also " + rule_text(rule);
	return out;
}

/// "2 LIVELOCK, 1 DEADLOCK".
std::string verdicts_text(const Cause &cause)
{
	Totals totals = {};
	for (const auto *row : cause.rows)
		totals[static_cast<size_t>(row->end->verdict.kind)]++;
	std::string out;
	for (size_t i = 0; i < totals.size(); i++)
		if (totals[i] != 0)
			out += fmt::format("{}{} {}", out.empty() ? "" : ", ", totals[i],
					   to_string(static_cast<VerdictKind>(i)));
	return out;
}

/// Of one sort of thing that a cause reaches: how many, and which.
std::string listed(const std::vector<std::string> &all, std::string_view noun)
{
	if (all.size() == 1)
		return all.front();
	return fmt::format("{}: {}", counted(all.size(), noun), fmt::join(all, " "));
}

std::string reach_text(const Cause &cause)
{
	const auto reach = reach_of(cause);
	return labelled("    reaches    ", listed(reach.calls, "call")) +
	       labelled("    on         ", listed(reach.places, "place")) +
	       labelled("    object     ", listed(reach.states, "state")) +
	       labelled("    mode       ", listed(reach.modes, "mode")) +
	       labelled("    offsets    ",
			offsets_text({reach.offsets.begin(), reach.offsets.end()}));
}

/// Whether the position matters: what the calls of a hang did at other offsets.
std::string position_text(const Digest &all, const Cause &cause)
{
	std::set<std::string> groups;
	std::set<uint64_t> hung, ended, only_ended;
	for (const auto *row : cause.rows)
		groups.insert(row->end->group);
	for (const auto &row : all.rows) {
		const auto kind = row.end->verdict.kind;
		if (row.parts.control || kind == VerdictKind::skip || kind == VerdictKind::broken ||
		    !groups.contains(row.end->group))
			continue;
		(went_on(kind) ? ended : hung).insert(row.parts.offset);
	}
	if (hung.size() < 2 && ended.empty())
		return fmt::format("not known: only offset {} was tried", offsets_text(hung));
	std::ranges::set_difference(ended, hung, std::inserter(only_ended, only_ended.end()));
	if (only_ended.empty())
		return "does not matter: hangs at every offset tried: " + offsets_text(hung);
	return fmt::format("matters: hangs at offset {}; ends at {}", offsets_text(hung),
			   offsets_text(only_ended));
}

std::string known_text(const Cause &cause)
{
	std::vector<std::pair<const Json *, size_t>> seen; // each explanation, and for how many
	for (const auto *row : cause.rows) {
		const auto &known = row->end->known;
		if (!known.is_object())
			continue;
		const auto same = std::ranges::find_if(
			seen, [&](const auto &entry) { return *entry.first == known; });
		if (same == seen.end())
			seen.emplace_back(&known, 1);
		else
			same->second++;
	}
	std::string out;
	for (const auto &[known, count] : seen) {
		const auto how_many = count == cause.rows.size()
					      ? std::string("yes")
					      : fmt::format("{} of {}", count, cause.rows.size());
		const auto link = text_at(*known, {"link"}), kernels = text_at(*known, {"kernels"});
		out += labelled("    known      ",
				fmt::format("{}: {}{}", how_many, known_words(*known),
					    kernels.empty() ? "" : " (kernels " + kernels + ")"));
		out += link.empty() ? "" : labelled("               ", link, 4);
		if (const auto source = text_at(*known, {"source"}); !source.empty())
			out += "    public     " + plain(source) + '\n'; // to be pasted, whole
	}
	return out;
}

/// The last words of the machine that was lost in a point.
std::string console_text(const Journal &journal, const std::string &id)
{
	constexpr size_t most_lines = 16;
	std::string out;
	for (const auto &restart : journal.restarts) {
		const auto &console = value_at(restart, {"console"});
		if (text_at(restart, {"after"}) != id || !console.is_array())
			continue;
		out = "    console\n";
		for (size_t i = console.size() - std::min(console.size(), most_lines);
		     i < console.size(); i++)
			if (console[i].is_string())
				out += labelled("      ", console[i].get<std::string>(), 2);
	}
	return out;
}

std::string entry_text(const Digest &all, const Cause &cause, size_t number)
{
	const auto &end = *cause.shortest->end;
	const auto &run = run_of(*all.journal, &end);
	std::string out =
		"\n" + labelled(fmt::format("{:2}. ", number),
				fmt::format("{}: {}, {} {}: {}", to_string(cause.severity),
					    cause.key.function, to_string(cause.key.rule),
					    title(cause.key.rule), verdicts_text(cause)));
	out += labelled("    cause      ", cause.id);
	out += reach_text(cause);
	if (!went_on(end.verdict.kind))
		out += labelled("    position   ", position_text(all, cause));
	out += known_text(cause);
	out += confirmed_text(*all.journal, cause);
	out += "    shown by\n" + id_line(4, end.id);
	out += labelled("    rule       ", rule_text(cause.key.rule) + other_rules(cause));
	out += labelled("    promise    ", end.promise.empty() ? "not recorded" : end.promise, 2);
	out += labelled("    because    ", end.verdict.reason);
	for (const auto &note : end.verdict.notes)
		out += labelled("    note       ", note, 3);
	out += evidence_text(end.seen);
	if (end.verdict.kind == VerdictKind::crash)
		out += console_text(*all.journal, end.id);
	out += reproduced_text(*all.journal, cause);
	const auto measured = measured_privilege(*all.journal, cause);
	out += labelled("    privilege  ",
			privilege(run, end.id).words + (measured.empty() ? "" : "; " + measured));
	if (security_matter(all, cause))
		out += "    report to  security@kernel.org first, before any public list:\n"
		       "               Documentation/process/security-bugs.rst\n";
	out += "    alone with\n" + reproduce_command(run, end.id) + "\n";
	return out;
}

} // namespace

std::string causes_text(const Digest &all)
{
	const auto causes = causes_of(all);
	if (causes.empty())
		return headline("Causes") + "None: no point violates a rule.\n";
	size_t points = 0;
	for (const auto &cause : causes)
		points += cause.rows.size();
	std::string out = headline("Causes");
	out += labelled("",
			fmt::format("{} of {}. A cause is a kernel function and the rule that "
				    "is broken there; what it shows is the shortest id.",
				    counted(causes.size(), "cause"), counted(points, "violation")));
	out += confirmed_summary(all);
	size_t number = 0;
	for (const auto &cause : causes)
		out += entry_text(all, cause, ++number);
	return out;
}

} // namespace tagtrap
