// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <vector>

#include "harness/model/plan.h"

namespace tagtrap {

/// Points of `call` on `place` whose transfer starts in the middle of a block of the file, ends at
/// the end of the file, or (a write) across it; in files of less than a page, of some pages and of
/// megabytes. Faults come in the middle, at the edge of a page of the file, which is none of the
/// buffer, and at the last byte. `--quick` has few of them, for calls that stand for the others.
/// Some may not be applicable().
std::vector<Point> file_offset_points(const Case &call, const Place &place,
				      const PlanRequest &request);

} // namespace tagtrap
