// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/board_run_checks.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <sstream>

#include "harness/sys/file.h"

namespace tagtrap {

Verdicts verdicts_on_board(const Journal &journal)
{
	Verdicts all;
	for (const auto &end : journal.ends) {
		std::string words(to_string(end.verdict.kind));
		for (const auto rule : end.verdict.rules)
			words += fmt::format(" {}", to_string(rule));
		all[end.id] = words;
	}
	return all;
}

BoardDifferences differences_on_board(const Verdicts &undisturbed, const Journal &disturbed)
{
	BoardDifferences found;
	const auto verdicts = verdicts_on_board(disturbed);
	if (verdicts.size() != undisturbed.size())
		found.odd = "points are missing";
	std::set<std::string> crashed;
	for (const auto &end : disturbed.ends)
		if (end.verdict.kind == VerdictKind::crash)
			crashed.insert(end.id);
	found.crashed = crashed.size();
	for (const auto &end : disturbed.ends) {
		const auto before = undisturbed.find(end.id);
		const auto &now = verdicts.at(end.id);
		const bool lost_control = end.verdict.kind == VerdictKind::broken &&
					  std::ranges::any_of(crashed, [&](const std::string &id) {
						  return end.verdict.reason.starts_with(
							  fmt::format("its control {} fails", id));
					  });
		if (before == undisturbed.end() ||
		    (before->second != now && !crashed.contains(end.id) && !lost_control))
			found.odd = fmt::format("{} is {}: {}", end.id, now, end.verdict.reason);
	}
	return found;
}

size_t lines_with(const std::filesystem::path &file, std::string_view word)
{
	if (!std::filesystem::exists(file))
		return 0;
	size_t count = 0;
	std::istringstream in(sys::read_file(file));
	for (std::string line; std::getline(in, line);)
		count += line.find(word) != std::string::npos ? 1 : 0;
	return count;
}

std::string doubled_in(const std::filesystem::path &journal)
{
	std::set<std::string> seen;
	std::istringstream in(sys::read_file(journal));
	for (std::string line; std::getline(in, line);)
		if (const Json event = parse_json_or_discard(line);
		    event.is_object() && event.value("event", "") == "end")
			if (const std::string id = event["id"]; !seen.insert(id).second)
				return id;
	return "";
}

} // namespace tagtrap
