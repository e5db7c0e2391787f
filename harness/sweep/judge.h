// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/sweep/allowed.h"

namespace tagtrap::sweep {

/// How a call ended.
enum class End : uint8_t { returned, hung, died };

/// What was seen of a case. Plain data in shared memory.
struct Seen {
	int64_t result = 0;   ///< a count, or -errno
	uint32_t arrived = 0; ///< leading bytes of the destination that are those of the source
	uint32_t changed = 0; ///< one behind the last byte of the destination that changed; where a
			      ///< failure clears it: that is neither 0 nor as it was
	End end = End::returned;
	bool done = false; ///< where no count comes back: the call did its work
};

/// In what a case is outside the promise.
enum class Wrong : uint8_t {
	nothing,
	past_fault, ///< went on behind a byte that it cannot have had
	too_short,  ///< stopped farther before the fault than promised
	incomplete, ///< no fault, and not all of it
	beyond,     ///< stored farther beyond its count than promised
	touched,    ///< bytes of what is bad, or behind it, were moved
	bytes,      ///< the bytes that it counts are not those of the source
	error,      ///< another error than EFAULT
	hung,
	died,
};
std::string_view to_string(Wrong wrong);
/// Throws std::invalid_argument.
Wrong parse_wrong(std::string_view text);

struct Judged {
	Wrong wrong = Wrong::nothing;
	bool faults = false;  ///< the fault lies in what was to be copied
	uint32_t missing = 0; ///< bytes short of the fault, as far as the shape shows it
	uint32_t beyond = 0;  ///< bytes that changed beyond what it counts
};

/// Pure; never throws on any observation.
Judged judge(const Pass &pass, const Case &one, const Seen &seen, const KernelFacts &facts);

/// "length 20, user +3, kernel +0, fault at 13: 5, 8 bytes arrived, ..."
std::string describe(const Case &one, const Seen &seen);

} // namespace tagtrap::sweep
