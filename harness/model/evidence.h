// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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
