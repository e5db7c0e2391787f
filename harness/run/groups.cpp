// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/groups.h"

namespace tagtrap {

uint64_t position_of(const Point &point)
{
	return uint64_t{point.from} << 32 | point.offset;
}

Groups::Groups(bool every_point, const std::set<std::string, std::less<>> &closed)
	: every_point_(every_point)
{
	for (const auto &group : closed)
		groups_[group].closed = true;
}

void Groups::hung(const std::string &group, uint64_t position, bool killable)
{
	Hangs &hangs = groups_[group];
	hangs.positions.insert(position);
	if (!killable || hangs.positions.size() >= 2)
		hangs.closed = true;
}

bool Groups::closed(const std::string &group, uint64_t position) const
{
	if (every_point_)
		return false;
	const auto found = groups_.find(group);
	return found != groups_.end() &&
	       (found->second.closed || found->second.positions.contains(position));
}

} // namespace tagtrap
