// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tagtrap {

/// The journal of a run with --shard: its whole lines, without their line breaks.
struct Part {
	std::string name; ///< its directory, for messages
	std::vector<std::string> lines;
};

/// What becomes of shards that left no part.
enum class Gaps : uint8_t {
	refused, ///< they are missing
	left,    ///< the run has lost them, and what is there stands
};

/// One journal out of those of all shards of a plan, as if one machine after the other had gone
/// through it: lines as they are, but that each `run` tells of the whole plan (`plan.merged`: how
/// many parts), and so does `finish`. Shards that came to no good end stand last, so that it is
/// they who tell how the whole ended. Verdicts are settle()'s. Pure. Throws std::invalid_argument
/// that names the parts which do not belong together, and shards that are there twice or, unless
/// gaps are left, missing.
std::vector<std::string> merged(std::vector<Part> parts, Gaps gaps = Gaps::refused);

} // namespace tagtrap
