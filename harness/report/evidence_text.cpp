// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "harness/model/evidence.h"
#include "harness/report/parts.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

constexpr size_t most_frames = 16;

std::string stack_lines(std::string_view stack)
{
	std::string out;
	size_t frames = 0;
	while (!stack.empty()) {
		auto at = stack.find('\n');
		auto line = stack.substr(0, at);
		stack.remove_prefix(at == std::string_view::npos ? stack.size() : at + 1);
		if (line.empty())
			continue;
		if (++frames > most_frames) {
			out += "      ...\n";
			break;
		}
		out += labelled("      ", line, 2);
	}
	return out;
}

} // namespace

std::string evidence_text(const Observation &seen)
{
	const auto &hang = seen.hang;
	if (!hang.seen)
		return {};
	auto grown = rates(hang);
	std::string out;
	out += labelled(
		"    watched    ",
		fmt::format("{:.1f} s{}, then SIGKILL: {}{}",
			    static_cast<double>(hang.watched_ns) / 1e9,
			    hang.shortened ? " (same stack was watched in full before)" : "",
			    hang.killable ? "it died (killable)" : "IT SURVIVED (unkillable)",
			    hang.load_percent != 100
				    ? fmt::format("; machine at {}% of its calibrated speed",
						  hang.load_percent)
				    : ""));
	out += labelled(
		"    meanwhile  ",
		fmt::format("state {}{}; in {:.1f} s {} system and {} user ticks, {:.0f} "
			    "minor faults/s, {:.1f} voluntary switches/s",
			    std::string(1, hang.last.state),
			    hang.worker ? " (a kernel worker that acts for the caller)" : "",
			    grown.seconds, grown.system_ticks, grown.user_ticks, grown.faults_per_s,
			    grown.switches_per_s));
	if (hang.others_measured)
		out += labelled("    others     ",
				fmt::format("a second task finished {} meanwhile",
					    counted(hang.others_progress, "operation")));
	if (auto wchan = readable(hang.wchan); !wchan.empty())
		out += labelled("    wchan      ", wchan);
	if (auto call = readable(hang.syscall); !call.empty())
		out += labelled("    syscall    ", call);

	std::map<std::string_view, size_t> times;
	size_t samples = 0;
	for (const auto &stack : hang.stacks)
		if (auto text = readable(stack); !text.empty()) {
			times[text]++;
			samples++;
		}
	size_t shown = 0;
	for (const auto &stack : hang.stacks) {
		auto text = readable(stack);
		auto found = times.find(text);
		if (found == times.end())
			continue;
		out += fmt::format("    stack      {} of {}\n", counted(found->second, "sample"),
				   samples);
		out += stack_lines(text);
		times.erase(found);
		shown++;
	}
	if (shown == 0)
		out += "    stack      none could be read\n";
	return out;
}

} // namespace tagtrap
