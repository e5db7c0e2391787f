// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "harness/model/record.h"

namespace tagtrap {

/// The `known` field of a point whose verdict is settled: known_field() of the reports.
using KnownField = Json (*)(const StoredEnd &end, const KernelFacts &facts);

/// Works out what one `end` cannot tell, from the journal as a whole and whatever the order of its
/// parts, so that a machine that is lost, a run that is resumed and parts that are put together
/// forget nothing:
///  - of several `end`s of one point the last one that is no SKIP counts, but before others one
///    that tells of a signal that came late;
///  - a hang whose good-tag run had to be made on another machine is one where that ended;
///  - where a control fails, the points of its control_key() are BROKEN; a CRASH stays one;
///  - points whose forced signal is not the one that most points of the run got are FAIL F1;
///  - under `mainline`, the UNCHECKED points of a call that stops nowhere are FAIL M1;
///  - a block that the kernel complained of, and of which no point shows a complaint when it is run
///    again, has its first point FAIL P8;
///  - what is known of a point that has this verdict.
/// Applied once, where a stored journal is opened. Pure, and settled journals stay as they are.
Journal settle(Journal journal, KnownField known = nullptr);

} // namespace tagtrap
