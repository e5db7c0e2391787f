// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <vector>

#include "harness/model/plan.h"
#include "harness/model/sweep.h"

namespace tagtrap {

/// Points of `call` on `place` whose buffer has been through something (P9): with every tag right,
/// and with a bad granule. Empty where the plan has none of them.
std::vector<Point> memory_points(const Case &call, const Place &place, const PlanRequest &request);

} // namespace tagtrap
