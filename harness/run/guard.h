// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <span>

#include "harness/model/observation.h"
#include "harness/sys/owned.h"

namespace tagtrap {

/// Confines the calling process to the calls under test and what the harness needs: anything else
/// ends it with SIGSYS. With `counting`, calls that carry sys::counted_cookie notify the descriptor
/// that is returned, once per entry into the kernel; else it is empty. `more` holds numbers of
/// calls that are allowed as well. Throws std::system_error.
sys::Fd confine(bool counting, std::span<const int> more = {});

/// Parent's side: takes one notification from `listener`, if there is one, counts it in the
/// observation `in_hand` if that is inside its call, and lets the call go on.
void count_entry(int listener, Observation &in_hand);

} // namespace tagtrap
