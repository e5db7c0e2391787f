// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>
#include <map>

#include "harness/report/cause.h"
#include "harness/report/known.h"
#include "harness/report/report.h"
#include "harness/report/rest.h"
#include "harness/report/status.h"
#include "harness/report/suites.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

constexpr size_t most_text = 1024;

std::string without_hash(std::string_view text)
{
	std::string out;
	for (char c : text) {
		if (c == '#')
			out += "\\x23";
		else
			out += c;
	}
	return out;
}

/// Text behind the `#` of a diagnostic line that no KTAP parser takes for structure: the kernel's
/// stops reading at some words that a console prints when a machine goes down.
std::string diagnostic(std::string_view text, size_t most = most_text)
{
	static constexpr std::string_view stops[] = {
		"List of all partitions:",
		"Kernel panic - not syncing: VFS:",
		"reboot: System halted",
	};
	std::string out = plain(text);
	for (auto stop : stops)
		for (size_t at; (at = out.find(stop)) != std::string::npos;)
			out.replace(at + stop.find(':'), 1, "\\x3a");
	if (out.size() > most)
		out = out.substr(0, most) + " ...";
	while (out.ends_with(' '))
		out.pop_back();
	return out;
}

/// The same in a line that says how a test went, where another `#` would start a directive.
std::string harmless(std::string_view text, size_t most = most_text)
{
	return diagnostic(without_hash(text), most);
}

bool ok(VerdictKind kind)
{
	return kind == VerdictKind::pass || kind == VerdictKind::unchecked ||
	       kind == VerdictKind::skip;
}

std::string directive(VerdictKind kind, std::string_view reason)
{
	if (kind != VerdictKind::skip)
		return {};
	auto text = harmless(reason);
	return " # SKIP " + (text.empty() ? "no reason was given" : text);
}

std::string point_lines(const Row &row, size_t number)
{
	const auto &end = *row.end;
	const auto &verdict = end.verdict;
	// Names are not cut: a parser tells points, and a test from its subtests, by them.
	auto name = harmless(end.id, std::string::npos);
	std::string out;
	auto diagnose = [&](std::string_view what, std::string_view text) {
		out += fmt::format("    # {}: {}: {}\n", name, what, diagnostic(text));
	};
	if (verdict.kind != VerdictKind::pass && verdict.kind != VerdictKind::skip) {
		std::string what(to_string(verdict.kind));
		for (auto rule : verdict.rules)
			what += " " + std::string(to_string(rule));
		diagnose(what, verdict.reason);
	}
	for (const auto &note : verdict.notes)
		diagnose("note", note);
	if (end.known.is_object())
		diagnose("known", known_words(end.known) + " " + text_at(end.known, {"link"}));
	return out + fmt::format("    {} {} {}{}\n", ok(verdict.kind) ? "ok" : "not ok", number,
				 name, directive(verdict.kind, verdict.reason));
}

/// What every form of the report begins with, the plan excepted.
std::string ktap_head(const Journal &journal)
{
	const auto &run = run_of(journal, nullptr);
	std::string out = "KTAP version 1\n";
	const auto pin = diagnostic(text_at(run, {"signal", "pin"}));
	out += fmt::format("# Tagtrap {} on {}, contract {}{}\n",
			   diagnostic(text_at(run, {"suite", "version"})),
			   diagnostic(text_at(run, {"kernel", "release"})),
			   diagnostic(text_at(run, {"contract", "name"})),
			   pin.empty() ? "" : fmt::format(", signal {} (--signal)", pin));
	if (const auto build = text_at(run, {"kernel", "version"}); !build.empty())
		out += fmt::format("# build {}\n", diagnostic(build));
	if (const auto ours = own_kernel_text(run); !ours.empty())
		out += fmt::format("# {}\n", diagnostic(ours));
	if (journal.finish.is_null())
		out += "# the run did not finish\n";
	const auto rest = rest_of(journal);
	if (rest.missing != 0)
		out += fmt::format("# {} of {} planned without a result: {}\n",
				   counted(rest.missing, "point"), rest.planned,
				   diagnostic(rest.why));
	return out;
}

/// A plan of none is an error to the kernel's parser, rightly so; say why at least.
std::string no_suites(const Journal &journal)
{
	return exit_status(journal) == nothing_judged
		       ? "1..1\nok 1 tagtrap # SKIP no point was run\n"
		       : "1..1\nnot ok 1 tagtrap: points without a result\n";
}

bool is_whole(const Journal &journal)
{
	return rest_of(journal).missing == 0 && !journal.finish.is_null();
}

/// How a suite went, as a line of its own.
std::string suite_line(const Suite &suite, size_t number)
{
	bool good = true, skipped = true;
	for (const auto *row : suite.rows) {
		const auto kind = row->end->verdict.kind;
		good &= ok(kind);
		skipped &= kind == VerdictKind::skip;
	}
	return fmt::format("{} {} {}{}\n", good ? "ok" : "not ok", number,
			   harmless(suite.name, std::string::npos),
			   skipped ? " # SKIP every point was skipped" : "");
}

/// A whole report; `tell` has the lines of one suite by its number.
template <class Tell> std::string with_suites(const Journal &journal, Tell &&tell)
{
	const auto all = digest(journal);
	const auto suites = suites_of(all);
	auto out = ktap_head(journal);
	if (suites.empty())
		return out + no_suites(journal);
	const bool whole = is_whole(journal);
	out += fmt::format("1..{}\n", suites.size() + (whole ? 0 : 1));
	size_t number = 0;
	for (const auto &suite : suites)
		out += tell(suite, ++number);
	// Points that nobody ran are no success, whatever the others say.
	if (!whole)
		out += fmt::format("not ok {} tagtrap: points without a result\n", number + 1);
	return out;
}

} // namespace

std::vector<Suite> suites_of(const Digest &all)
{
	std::vector<Suite> suites;
	std::map<std::string, size_t> where;
	for (const auto &row : all.rows) {
		auto name = row.parts.call + "/" + row.parts.place;
		auto [at, added] = where.try_emplace(name, suites.size());
		if (added)
			suites.push_back({name, {}});
		suites[at->second].rows.push_back(&row);
	}
	return suites;
}

std::string ktap_report(const Journal &journal)
{
	return with_suites(journal, [](const Suite &suite, size_t number) {
		auto out = fmt::format("    KTAP version 1\n    # Subtest: {}\n    1..{}\n",
				       harmless(suite.name, std::string::npos), suite.rows.size());
		size_t point = 0;
		for (const auto *row : suite.rows)
			out += point_lines(*row, ++point);
		return out + suite_line(suite, number);
	});
}

std::string grouped_ktap_report(const Journal &journal)
{
	return with_suites(journal, [](const Suite &suite, size_t number) {
		Totals totals = {};
		std::map<std::string, size_t> causes;
		for (const auto *row : suite.rows) {
			totals[static_cast<size_t>(row->end->verdict.kind)]++;
			if (!violates(row->end->verdict.kind))
				continue;
			const auto key = cause_key(*row->end);
			causes[fmt::format("cause {}: {} {}", cause_id(key), key.function,
					   to_string(key.rule))]++;
		}
		std::string counts;
		for (size_t i = 0; i < totals.size(); i++)
			if (totals[i] != 0)
				counts += fmt::format(" {} {}", totals[i],
						      to_string(static_cast<VerdictKind>(i)));
		auto out =
			fmt::format("# {}:{}\n", harmless(suite.name, std::string::npos), counts);
		for (const auto &[cause, points] : causes)
			out += fmt::format("# {}, {}\n", diagnostic(cause),
					   counted(points, "point"));
		return out + suite_line(suite, number);
	});
}

} // namespace tagtrap
