// SPDX-License-Identifier: GPL-2.0-only
#pragma once

// A robust list with two entries, for cases in which a task that holds the locks ends.
#include "tests/situation.h"

namespace tagtrap {

inline constexpr int robust_needs[] = {SYS_memfd_create};

/// `fill` of such a case: the second entry, which is the last, lies at the buffer's start.
void last_entry(const ProbeArgs &args, unsigned char *bytes);

/// By the task that is going to end: takes both locks. Raw system calls only. `mine`: see below.
void take_locks(const ProbeArgs &mine);

/// Makes the list, has `end` make a task that calls take_locks() and ends, and notes which lock
/// words tell then that their owner has died. Each lies on a page of its own, of a private mapping
/// that nobody has written to: the kernel has to fault it in for writing before it can mark it.
void with_locks(const ProbeArgs &args, void (*end)(const ProbeArgs &mine));

} // namespace tagtrap
