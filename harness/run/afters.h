// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

#include "harness/run/block.h"
#include "harness/run/journal.h"
#include "harness/run/session.h"

namespace tagtrap {

/// Makes the good-tag runs that hangs of an earlier machine wait for (`before.after`), and writes
/// what became of them. Ends early where one leaves this machine in another state than it was.
void run_afters(const Earlier &before, const std::vector<Point> &plan, BlockRunner &runner,
		JournalWriter &journal);

/// A task that is left behind holds locks and a processor: why nothing is run beside it on a
/// machine that cannot be replaced. Empty: there is none.
std::string what_is_left(const BlockRunner &runner, const SessionSetup &setup);

/// How calls are watched: by the hearts that are known, with a sign of life in the journal now and
/// then, and by the judge where a call is made over and over. All of it has to outlive the runner.
void arrange_watches(BlockRunner &runner, const Earlier &before, JournalWriter &journal,
		     const Terms &terms);

} // namespace tagtrap
