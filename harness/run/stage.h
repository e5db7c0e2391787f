// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "harness/model/observation.h"
#include "harness/model/point.h"

namespace tagtrap {

/// What is to be done by whoever makes the call.
struct Errand {
	std::function<int64_t()> call;
	/// Looks, right behind the call, at what is the caller's own (mask, mode, what is pending):
	/// only where that is not the leader of this process.
	std::function<void()> look;
};

/// Makes the call as the point's caller and disposition want it: from another thread, from a child
/// that shares this memory, from within a signal handler, with somebody waiting for the signal.
/// Mask and dispositions are inherited from the thread that calls this. Returns what the call
/// returned; the death of a child becomes the end of `seen`. Worker child only; throws what the
/// errand does, and std::system_error.
int64_t issue(const Point &point, const Errand &errand, Observation &seen);

/// Runs `work` in a process of its own, as the caller wants it: a plain child, init of a PID
/// namespace, or traced by this one, which notes the signal stops. `seen` is shared memory; a death
/// during the call becomes its end, one behind the call its `late_death`.
void run_apart(Caller caller, const std::function<void()> &work, Observation &seen);

/// The suite's own work failed: `step` in words, cut where it is too long; `error` an errno, or 0.
void fail_setup(Observation &seen, int error, std::string_view step);

/// How the step begins that this machine cannot do.
inline constexpr std::string_view missing_here = "not here: ";

/// Whether a process with this wait status died of what a sub-page fault may raise.
bool is_forced_death(int status);

/// What the death of the process that made the call means for its observation.
void note_death(Observation &seen, int status);

/// Why no PID namespace can be made here; empty: one can.
std::string try_namespace();

} // namespace tagtrap
