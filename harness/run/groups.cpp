// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/groups.h"

namespace tagtrap {

Groups::Groups(bool every_point, const std::set<std::string, std::less<>> &closed)
	: every_point_(every_point)
{
	for (const auto &group : closed)
		groups_[group].closed = true;
}

void Groups::hung(const std::string &group, uint32_t offset, bool killable)
{
	Hangs &hangs = groups_[group];
	hangs.offsets.insert(offset);
	if (!killable || hangs.offsets.size() >= 2)
		hangs.closed = true;
}

bool Groups::closed(const std::string &group, uint32_t offset) const
{
	if (every_point_)
		return false;
	const auto found = groups_.find(group);
	return found != groups_.end() &&
	       (found->second.closed || found->second.offsets.contains(offset));
}

} // namespace tagtrap
