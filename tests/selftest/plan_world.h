// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "harness/model/plan.h"

namespace tagtrap::selftest {

using Strings = std::vector<std::string>;

inline std::vector<Point> planned(Level level, uint32_t page_size = 4096, Strings specs = {})
{
	return plan({.level = level, .page_size = page_size, .specs = std::move(specs)});
}

inline Strings ids(const std::vector<Point> &points)
{
	Strings all;
	for (const auto &point : points)
		all.push_back(id(point));
	return all;
}

inline bool holds(const Strings &all, const std::string &id)
{
	return std::ranges::find(all, id) != all.end();
}

} // namespace tagtrap::selftest
