// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/evidence.h"

#include <algorithm>
#include <functional>

namespace tagtrap {

namespace {

uint64_t growth(uint64_t first, uint64_t last)
{
	return last > first ? last - first : 0;
}

/// "[<0>] name.isra.0+0x10/0x20 [module]"
bool is_on(std::string_view stack, std::string_view function)
{
	const std::string frame = "] " + std::string(function);
	for (size_t at = 0; (at = stack.find(frame, at)) != stack.npos; at++) {
		const auto behind = at + frame.size();
		if (behind < stack.size() && (stack[behind] == '+' || stack[behind] == '.'))
			return true;
	}
	return false;
}

} // namespace

HangRates rates(const Hang &hang)
{
	const auto &a = hang.first;
	const auto &b = hang.last;
	uint64_t ns = growth(a.at_ns, b.at_ns);
	HangRates out;
	out.seconds = static_cast<double>(ns != 0 ? ns : hang.watched_ns) / 1e9;
	out.user_ticks = growth(a.user_ticks, b.user_ticks);
	out.system_ticks = growth(a.system_ticks, b.system_ticks);
	out.minor_faults = growth(a.minor_faults, b.minor_faults);
	out.voluntary_switches = growth(a.voluntary_switches, b.voluntary_switches);
	if (out.seconds > 0) {
		out.faults_per_s = static_cast<double>(out.minor_faults) / out.seconds;
		out.switches_per_s = static_cast<double>(out.voluntary_switches) / out.seconds;
	}
	return out;
}

bool on_every_stack(const Hang &hang, std::string_view function)
{
	const auto stacks = histogram(hang);
	return !function.empty() && !stacks.rows.empty() &&
	       std::ranges::all_of(stacks.rows,
				   [&](const auto &row) { return is_on(row.stack, function); });
}

bool on_a_stack(const Hang &hang, std::string_view function)
{
	return std::ranges::any_of(histogram(hang).rows,
				   [&](const auto &row) { return is_on(row.stack, function); });
}

StackCounts histogram(const Hang &hang)
{
	StackCounts out;
	uint64_t counted = 0;
	for (size_t i = 0; i < hang.stacks.size(); i++) {
		const auto text = readable(hang.stacks[i]);
		if (text.empty())
			continue;
		const uint64_t count = std::max<uint64_t>(hang.stack_counts[i], 1);
		counted += count;
		const auto same = std::ranges::find(out.rows, text, &StackCount::stack);
		if (same != out.rows.end())
			same->count += count;
		else
			out.rows.push_back({text, count});
	}
	std::ranges::stable_sort(out.rows, std::greater<>(), &StackCount::count);
	out.samples = std::max<uint64_t>(hang.stack_samples, counted);
	return out;
}

} // namespace tagtrap
