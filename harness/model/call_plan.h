// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <optional>
#include <vector>

#include "harness/model/case.h"
#include "harness/model/plan.h"

namespace tagtrap {

/// All points of one call on one place at the level of `request` (its specs are not looked at),
/// controls first. Each point once.
std::vector<Point> call_plan(const Case &call, const Place &place, const PlanRequest &request);

/// The control with a matching tag that speaks for `point` (control_key()), as plans have it. None
/// for a call that has none, which is made once per place.
std::optional<Point> control_of(const Point &point, uint32_t page_size);

} // namespace tagtrap
