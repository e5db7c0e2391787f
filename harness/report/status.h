// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "harness/model/record.h"

namespace tagtrap {

/// The exit status of the run that wrote `journal`, the first that applies:
/// 3 the environment is unsound, a point is BROKEN, or the run did not finish;
/// 1 a FAIL, LIVELOCK, DEADLOCK or CRASH; 77 nothing was judged PASS or UNCHECKED; 0.
/// (2, wrong usage, is for those who parse arguments; 130 and 143 for those who catch signals.)
int exit_status(const Journal &journal);

} // namespace tagtrap
