// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

#include "harness/run/preflight.h"

namespace tagtrap {

/// What a trial has to end in.
enum class Due : uint8_t {
	no_fault, ///< user mode: the tags match
	fault,    ///< user mode: the tags do not match
	all,      ///< a kernel copy with the right tag
	not_all,  ///< a kernel copy over a bad granule
};

/// How the child of a trial ended.
struct TrialEnd {
	enum class How : uint8_t {
		quiet,     ///< no fault
		wrong,     ///< no fault, but the tags are not what they have to be
		moved,     ///< a copy; `value` is the count
		refused,   ///< a copy; `value` is the error number
		handler,   ///< a handler ran; `value` is si_code
		killed,    ///< `value` is the signal
		not_tried, ///< the child could not be set up
		hung,      ///< it did not come back in time
	};
	How how = How::not_tried;
	int value = 0;
};

struct Trial {
	std::string name;
	Due due = Due::no_fault;
	TrialEnd end = {};
};

/// Bytes that a kernel copy of a trial asks for: two granules, the first of which is bad if any.
inline constexpr int copied_bytes = 32;

/// Runs every trial, each in a child of its own; those of mode store-only where the CPU has it.
std::vector<Trial> try_tags(bool store_only);

/// What the trials say of the machine. What user mode shows decides; kernel copies become facts,
/// for what the kernel does about a tag is what the run is there to judge. Pure.
Preflight weigh(const std::vector<Trial> &trials);

} // namespace tagtrap
