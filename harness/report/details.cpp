// SPDX-License-Identifier: GPL-2.0-only
// What else there is to know of a run, behind all that was found: the machine in full, restarts,
// what was not checked, and QEMU's own command line last.
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

#include "harness/report/parts.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

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

/// QEMU as it was started first.
std::string command_text(const Json &run)
{
	std::vector<std::string> words;
	if (const auto &command = value_at(run, {"machine", "command"}); command.is_array())
		for (const auto &word : command)
			words.push_back(word.is_string() ? word.get<std::string>() : word.dump());
	return words.empty() ? "" : "Started as\n" + shell_lines(words, 2);
}

} // namespace

std::string details_text(const Digest &all, const Matrix &cells)
{
	const auto &journal = *all.journal;
	const auto &run = run_of(journal, nullptr);
	auto out = headline("Details");
	out += item("Build", text_at(run, {"kernel", "version"}));
	if (auto package = text_at(run, {"machine", "package"}); !package.empty())
		out += item("Package",
			    package + " " + text_at(run, {"machine", "package_version"}));
	out += item("Config", text_at(run, {"kernel", "config_hash"}));
	out += item("Booted with", text_at(run, {"kernel", "cmdline"}));
	out += item("Preferred", words_at(run, {"cpu", "mte_tcf_preferred"}));
	auto pin = text_at(run, {"signal", "pin"});
	out += item("Signal", (pin.empty() ? "unknown" : pin) + " (--signal)");
	out += item("Seed", number_text_at(run, {"seed"}));
	std::set<std::string> variants;
	for (const auto &each : journal.runs)
		variants.insert(text_at(each, {"machine", "variant"}));
	for (const auto &variant : variants)
		if (!variant.empty() && variant != "plain")
			out += item("Also booted", "as variant " + variant);
	out += machines_text(journal);
	out += restarts_text(journal);
	out += closed_text(all);
	return out + uncovered_text(all, cells) + command_text(run);
}

} // namespace tagtrap
