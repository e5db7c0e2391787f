// SPDX-License-Identifier: GPL-2.0-only
// What the head says of the machine: preflight, and what became of the kernel's copies in it.
#include <algorithm>
#include <fmt/format.h>

#include "harness/report/parts.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

std::string preflight_text(const Journal &journal)
{
	if (journal.preflights.empty())
		return item("Preflight", "none was recorded");
	std::string out;
	for (const auto &preflight : journal.preflights) {
		const auto &checks = value_at(preflight, {"checks"});
		auto status = text_at(preflight, {"status"});
		if (status.empty())
			status = "unknown";
		if (status == "ok" && &preflight != &journal.preflights.front())
			continue; // each machine start has one
		out += item("Preflight",
			    fmt::format("{}, {}", status,
					counted(checks.is_array() ? checks.size() : 0, "check")));
		if (!checks.is_array())
			continue;
		for (const auto &check : checks)
			if (value_at(check, {"ok"}) != true)
				out += item("", fmt::format("{}: expected {}, saw {}",
							    text_at(check, {"name"}),
							    text_at(check, {"expected"}),
							    text_at(check, {"seen"})));
	}
	return out;
}

/// Kernel copies that did not do what their tags ask for: the machine is fit to be judged by all
/// the same, and the kernel is.
std::string copies_text(const Journal &journal)
{
	std::vector<std::string> lines;
	for (const auto &preflight : journal.preflights) {
		const auto &copies = value_at(preflight, {"copies"});
		if (!copies.is_array())
			continue;
		for (const auto &copy : copies) {
			auto line = fmt::format("{}: {}", text_at(copy, {"name"}),
						text_at(copy, {"seen"}));
			if (value_at(copy, {"ok"}) != true &&
			    std::ranges::find(lines, line) == lines.end())
				lines.push_back(line); // once, not at each machine start
		}
	}
	std::string out;
	for (const auto &line : lines)
		out += item(out.empty() ? "Copies" : "", line);
	return out;
}

} // namespace

std::string ground_text(const Journal &journal)
{
	return preflight_text(journal) + copies_text(journal);
}

} // namespace tagtrap
