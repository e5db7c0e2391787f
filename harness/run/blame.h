// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <vector>

#include "harness/run/block.h"
#include "harness/run/kernel_log.h"

namespace tagtrap {

/// Gives a complaint that came while the points of a block ran to those whose it can be: writes it
/// into their observations. Returns those of `block.items` that may have caused it, where it is
/// nobody's until they were run again one by one.
///
/// A WARN is noted with every point. A block of one point needs no second run. A point that hung
/// costs too much to be run again: a stall is its own, and of another complaint (but an oops, whose
/// task is gone) it carries its part at once.
std::vector<uint32_t> blame(const Complaint &complaint, Block &block);

/// Points of the block that stood still, in order: the call, or what the suite does around it.
std::vector<uint32_t> stuck_in(Block &block);

} // namespace tagtrap
