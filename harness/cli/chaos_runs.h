// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "harness/cli/chaos.h"

namespace tagtrap {

// Each is one kind of disturbance: it makes its runs and looks at what they leave.

/// The run that all others are held against: it comes first.
Tally undisturbed(Chaos &chaos);

/// QEMU is killed and the guest's kernel panics, in one run.
Tally killed_machines(Chaos &chaos);

/// For a moment, which costs nothing, and for longer than a machine may be silent, which costs it.
Tally stopped_machine(Chaos &chaos);

/// The run number `number` gets `signal` at a random moment, SIGKILL included.
Tally asked_to_end(Chaos &chaos, int signal, int number);

/// Two runs into one directory, the second started at once or a random time later.
Tally two_at_once(Chaos &chaos, int number);

/// The disk is full at a random point, or before the first. SKIP where none can be mounted.
Tally full_disk(Chaos &chaos, int number);

/// The journal of the run whose machines were killed, cut wherever a disk or a host may cut it.
Tally cut_journal(Chaos &chaos);

} // namespace tagtrap
