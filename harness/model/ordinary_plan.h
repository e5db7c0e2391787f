// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <vector>

#include "harness/model/plan.h"
#include "harness/model/sweep.h"

namespace tagtrap {

/// Points of `call` on `place` that meet a page which is missing or forbidden: at the edge of a
/// page of the file, and at bytes that are no edge of anything; `--quick` has one kind of fault at
/// such a byte. Some may not be applicable().
std::vector<Point> ordinary_points(const Case &call, const Place &place, const Path &path,
				   const PlanRequest &request);

} // namespace tagtrap
