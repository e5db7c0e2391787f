// SPDX-License-Identifier: GPL-2.0-only
// What the ways to run a session on the machine itself share.
#pragma once

#include <filesystem>

#include "harness/cli/options.h"
#include "harness/run/session.h"

namespace tagtrap {

/// What `options` ask of a session here; where it writes to is left to be said.
SessionSetup setup_from(const Options &options);

/// What a host's second line, or a follower's go(), says (docs/vm-protocol.md).
Earlier earlier_from(const Json &said);

/// Runs the session into `out`, whose journal is this process's alone, shows progress, and writes
/// reports. Returns the exit status of the run.
int go_through(SessionSetup setup, const Options &options, const std::filesystem::path &out);

/// --resume=DIR: goes on with the run in DIR, on the machine that it was begun on. Throws
/// sys::Problem where that is not possible.
int resume_here(const Options &options);

} // namespace tagtrap
