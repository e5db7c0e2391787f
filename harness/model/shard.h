// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/point.h"

namespace tagtrap {

/// One of several parts of a plan that together hold each of its points once.
struct Shard {
	unsigned number = 1; ///< from 1 to `of`
	unsigned of = 1;

	bool operator==(const Shard &) const = default;
};

inline constexpr unsigned most_shards = 1000;

/// "K/N" with 1 <= K <= N <= most_shards; nothing for any other text.
std::optional<Shard> parse_shard(std::string_view text);
std::string to_string(const Shard &shard);

/// Removes what is not in the shard from `points` and `excluded`, which are those of a whole plan.
/// Points of one path_key() stay together: those that share a control, and whole groups. They are
/// dealt out in the order of the plan, each to the shard that has the fewest points so far, so that
/// what hangs, which stands together, is spread. Pure: all machines deal alike.
void keep_shard(const Shard &shard, std::vector<Point> &points, std::vector<Point> &excluded);

} // namespace tagtrap
