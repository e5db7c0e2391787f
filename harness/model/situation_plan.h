// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <vector>

#include "harness/model/case.h"
#include "harness/model/plan.h"
#include "harness/model/point.h"

namespace tagtrap {

/// The point that stands for a case's situation: its first position, SYNC, handler.
Point situation_point(const Case &call, const Place &place, uint32_t page_size);

/// Other modes, and each position with each disposition and caller; the control is not among them.
std::vector<Point> situation_points(const Case &call, const Place &place,
				    const PlanRequest &request);

} // namespace tagtrap
