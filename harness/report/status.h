// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "harness/model/record.h"

namespace tagtrap {

/// What a status is above that tells of a signal: 128 plus its number, as a shell has it.
inline constexpr int signalled = 128;

inline constexpr int nothing_judged = 77; ///< exit status: nothing here can be tested

/// The exit status of the run that wrote `journal` (settled), the first that applies:
/// 130, 143, 129 it was interrupted and could say so;
/// 3 the environment is unsound, a point is BROKEN, the run did not finish, or points of its plan
/// have no `end`; 1 a FAIL, LIVELOCK, DEADLOCK or CRASH; 77 nothing was judged PASS or UNCHECKED;
/// 0. (2, wrong usage, is for those who parse arguments.)
int exit_status(const Journal &journal);

} // namespace tagtrap
