// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string_view>

namespace tagtrap::coverage {

/// A function that touches user memory for whoever calls it: the place is the call.
struct Routine {
	std::string_view name;
	std::string_view why;
};

/// The row for a function; null: the function answers for itself.
const Routine *find_routine(std::string_view name);

} // namespace tagtrap::coverage
