// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <vector>

#include "harness/model/case.h"
#include "harness/model/plan.h"

namespace tagtrap {

/// All points of one call on one place at the level of `request` (its specs are not looked at),
/// controls first. Each point once.
std::vector<Point> call_plan(const Case &call, const Place &place, const PlanRequest &request);

} // namespace tagtrap
