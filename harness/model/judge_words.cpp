// SPDX-License-Identifier: GPL-2.0-only
// Reasons: what was expected and what was seen, in one line.
#include <csignal>
#include <cstring>
#include <fmt/format.h>

#include "harness/model/judge_parts.h"

namespace tagtrap::judging {

namespace {

/// "EFAULT or 1..1600"
std::string range_text(const Demand &wanted)
{
	std::string text = wanted.efault ? "EFAULT" : "";
	const int64_t least = wanted.efault ? std::max<int64_t>(wanted.least, 1) : wanted.least;
	if (least <= wanted.most) {
		if (wanted.efault)
			text += " or ";
		text += least == wanted.most ? fmt::format("{}", least)
					     : fmt::format("{}..{}", least, wanted.most);
	}
	return text;
}

/// Which signal a tag check fault should raise in this run.
std::string due_signal(const Terms &terms)
{
	if (terms.pin == SignalPin::segv)
		return "SIGSEGV";
	if (terms.pin == SignalPin::bus)
		return "SIGBUS";
	return "SIGSEGV or SIGBUS";
}

std::string unchecked_text(const Matter &matter)
{
	if (!matter.demand.faults() || matter.demand.promise.may_be_unchecked.empty())
		return {};
	return fmt::format(" (or {} unchecked)", matter.demand.full);
}

std::string hang_text(const Hang &hang)
{
	return fmt::format(
		"a {} for {} ms: system ticks {:+}, minor faults {:+}, voluntary switches {:+}{}, "
		"{}",
		moved_on(hang) ? "livelock" : "deadlock", hang.watched_ns / 1'000'000,
		static_cast<int64_t>(hang.last.system_ticks - hang.first.system_ticks),
		static_cast<int64_t>(hang.last.minor_faults - hang.first.minor_faults),
		static_cast<int64_t>(hang.last.voluntary_switches - hang.first.voluntary_switches),
		hang.worker ? " in a worker" : "", hang.killable ? "killable" : "unkillable");
}

std::string signals_text(const Observation &seen)
{
	std::string text;
	const auto kept = std::min<uint32_t>(seen.signal_count, max_signals);
	for (uint32_t i = 0; i < kept; i++)
		text += fmt::format("{} {} (code {})", i == 0 ? " and" : ",",
				    signal_text(seen.signals[i].number), seen.signals[i].code);
	if (seen.signal_count > kept)
		text += fmt::format(" and {} more", seen.signal_count - kept);
	if (seen.stop_count > 0)
		text += fmt::format(" and {} signal stop(s) for {}", seen.stop_count,
				    signal_text(seen.stop.number));
	if (seen.awaited)
		text += " and a signal taken by sigwait";
	if (seen.pending_after && !seen.pending_before)
		text += " and a signal left pending";
	return text;
}

} // namespace

std::string result_text(int64_t result)
{
	if (result >= 0 || result < -4095) // -MAX_ERRNO
		return fmt::format("{}", result);
	const char *name = strerrorname_np(static_cast<int>(-result));
	return name != nullptr ? name : fmt::format("errno {}", -result);
}

std::string signal_text(int number)
{
	const char *name = number > 0 && number < NSIG ? sigabbrev_np(number) : nullptr;
	return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", number);
}

std::string expected_text(const Matter &matter)
{
	if (matter.remounts())
		return "the place to be unmounted and mounted again";
	const Demand &wanted = matter.demand;
	const std::string range = range_text(wanted) + unchecked_text(matter);
	const bool chooses = wanted.ground == Ground::either;
	if (!matter.forced() || !(wanted.ground == Ground::process || chooses))
		return range + " and no signal";
	const std::string signal = due_signal(matter.terms);
	const std::string_view maybe = chooses ? " if the process copied" : "";
	switch (matter.outcome()) {
	case Outcome::caught:
		return fmt::format("{} and one {}{}", range, signal, maybe);
	case Outcome::either:
		return fmt::format("{} and one {}, or death by it{}", range, signal, maybe);
	case Outcome::suppressed:
		return fmt::format("{} and a signal stop for {}{}", range, signal, maybe);
	case Outcome::dies:
		break;
	}
	if (chooses)
		return fmt::format("death by {} or, if a worker copied, {}", signal, range);
	return fmt::format("death by {}{}", signal, unchecked_text(matter));
}

std::string seen_text(const Matter &matter)
{
	const Observation &seen = matter.seen;
	switch (seen.end) {
	case End::returned:
		if (matter.remounts())
			return seen.repeat_result == matter.demand.full
				       ? "that"
				       : result_text(seen.repeat_result);
		return result_text(seen.result) + signals_text(seen);
	case End::killed:
		return "death by " + signal_text(seen.death_signal);
	case End::hung:
		return hang_text(seen.hang);
	case End::machine_lost:
		return "the machine lost";
	case End::none:
	case End::setup_failed:
		break;
	}
	return "nothing";
}

} // namespace tagtrap::judging
