// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "harness/cli/options.h"

namespace tagtrap {

// Commands of the target binary alone; as in commands.h.

/// Runs a plan on this machine. In our VM the journal goes to the host's port; elsewhere --out=DIR
/// gets journal and reports, and nothing is written outside of it.
int session_command(const Options &options);

/// Prints points per second of one worker beside a bare loop of the same calls.
int bench_points_command(const Options &options);

/// Sweeps the kernel's copy routines on this machine; in our VM for the host, else with a file of
/// its own in --out=DIR.
int sweep_command(const Options &options);

/// Runs the programs of the host's request one after the other, and tells what each came to
/// (docs/vm-protocol.md).
int programs_command(const Options &options);

/// What a host asks for that has reached this machine (docs/vm-protocol.md): facts about it, and a
/// session that is started, followed and stopped.
int remote_command(const Options &options);

/// Prints `text`; in our VM it goes to the host, which prints it (a `words` event).
void tell(const Options &options, const std::string &text);

} // namespace tagtrap
