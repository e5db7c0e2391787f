// SPDX-License-Identifier: GPL-2.0-only
// How the report starts: which kernel, on what, what was covered, and what went wrong with the run.
#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

#include "harness/report/parts.h"
#include "harness/report/rest.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

std::string or_unknown(const std::string &text)
{
	return text.empty() ? "unknown" : text;
}

std::string kernel_text(const Json &run)
{
	auto text = or_unknown(text_at(run, {"kernel", "release"}));
	if (auto version = text_at(run, {"machine", "package_version"}); !version.empty())
		text += ", package " + version;
	return item("Kernel", text) + item("Reference", own_kernel_text(run));
}

std::string machine_text(const Json &run)
{
	const auto kind = text_at(run, {"machine", "kind"});
	auto text = kind == "qemu"
			    ? fmt::format("QEMU {} (TCG, emulated)",
					  or_unknown(text_at(run, {"machine", "qemu_version"})))
			    : or_unknown(kind);
	if (const auto model = text_at(run, {"machine", "model"}); kind != "qemu" && !model.empty())
		text += " " + model;
	const auto features = words_at(run, {"cpu", "features"});
	text += "; " + or_unknown(features.empty() ? text_at(run, {"facts", "arch"}) : features);
	text += "; pages of " + number_text_at(run, {"page_size"}) + " bytes";
	return item("Machine", text);
}

std::string plan_text(const Journal &journal, const Json &run)
{
	auto text = fmt::format("{} plan, {} points", or_unknown(text_at(run, {"plan", "level"})),
				number_text_at(run, {"plan", "points"}));
	if (const auto controls = controls_planned(journal); controls != 0)
		text += " and " + counted(controls, "control") + " that they need";
	if (const auto &left_out = value_at(run, {"plan", "excluded"});
	    left_out.is_number() && left_out != 0)
		text += fmt::format(", {} left out by ~SPEC", left_out.dump());
	if (value_at(run, {"plan", "every_point"}) == true)
		text += ", every point (--every-point)";
	if (const auto &shard = value_at(run, {"plan", "shard"}); shard.is_object())
		text += fmt::format(", part {} of {} (--shard)",
				    number_text_at(run, {"plan", "shard", "number"}),
				    number_text_at(run, {"plan", "shard", "of"}));
	if (value_at(run, {"plan", "merged"}).is_number())
		text += fmt::format(", put together of {} parts",
				    number_text_at(run, {"plan", "merged"}));
	return text;
}

/// Which half of the plan a machine without tags went through.
std::string half_text(const Journal &journal)
{
	if (!ordinary_half(journal))
		return {};
	return item("Half", "ordinary: pages that are missing or forbidden. What needs tags is "
			    "SKIP no-mte");
}

/// What was done, in five lines.
std::string covered_text(const Digest &all, const Json &run)
{
	std::string verdicts;
	for (size_t i = 0; i < all.totals.size(); i++)
		if (all.totals[i] != 0)
			verdicts +=
				fmt::format("{}{} {}", verdicts.empty() ? "" : ", ", all.totals[i],
					    to_string(static_cast<VerdictKind>(i)));
	auto out = half_text(*all.journal);
	out += item("Covered", plan_text(*all.journal, run));
	out += item("", verdicts);
	out += item("",
		    fmt::format("{} on {}: {}", counted(all.calls.size(), "call"),
				counted(all.places.size(), "place"), fmt::join(all.places, " ")),
		    2);
	out += item(
		"",
		fmt::format("contract {} ({}), {}", or_unknown(text_at(run, {"contract", "name"})),
			    or_unknown(text_at(run, {"contract", "why"})),
			    value_at(run, {"privileged"}) == false ? "unprivileged" : "as root"));
	out += item("Only", words_at(run, {"plan", "specs"}));
	out += item("Rerun of", text_at(all.journal->rerun, {"of"}));
	return out + time_limit_text(run, all);
}

/// What is no violation of its own: WARN, and new taints. The rest is under rule P8.
std::string complaints_text(const Journal &journal, const Digest &all)
{
	std::vector<const Row *> rows;
	size_t violations = 0;
	for (const auto &row : all.rows) {
		const auto &rules = row.end->verdict.rules;
		if (std::ranges::find(rules, Rule::p8) != rules.end())
			++violations;
		else if (row.end->seen.kernel_complained)
			rows.push_back(&row);
	}
	const bool read = std::ranges::all_of(journal.runs, [](const Json &run) {
		return value_at(run, {"kernel_log"}) == true;
	});
	std::string out;
	if (violations != 0)
		out = item("Complaints", counted(violations, "point") +
						 " of which the kernel "
						 "complained: rule P8 below");
	else if (rows.empty())
		out = item("Complaints", read ? "none in the kernel's log, no new taint"
					      : "no new taint; the kernel's log was not read, what "
						"leaves no taint was not seen");
	if (rows.empty())
		return out;
	out += item("Complaints", "the kernel warned or was tainted while " +
					  counted(rows.size(), "point") + " ran:");
	for (size_t i = 0; i < std::min<size_t>(rows.size(), 5); i++)
		out += id_line(12, rows[i]->end->id);
	const auto &first = rows[0]->end->seen.complaint;
	if (first[0] != '\0')
		out += item("", std::string(first.data(), strnlen(first.data(), first.size())));
	return rows.size() > 5 ? out + "            ...\n" : out;
}

/// What a kernel said of itself before the first point: in preflight, or at the canary's calls.
std::string early_complaints_text(const Journal &journal)
{
	std::set<std::string> texts;
	for (const auto &run : journal.runs)
		if (auto text = text_at(run, {"complaint"}); !text.empty())
			texts.insert("the kernel complained before the first point: " + text);
	std::string out;
	for (const auto &text : texts)
		out += item("Complaints", text, 3);
	return out;
}

/// Calls that pass every bad granule unchecked are no list of exceptions.
std::string never_checked_text(const Journal &journal)
{
	const std::string intro = "never checked, although declared so (FAIL M1): ";
	const auto names = fmt::format("{}", fmt::join(journal.never_checked, " "));
	return item("Calls", names.empty() ? names : intro + names);
}

/// Blocks of points that had to be run again one by one.
std::string suspects_text(const Journal &journal)
{
	std::string out;
	for (const auto &suspect : journal.suspects) {
		out += item("Suspect",
			    fmt::format("{} ran when the kernel complained, and {} run "
					"again one by one: {}",
					counted(suspect.ids.size(), "point"),
					suspect.ids.size() == 1 ? "was" : "were",
					suspect.complaint),
			    3);
		out += suspect.ids.empty() ? "" : id_line(12, suspect.ids.front());
	}
	return out;
}

std::string state_text(const Journal &journal)
{
	std::string out;
	if (journal.truncated)
		out += item("Journal", "its last line is cut, as after a crash");
	const auto rest = rest_of(journal);
	if (journal.finish.is_null())
		out += item("State", "the run did not finish; this is what it had so far");
	if (rest.missing != 0)
		out += item("Missing", fmt::format("{} of {} planned {} no result: {}",
						   counted(rest.missing, "point"), rest.planned,
						   rest.missing == 1 ? "has" : "have", rest.why));
	else if (!rest.why.empty())
		out += item("Missing", "no point, but the end of the run: " + rest.why);
	if (!journal.unfinished.empty()) {
		out += item("Unfinished", counted(journal.unfinished.size(), "point") +
						  " begun and not ended, the first one:");
		out += id_line(12, journal.unfinished.front());
	}
	return out;
}

} // namespace

std::string head_text(const Digest &all)
{
	const auto &journal = *all.journal;
	const auto &run = run_of(journal, nullptr);
	auto title = fmt::format("Tagtrap {} ({})", or_unknown(text_at(run, {"suite", "version"})),
				 or_unknown(text_at(run, {"suite", "commit"})));
	std::string out = labelled("", title, 2);
	const auto *const what =
		ordinary_half(journal)
			? "System calls with a bad page in the caller's buffer"
			: "System calls with a bad MTE granule in the caller's buffer";
	out += labelled("", what, 2);
	out += '\n';
	out += kernel_text(run);
	out += machine_text(run);
	out += covered_text(all, run);
	out += ground_text(journal);
	out += complaints_text(journal, all);
	out += early_complaints_text(journal);
	out += suspects_text(journal);
	out += never_checked_text(journal);
	return out + state_text(journal);
}

} // namespace tagtrap
