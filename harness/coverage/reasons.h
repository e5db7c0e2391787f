// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <string_view>

#include "harness/coverage/sites.h"

namespace tagtrap::coverage {

/// What stands for a function that was not seen and has no reason: work.
inline constexpr std::string_view open_work = "open";

/// Why a function of a module could not be seen to fault: one of a closed list, worked out from
/// its name, its module and what was loaded; open_work where there is no reason. Pure.
std::string reason_for(const Module &module, std::string_view function, bool init, bool loaded);

} // namespace tagtrap::coverage
