// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>
#include <map>

#include "harness/report/digest.h"
#include "harness/report/known.h"
#include "harness/report/report.h"
#include "harness/report/rest.h"
#include "harness/report/status.h"
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

struct Suite {
	std::string name;
	std::vector<const Row *> rows;
};

std::vector<Suite> suites_of(const Digest &all)
{
	std::vector<Suite> suites;
	std::map<std::string, size_t> where;
	for (const auto &row : all.rows) {
		auto name = harmless(row.parts.call + "/" + row.parts.place, std::string::npos);
		auto [at, added] = where.try_emplace(name, suites.size());
		if (added)
			suites.push_back({name, {}});
		suites[at->second].rows.push_back(&row);
	}
	return suites;
}

} // namespace

std::string ktap_report(const Journal &journal)
{
	auto all = digest(journal);
	auto suites = suites_of(all);
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
	// A plan of none is an error to the kernel's parser, rightly so; say why at least.
	const bool whole = rest.missing == 0 && !journal.finish.is_null();
	if (suites.empty())
		return out + (exit_status(journal) == nothing_judged
				      ? "1..1\nok 1 tagtrap # SKIP no point was run\n"
				      : "1..1\nnot ok 1 tagtrap: points without a result\n");
	out += fmt::format("1..{}\n", suites.size() + (whole ? 0 : 1));
	size_t number = 0;
	for (const auto &suite : suites) {
		out += "    KTAP version 1\n";
		out += fmt::format("    # Subtest: {}\n    1..{}\n", suite.name, suite.rows.size());
		bool good = true, skipped = true;
		size_t point = 0;
		for (const auto *row : suite.rows) {
			auto kind = row->end->verdict.kind;
			good &= ok(kind);
			skipped &= kind == VerdictKind::skip;
			out += point_lines(*row, ++point);
		}
		out += fmt::format("{} {} {}{}\n", good ? "ok" : "not ok", ++number, suite.name,
				   skipped ? " # SKIP every point was skipped" : "");
	}
	// Points that nobody ran are no success, whatever the others say.
	if (!whole)
		out += fmt::format("not ok {} tagtrap: points without a result\n", number + 1);
	return out;
}

} // namespace tagtrap
