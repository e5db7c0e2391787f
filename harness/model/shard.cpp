// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/shard.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <unordered_map>

namespace tagtrap {

namespace {

bool whole_number(std::string_view text, unsigned &number)
{
	const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
	return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

/// Points that stay together, in the order in which they come.
struct Family {
	size_t points = 0;
	unsigned shard = 0; ///< from 0
};

} // namespace

std::optional<Shard> parse_shard(std::string_view text)
{
	const auto slash = text.find('/');
	Shard shard;
	if (slash == std::string_view::npos || !whole_number(text.substr(0, slash), shard.number) ||
	    !whole_number(text.substr(slash + 1), shard.of) || shard.number < 1 ||
	    shard.number > shard.of || shard.of > most_shards)
		return std::nullopt;
	return shard;
}

std::string to_string(const Shard &shard)
{
	return fmt::format("{}/{}", shard.number, shard.of);
}

void keep_shard(const Shard &shard, std::vector<Point> &points, std::vector<Point> &excluded)
{
	std::vector<Family> families;
	std::unordered_map<std::string, size_t> known;
	std::vector<size_t> family_of; // of each point, and behind them of what is excluded
	for (const auto *some : {&points, &excluded})
		for (const auto &point : *some) {
			const auto [at, first] =
				known.try_emplace(path_key(point), families.size());
			if (first)
				families.emplace_back();
			++families[at->second].points;
			family_of.push_back(at->second);
		}
	std::vector<size_t> dealt(shard.of, 0);
	for (auto &family : families) {
		const auto least = std::ranges::min_element(dealt);
		family.shard = static_cast<unsigned>(least - dealt.begin());
		*least += family.points;
	}
	size_t next = 0;
	for (auto *some : {&points, &excluded})
		std::erase_if(*some, [&](const Point &) {
			return families[family_of[next++]].shard != shard.number - 1;
		});
}

} // namespace tagtrap
