// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace tagtrap {

/// One value (by index) per factor.
using Choice = std::vector<size_t>;

/// Rows in which every pair of values of two factors stands together at least once, wherever
/// `valid` admits a row with that pair. `sizes` holds the number of values of each factor; pairs of
/// two factors that are both listed in `swept` are left out (they are covered elsewhere).
/// Deterministic, greedy; not minimal.
std::vector<Choice> pairwise(const std::vector<size_t> &sizes, const std::vector<bool> &swept,
			     const std::function<bool(const Choice &)> &valid);

} // namespace tagtrap
