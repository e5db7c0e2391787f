// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tagtrap {

/// Test cases of the project's own tests.
struct Tally {
	size_t passed = 0, failed = 0, skipped = 0;

	Tally &operator+=(const Tally &other);
	bool operator==(const Tally &) const = default;
};

/// The cases that a Catch2 XML report counts. A report that is cut off (the program crashed) has no
/// totals: one failed case. Pure.
Tally tally_of_catch2(std::string_view xml);

/// The names of the test cases that failed in a Catch2 XML report. Pure.
std::vector<std::string> failures_of_catch2(std::string_view xml);

/// "12 passed, 0 failed, 1 skipped"
std::string to_string(const Tally &tally);

} // namespace tagtrap
