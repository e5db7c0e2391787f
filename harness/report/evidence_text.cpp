// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>

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

double in_seconds(uint64_t nanoseconds)
{
	return static_cast<double>(nanoseconds) / 1e9;
}

double in_ms(uint64_t nanoseconds)
{
	return static_cast<double>(nanoseconds) / 1e6;
}

std::string watched_text(const Hang &hang)
{
	std::string out = fmt::format("no exit within {:.1f} s", in_seconds(hang.watched_ns));
	const std::string_view heart = readable(hang.heart);
	if (hang.shortened)
		out += fmt::format(" ({} was watched in full before)",
				   heart.empty() ? "the same stack" : heart);
	if (hang.load_percent != 100)
		out += fmt::format("; machine at {}% of its calibrated speed", hang.load_percent);
	return out;
}

std::string killed_text(const Hang &hang)
{
	const std::string_view what =
		hang.killable ? "it died (killable)" : "IT SURVIVED (unkillable)";
	if (hang.kill_ns == 0)
		return std::string(what);
	return fmt::format("{}, {} {:.0f} ms", what, hang.killable ? "after" : "looked at for",
			   in_ms(hang.kill_ns));
}

std::string made_text(const GoodRun &run)
{
	switch (run.made) {
	case Made::ended:
		return fmt::format("ended in {:.2f} ms", in_ms(run.elapsed_ns));
	case Made::no_end:
		return "DID NOT END";
	case Made::failed:
		return "could not be prepared";
	case Made::wanted:
		return "to be made on another machine, and was not";
	case Made::impossible:
		return "not possible: this machine is not as it was";
	case Made::none:
		break;
	}
	return "not made";
}

std::string meanwhile_text(const Hang &hang)
{
	const auto grown = rates(hang);
	const auto per_second = [&grown](uint64_t count) {
		return grown.seconds > 0 ? static_cast<double>(count) / grown.seconds : 0.0;
	};
	return fmt::format(
		"state {}{}; in {:.1f} s {} system and {} user ticks ({:.1f}/s), {} minor "
		"faults ({:.0f}/s), {} voluntary switches ({:.1f}/s)",
		std::string(1, hang.last.state),
		hang.worker ? " (a kernel worker that acts for the caller)" : "", grown.seconds,
		grown.system_ticks, grown.user_ticks,
		per_second(grown.system_ticks + grown.user_ticks), grown.minor_faults,
		grown.faults_per_s, grown.voluntary_switches, grown.switches_per_s);
}

std::string others_text(const Hang &hang)
{
	std::string out = fmt::format("a second task finished {} meanwhile",
				      counted(hang.others_progress, "operation"));
	if (hang.others_baseline >= 0)
		out += fmt::format(", {} without it", hang.others_baseline);
	return out;
}

std::string stacks_text(const Hang &hang)
{
	const StackCounts stacks = histogram(hang);
	if (stacks.rows.empty())
		return "    stack      none could be read\n";
	std::string out;
	uint64_t shown = 0;
	for (const auto &[stack, count] : stacks.rows) {
		out += fmt::format("    stack      {} of {}\n", counted(count, "sample"),
				   stacks.samples);
		out += stack_lines(stack);
		shown += count;
	}
	if (shown < stacks.samples)
		out += fmt::format("    stack      {} of {}: others\n",
				   counted(stacks.samples - shown, "sample"), stacks.samples);
	return out;
}

} // namespace

std::string evidence_text(const Observation &seen)
{
	const auto &hang = seen.hang;
	if (!hang.seen)
		return {};
	std::string out;
	out += labelled("    watched    ", watched_text(hang));
	out += labelled("    SIGKILL    ", killed_text(hang));
	if (hang.paired)
		out += labelled("    good tag   ",
				fmt::format("right before: {}; afterwards, on a fresh object: {}",
					    made_text(seen.before), made_text(seen.after)));
	out += labelled("    meanwhile  ", meanwhile_text(hang));
	if (hang.others_measured)
		out += labelled("    others     ", others_text(hang));
	if (auto wchan = readable(hang.wchan); !wchan.empty())
		out += labelled("    wchan      ", wchan);
	if (auto call = readable(hang.syscall); !call.empty())
		out += labelled("    syscall    ", call);
	if (auto heart = readable(hang.heart); !heart.empty())
		out += labelled("    heart      ", heart);
	if (auto innermost = readable(hang.innermost); !innermost.empty())
		out += labelled("    innermost  ", innermost);
	return out + stacks_text(hang);
}

} // namespace tagtrap
