// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <vector>

#include "harness/model/record.h"

namespace tagtrap {

/// Judges each observation of a stored run again, with no kernel at hand: provisional verdicts, as
/// `end` holds them. Verdicts that were not the judge's own stand: SKIP, points that never started,
/// points in which the machine was lost. Throws std::runtime_error naming an id that this version
/// does not know.
std::vector<EndRecord> judge_again(const Journal &journal, Contract contract, SignalPin pin);

/// `journal` as if it had been run under `contract`: verdicts from judge_again(), settled, and
/// `run` events that say so. For the writers.
Journal rejudged(Journal journal, Contract contract, SignalPin pin);

} // namespace tagtrap
