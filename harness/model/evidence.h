// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/observation.h"

namespace tagtrap {

/// What a call that did not come back did while it was watched. Ticks are USER_HZ.
struct HangRates {
	double seconds = 0; ///< between the first and the last look
	uint64_t user_ticks = 0, system_ticks = 0;
	uint64_t minor_faults = 0, voluntary_switches = 0;
	double faults_per_s = 0, switches_per_s = 0;
};

/// Growth between the two looks; 0 where a counter went backwards (another thread was looked at).
HangRates rates(const Hang &hang);

/// One stack, and how often it was seen.
struct StackCount {
	std::string_view stack; ///< of the hang that was asked for
	uint64_t count = 0;
};

/// The stacks of a hang, the most frequent first. `samples` may be more than what the rows have.
struct StackCounts {
	std::vector<StackCount> rows;
	uint64_t samples = 0;
};

/// Journals of old versions hold up to four samples, equal ones side by side.
StackCounts histogram(const Hang &hang);

/// Whether a hang has stacks, and `function` is on each of them that is kept.
bool on_every_stack(const Hang &hang, std::string_view function);

/// Whether `function` is on one of them.
bool on_a_stack(const Hang &hang, std::string_view function);

/// The text in a fixed array, without the zeros behind it.
template <class Array> std::string_view text_of(const Array &array)
{
	std::string_view all(array.data(), array.size());
	auto last = all.find_last_not_of('\0');
	return last == std::string_view::npos ? std::string_view() : all.substr(0, last + 1);
}

/// The text in a fixed array as C reads it, up to the first zero: what people are to see.
template <class Array> std::string_view readable(const Array &array)
{
	auto all = text_of(array);
	return all.substr(0, all.find('\0'));
}

} // namespace tagtrap
