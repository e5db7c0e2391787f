// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "harness/model/observation.h"

namespace tagtrap {

inline constexpr uint32_t block_size = 64; ///< points per `begin`

/// Where the worker child writes and the parent reads, at any time. Shared memory.
struct Channel {
	std::atomic<uint32_t> slot = 0;       ///< where the item in hand is
	std::atomic<uint32_t> current = 0;    ///< index of the item in hand
	std::atomic<uint64_t> heartbeat = 0;  ///< grows with every phase of every item
	std::atomic<uint64_t> entered_ns = 0; ///< when the call was entered; 0: not in a call
	std::atomic<int32_t> process = 0;     ///< a process of its own that makes the call; 0: none
	std::atomic<int32_t> listener = -1;   ///< the child's seccomp listener, if it counts
	std::array<std::array<uint32_t, block_size>, 2> items = {}; ///< plan indices, per slot
	std::array<std::array<Observation, block_size>, 2> seen = {};
	Observation again = {}; ///< the child's own: runs with a good tag
	GoodRun good = {};      ///< what became of a good-tag run that was ordered
};

/// Signals that reached a worker child while it had nothing in hand. Shared memory, one per child.
struct Strays {
	std::atomic<uint32_t> count = 0;
	std::atomic<int32_t> number = 0;  ///< of the last one
	std::atomic<uint32_t> before = 0; ///< of `count`, those ahead of the last order
};

/// What the parent asks of the child: items [first, last) of a slot.
struct Order {
	uint32_t slot;
	uint32_t first;
	uint32_t last;
	/// Only the same calls with a good tag, for Channel::good: nothing is put into the slot.
	bool good = false;
};

} // namespace tagtrap
