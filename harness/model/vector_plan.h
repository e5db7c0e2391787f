// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <vector>

#include "harness/model/plan.h"

namespace tagtrap {

/// Points of `call` on `place` with four segments, of 64 bytes and of a page, the fault in each of
/// them in turn: good ones before and behind it. None for calls without iovecs. Some may not be
/// applicable().
std::vector<Point> vector_points(const Case &call, const Place &place, const PlanRequest &request);

} // namespace tagtrap
