// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <string>

#include "harness/model/record.h"

namespace tagtrap {

/// What a run has left undone.
struct Rest {
	size_t planned = 0; ///< points, the controls that they need included; 0: not known
	size_t missing = 0; ///< of them without an `end`
	std::string why;    ///< in words; empty when nothing is missing and the run finished
};

/// Holds the plan of a settled journal against its `end`s. Pure.
Rest rest_of(const Journal &journal);

/// Points that a machine with this `run` event goes through, the controls that they need and those
/// that a TEST-SPEC excludes included; 0: not known.
size_t planned_points(const Json &run);

/// Controls in the plan that no TEST-SPEC selects: counted apart.
size_t controls_planned(const Journal &journal);

/// Whether the machine has no tags, so that page faults are all that was judged.
bool ordinary_half(const Journal &journal);

/// The number of the signal that interrupted the run; 0: none did.
int interrupted_by(const Journal &journal);

} // namespace tagtrap
