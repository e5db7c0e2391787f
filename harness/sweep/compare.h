// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>

#include "harness/sweep/allowed.h"
#include "harness/sweep/tally.h"

namespace tagtrap::sweep {

/// Measured beside what the source allows, in words: "agrees" where all of it is allowed and the
/// most that is allowed was seen; else in what it is wider, or how much narrower ("narrower: at
/// most 6 short, 0 beyond"); "differs" where calls that have no distance did neither; "left open"
/// where the source says nothing. "-": no fault was met.
std::string compare(const Tally &seen, const Limits &limits);

} // namespace tagtrap::sweep
