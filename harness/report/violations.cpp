// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "harness/report/command.h"
#include "harness/report/confirm.h"
#include "harness/report/known.h"
#include "harness/report/parts.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

bool hangs(VerdictKind kind)
{
	return kind == VerdictKind::livelock || kind == VerdictKind::deadlock;
}

std::string joined(const std::set<uint64_t> &offsets)
{
	std::string out;
	for (auto offset : offsets)
		out += fmt::format("{}{}", out.empty() ? "" : ", ", offset);
	return out;
}

std::string offsets_text(const std::set<uint64_t> &offsets)
{
	if (offsets.size() <= 6)
		return joined(offsets);
	return fmt::format("{}..{} ({} different)", *offsets.begin(), *offsets.rbegin(),
			   offsets.size());
}

std::string rule_text(Rule rule)
{
	return fmt::format("{} {} ({})", to_string(rule), title(rule), source(rule));
}

/// The other rules that all or some of the points broke as well.
std::string other_rules(const Violation &violation)
{
	std::set<Rule> others;
	for (const auto *row : violation.rows)
		others.insert(row->end->verdict.rules.begin(), row->end->verdict.rules.end());
	others.erase(violation.rule);
	std::string out;
	for (auto rule : others)
		out += "; also " + rule_text(rule);
	return out;
}

struct Tried {
	std::set<uint64_t> hung, ended;
	size_t judged = 0; ///< points of this call, place and mode with a bad granule
};

Tried tried(const Digest &all, const Violation &violation)
{
	std::set<std::string> groups;
	for (const auto *row : violation.rows)
		groups.insert(row->end->group);
	const auto &first = violation.rows[0]->parts;
	Tried out;
	for (const auto &row : all.rows) {
		auto kind = row.end->verdict.kind;
		if (row.parts.control || kind == VerdictKind::skip || kind == VerdictKind::broken ||
		    row.parts.call != first.call || row.parts.place != first.place ||
		    row.parts.mode != first.mode)
			continue;
		out.judged++;
		if (hangs(kind))
			out.hung.insert(row.parts.offset);
		else if (groups.contains(row.end->group))
			out.ended.insert(row.parts.offset);
	}
	return out;
}

std::string position_text(const Tried &seen)
{
	if (seen.hung.size() < 2 && seen.ended.empty())
		return fmt::format("not known: only offset {} was tried", joined(seen.hung));
	auto hung = offsets_text(seen.hung);
	std::set<uint64_t> both, only_ended;
	std::ranges::set_difference(seen.ended, seen.hung,
				    std::inserter(only_ended, only_ended.end()));
	if (only_ended.empty())
		return "does not matter: hangs at every offset tried: " + hung;
	return fmt::format("matters: hangs at offset {}; ends at {}", hung,
			   offsets_text(only_ended));
}

std::string known_text(const Violation &violation)
{
	std::vector<std::pair<const Json *, size_t>> seen; // each explanation, and for how many
	for (const auto *row : violation.rows) {
		const auto &known = row->end->known;
		if (!known.is_object())
			continue;
		auto same = std::ranges::find_if(
			seen, [&](const auto &entry) { return *entry.first == known; });
		if (same == seen.end())
			seen.emplace_back(&known, 1);
		else
			same->second++;
	}
	std::string out;
	for (const auto &[known, count] : seen) {
		auto how_many = count == violation.rows.size()
					? std::string("yes")
					: fmt::format("{} of {}", count, violation.rows.size());
		const auto link = text_at(*known, {"link"}), kernels = text_at(*known, {"kernels"});
		out += labelled("    known      ",
				fmt::format("{}: {}{}", how_many, known_words(*known),
					    kernels.empty() ? "" : " (kernels " + kernels + ")"));
		out += link.empty() ? "" : labelled("               ", link, 4);
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

std::string entry_text(const Digest &all, const Violation &violation, size_t number)
{
	const auto &row = *violation.shortest;
	const auto &end = *row.end;
	const auto &run = run_of(*all.journal, &end);
	std::set<uint64_t> offsets;
	for (const auto *each : violation.rows)
		offsets.insert(each->parts.offset);
	auto seen = tried(all, violation);
	auto title_line = fmt::format("{}{} {} on {}, {}, rule {}: {}", to_string(violation.kind),
				      violation.unkillable ? " (unkillable)" : "", row.parts.call,
				      row.parts.place, row.parts.mode, to_string(violation.rule),
				      counted(violation.rows.size(), "point"));

	std::string out = "\n" + labelled(fmt::format("{:2}. ", number), title_line);
	out += id_line(4, end.id);
	out += labelled("    rule       ", rule_text(violation.rule) + other_rules(violation));
	out += labelled("    promise    ", end.promise.empty() ? "not recorded" : end.promise, 2);
	out += labelled("    because    ", end.verdict.reason);
	out += labelled("    offsets    ",
			fmt::format("{}; {} of {} judged points of this call, place and mode",
				    offsets_text(offsets), violation.rows.size(),
				    std::max(seen.judged, violation.rows.size())));
	if (hangs(violation.kind))
		out += labelled("    position   ", position_text(seen));
	for (const auto &note : end.verdict.notes)
		out += labelled("    note       ", note, 3);
	out += evidence_text(end.seen);
	if (violation.kind == VerdictKind::crash)
		out += console_text(*all.journal, end.id);
	out += known_text(violation);
	out += confirmed_text(*all.journal, violation);
	auto need = privilege(run, end.id);
	out += labelled("    privilege  ", need.words);
	if (violation.kind != VerdictKind::fail && !need.needed)
		out += "    report to  security@kernel.org first, before any public list:\n"
		       "               Documentation/process/security-bugs.rst\n";
	out += "    alone with\n" + reproduce_command(run, end.id) + "\n";
	return out;
}

} // namespace

std::string violations_text(const Digest &all)
{
	if (all.violations.empty())
		return headline("Violations") + "None.\n";
	size_t points = 0;
	for (const auto &violation : all.violations)
		points += violation.rows.size();
	std::string out = headline("Violations");
	out += labelled("",
			fmt::format("{} in {}. Points equal in verdict, call, place, mode and "
				    "rule are one entry; what it shows is its shortest id.",
				    counted(points, "point"),
				    all.violations.size() == 1
					    ? "1 entry"
					    : fmt::format("{} entries", all.violations.size())));
	out += confirmed_summary(all);
	size_t number = 0;
	for (const auto &violation : all.violations)
		out += entry_text(all, violation, ++number);
	return out;
}

} // namespace tagtrap
