// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "harness/cli/options.h"
#include "harness/model/record.h"

namespace tagtrap {

/// The run that --rerun=DIR names, settled. Throws sys::Problem with status 2 when there is none.
Journal earlier_run(const std::string &directory);

/// `options` with plan, contract and, but for --native, the machine of the `run` event, as far as
/// they are not given. Pure.
Options inherited(Options options, const Json &run);

/// What the rerun of `before` by these options consists of: its `rerun` event. Puts the ids into
/// `request`. Throws sys::Problem when it is nothing, with status 0: there is no more to do.
Json take_up(const Options &options, const Journal &before, PlanRequest &request);

} // namespace tagtrap
