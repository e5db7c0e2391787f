// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

#include "harness/report/parts.h"
#include "harness/report/rest.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

std::string joined(const Json &list)
{
	std::string out;
	if (list.is_array())
		for (const auto &word : list)
			if (word.is_string())
				out += (out.empty() ? "" : " ") + word.get<std::string>();
	return out;
}

std::string or_unknown(const std::string &text)
{
	return text.empty() ? "unknown" : text;
}

std::string number_at(const Json &event, std::initializer_list<const char *> path)
{
	const auto &value = value_at(event, path);
	return value.is_number() ? value.dump() : "unknown";
}

std::string machine_text(const Json &run)
{
	auto kind = text_at(run, {"machine", "kind"});
	if (kind != "qemu")
		return item("Machine", or_unknown(kind) + " " + text_at(run, {"machine", "model"}));
	auto out = item("Machine", "QEMU " + or_unknown(text_at(run, {"machine", "qemu_version"})));
	std::vector<std::string> words;
	if (const auto &command = value_at(run, {"machine", "command"}); command.is_array())
		for (const auto &word : command)
			words.push_back(word.is_string() ? word.get<std::string>() : word.dump());
	return words.empty() ? out : out + shell_lines(words, 2);
}

std::string kernel_text(const Json &run)
{
	auto out = item("Kernel", or_unknown(text_at(run, {"kernel", "release"})));
	out += item("Build", text_at(run, {"kernel", "version"}));
	if (auto package = text_at(run, {"machine", "package"}); !package.empty())
		out += item("Package",
			    package + " " + text_at(run, {"machine", "package_version"}));
	out += item("Config", text_at(run, {"kernel", "config_hash"}));
	out += item("Booted with", text_at(run, {"kernel", "cmdline"}));
	return out + item("Reference", own_kernel_text(run));
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

std::string restarts_text(const Journal &journal)
{
	std::string out;
	for (const auto &restart : journal.restarts) {
		auto why = text_at(restart, {"why"}), after = text_at(restart, {"after"});
		bool named = after.empty() || why.find(after) != std::string::npos;
		out += item("Restart", why + (named ? "" : ", in"), 4);
		out += named ? "" : id_line(12, after);
	}
	return out;
}

/// How long machines took until they could go on, from the loss of the one before.
std::string machines_text(const Journal &journal)
{
	std::map<std::string, std::vector<double>> seconds;
	for (const auto &machine : journal.machines)
		if (const auto &passed = value_at(machine, {"seconds"}); passed.is_number())
			seconds[text_at(machine, {"how"})].push_back(passed.get<double>());
	if (journal.machines.size() < 2)
		return {};
	std::vector<std::string> parts;
	for (auto &[how, all] : seconds) {
		std::ranges::sort(all);
		parts.push_back(all.size() == 1
					? fmt::format("1 {} in {:.1f} s", how, all.front())
					: fmt::format("{} {} in {:.1f} to {:.1f} s each",
						      all.size(), how, all.front(), all.back()));
	}
	return item("Machines", fmt::format("{}", fmt::join(parts, ", ")), 4);
}

/// Calls that showed nothing on a place, for "no report" is easily read as "no fault".
std::string uncovered_text(const Digest &all, const Matrix &cells)
{
	std::string out;
	for (const auto &call : all.calls) {
		std::map<std::string_view, std::vector<std::string>> why;
		size_t known_places = 0;
		for (const auto &place : all.places) {
			auto found = cells.find({call, place});
			known_places += found != cells.end();
			if (found == cells.end() || found->second.noticed)
				continue;
			const auto &cell = found->second;
			auto skipped = cell.totals[static_cast<size_t>(VerdictKind::skip)];
			size_t points = 0;
			for (auto count : cell.totals)
				points += count;
			std::string_view reason = skipped == points ? "all skipped"
						  : cell.pinned     ? "unchecked by design"
								    : "no fault was seen";
			why[reason].push_back(place);
		}
		for (const auto &[reason, names] : why)
			out += item("",
				    fmt::format("{}: {} ({})", call,
						names.size() > 1 && names.size() == known_places
							? "everywhere"
							: fmt::format("{}", fmt::join(names, " ")),
						reason),
				    3);
	}
	if (out.empty())
		return item("Not checked", "nothing: every call was checked on every place");
	return item("Not checked", "no point with a checked access that faulted in") + out;
}

std::string plan_text(const Journal &journal, const Json &run)
{
	auto text = fmt::format("{}, {} points", or_unknown(text_at(run, {"plan", "level"})),
				number_at(run, {"plan", "points"}));
	if (const auto controls = controls_planned(journal); controls != 0)
		text += " and " + counted(controls, "control") + " that they need";
	if (const auto &left_out = value_at(run, {"plan", "excluded"});
	    left_out.is_number() && left_out != 0)
		text += fmt::format(", {} left out by ~SPEC", left_out.dump());
	text += ", seed " + number_at(run, {"seed"});
	if (value_at(run, {"plan", "every_point"}) == true)
		text += ", every point (--every-point)";
	return item("Plan", text);
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

std::string head_text(const Digest &all, const Matrix &cells)
{
	const auto &journal = *all.journal;
	const auto &run = run_of(journal, nullptr);
	auto title = fmt::format("Tagtrap {} ({})", or_unknown(text_at(run, {"suite", "version"})),
				 or_unknown(text_at(run, {"suite", "commit"})));
	std::string out = labelled("", title, 2);
	out += labelled("", "System calls with a bad MTE granule in the caller's buffer", 2);
	out += '\n';
	out += kernel_text(run);
	out += machine_text(run);
	auto preferred = joined(value_at(run, {"cpu", "mte_tcf_preferred"}));
	out += item("CPU", or_unknown(joined(value_at(run, {"cpu", "features"}))) +
				   (preferred.empty() ? "" : "; mte_tcf_preferred " + preferred));
	out += item("Page size", number_at(run, {"page_size"}));
	out += item("Contract",
		    fmt::format("{}: {}", or_unknown(text_at(run, {"contract", "name"})),
				or_unknown(text_at(run, {"contract", "why"}))));
	out += item("Signal", or_unknown(text_at(run, {"signal", "pin"})) + " (--signal)");
	out += ground_text(journal);
	out += plan_text(journal, run);
	out += item("Rerun of", text_at(journal.rerun, {"of"}));
	out += time_limit_text(run, all);
	out += item("Only", joined(value_at(run, {"plan", "specs"})));
	std::set<std::string> variants;
	for (const auto &each : journal.runs)
		variants.insert(text_at(each, {"machine", "variant"}));
	for (const auto &variant : variants)
		if (!variant.empty() && variant != "plain")
			out += item("Also booted", "as variant " + variant);
	out += item("User", value_at(run, {"privileged"}) == false ? "unprivileged" : "root");
	out += complaints_text(journal, all);
	out += early_complaints_text(journal);
	out += suspects_text(journal);
	out += never_checked_text(journal);
	out += state_text(journal);
	out += machines_text(journal);
	out += restarts_text(journal);
	out += closed_text(all);
	return out + uncovered_text(all, cells);
}

} // namespace tagtrap
