// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <vector>

#include "harness/model/point.h"
#include "harness/model/verdict.h"

namespace tagtrap {

/// The rule that `point` is in a plan for, as far as the point itself tells: P4 stands for its
/// controls, M1 for a plain granule in SYNC under either contract.
Rule aim(const Point &point);

/// `points` by what they tell, for a run that may not get to its end. Round by round, in each round
/// the next point of every (aim, call, place), in the order of the plan, but plain granules in SYNC
/// first and the hazardous ones last;
/// a control comes before the first point that needs it. Each point once. Pure.
std::vector<Point> by_value(const std::vector<Point> &points);

} // namespace tagtrap
