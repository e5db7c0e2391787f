// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/model/point.h"
#include "harness/model/record.h"

namespace tagtrap {

/// The `rerun` event of a run that takes up what `before`, the settled run of the directory `of`,
/// has left: of the points of `today` those that failed there, were skipped, or are not in it. A
/// run that was a rerun itself had only a part of its plan: what is not in it is none of its
/// business. Pure.
Json rerun_event(const std::string &of, const Journal &before, const std::vector<Point> &today);

/// The ids that a `rerun` event takes up: PlanRequest::only.
std::set<std::string, std::less<>> taken_up(const Json &event);

/// What became of each, as a section of the report; empty: the run is no rerun.
std::string rerun_text(const Journal &journal);

} // namespace tagtrap
