// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "harness/model/observation.h"
#include "harness/model/point.h"

namespace tagtrap {

/// Makes the call as the disposition wants it: from another thread, from a child that shares this
/// memory, from within a signal handler, with somebody waiting for the signal. Returns what the
/// call returned. Worker child only; throws std::system_error.
int64_t issue(Disposition disposition, const std::function<int64_t()> &call, Observation &seen);

/// Runs `work` in a process of its own, as the disposition wants it: a plain child, init of a PID
/// namespace, or traced by this one, which notes the signal stops. `seen` is shared memory; a death
/// during the call becomes its end, one behind the call its `late_death`.
void run_apart(Disposition disposition, const std::function<void()> &work, Observation &seen);

/// Whether a process with this wait status died of what a sub-page fault may raise.
bool is_forced_death(int status);

/// What the death of the process that made the call means for its observation.
void note_death(Observation &seen, int status);

/// Why no PID namespace can be made here; empty: one can.
std::string try_namespace();

} // namespace tagtrap
