// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/chaos_checks.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <set>

#include "harness/cli/results.h"
#include "harness/report/report.h"
#include "harness/report/status.h"
#include "harness/sys/file.h"

namespace tagtrap {

namespace {

using Result = VmCheck::Result;

std::string differs(const Verdicts &undisturbed, const Verdicts &disturbed)
{
	for (const auto &[id, verdict] : disturbed) {
		const auto before = undisturbed.find(id);
		if (before == undisturbed.end())
			return id + " is no point of the undisturbed run";
		if (before->second != verdict)
			return fmt::format("{} is {}, undisturbed {}", id, verdict, before->second);
	}
	return "";
}

/// How many points have an `end` line; the last line does not count if it is cut.
size_t ends_in(std::string_view text, bool cut)
{
	constexpr std::string_view start = R"({"event":"end","id":")";
	std::set<std::string_view> ids;
	while (!text.empty()) {
		const auto line = text.substr(0, text.find('\n'));
		const bool last = line.size() == text.size();
		if (line.starts_with(start) && !(last && cut))
			ids.insert(line.substr(start.size(),
					       line.find('"', start.size()) - start.size()));
		text.remove_prefix(std::min(line.size() + 1, text.size()));
	}
	return ids.size();
}

/// What is wrong with the journal in `directory`: `text`, cut behind `at` bytes.
std::string wrong_when_cut(std::string_view text, size_t at, const std::filesystem::path &directory)
{
	const auto kept = text.substr(0, at);
	const bool inside =
		at != 0 && text[at - 1] != '\n' && (at == text.size() || text[at] != '\n');
	Journal journal;
	try {
		journal = open_results(directory);
	} catch (const std::exception &error) {
		// There is nothing to read before the machine has told what it is.
		const auto run = kept.find(R"({"event":"run",)");
		const bool due = run == std::string_view::npos ||
				 kept.find('\n', run) == std::string_view::npos;
		return due ? "" : fmt::format("it is not read: {}", error.what());
	}
	if (journal.truncated != inside)
		return fmt::format("it is taken for {}", inside ? "whole" : "cut in a line");
	if (const auto due = ends_in(kept, inside); journal.ends.size() != due)
		return fmt::format("{} of {} points are read", journal.ends.size(), due);
	if (const int status = exit_status(journal); journal.finish.is_null() && status != 3)
		return fmt::format("a run without its end has status {}", status);
	try {
		for (const auto write : {text_report, ktap_report, json_report})
			if (write(journal).empty())
				return "a report of it is empty";
	} catch (const std::exception &error) {
		return fmt::format("it cannot be reported: {}", error.what());
	}
	return "";
}

} // namespace

Verdicts verdicts_of(const Json &report)
{
	Verdicts found;
	for (const auto &point : report.at("points")) {
		auto what = point.at("verdict").get<std::string>();
		for (const auto &rule : point.at("rules"))
			what += ' ' + rule.get<std::string>();
		// A second one for the same id must not hide behind the first.
		auto &verdict = found[point.at("id").get<std::string>()];
		verdict += (verdict.empty() ? "" : " and ") + what;
	}
	return found;
}

VmCheck check_same(const Verdicts &undisturbed, const Verdicts &disturbed,
		   const std::vector<std::string> &listed)
{
	auto wrong = differs(undisturbed, disturbed);
	for (const auto &id : listed)
		if (wrong.empty() && !disturbed.contains(id))
			wrong = id + " was lost";
	return checked("no point is lost or another one than undisturbed", wrong);
}

VmCheck check_part(const Verdicts &undisturbed, const Verdicts &disturbed)
{
	return checked("what was finished says what it says undisturbed",
		       differs(undisturbed, disturbed));
}

VmCheck check_lines(std::string_view text)
{
	const bool whole = text.empty() || text.back() == '\n';
	return checked("the journal has whole lines",
		       whole ? ""
			     : fmt::format("it ends in {}", text.substr(text.rfind('\n') + 1)));
}

VmCheck check_cuts(const std::string &text, std::vector<size_t> cuts,
		   const std::filesystem::path &directory)
{
	const char *const name = "a journal is read wherever it is cut";
	std::filesystem::create_directories(directory);
	const auto file = directory / "journal.jsonl";
	sys::write_file(file, text);
	std::ranges::sort(cuts, std::greater());
	for (const size_t at : cuts) {
		std::filesystem::resize_file(file, at);
		if (const auto wrong = wrong_when_cut(text, at, directory); !wrong.empty())
			return checked(name, fmt::format("behind {} of {} bytes: {}", at,
							 text.size(), wrong));
	}
	return checked(name, "");
}

} // namespace tagtrap
