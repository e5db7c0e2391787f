// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/block.h"
#include "harness/run/groups.h"
#include "harness/run/skips.h"

namespace tagtrap {

/// Cuts the plan into blocks. What it is given has to outlive it.
class Filling {
public:
	Filling(const SessionSetup &setup, const Earlier &before, const std::vector<Point> &plan,
		const Abilities &abilities, const Groups &groups, const Terms &terms)
		: setup_(setup), before_(before), plan_(plan), abilities_(abilities),
		  groups_(groups), terms_(terms)
	{
	}

	/// Takes the points from `next` on into `block`: of one worker kind and place, one `begin`;
	/// of one group where the kernel's faults are noted, which belong to a block.
	/// Those that are not run become skips; all of them for the reason `left_out`, if there is
	/// one. Returns where to go on.
	size_t next_block(size_t next, const std::string &left_out, Block &block);

	/// Points met so far that wait for another kind of machine.
	size_t pending() const { return pending_.size(); }
	/// The same, which wait no more.
	std::vector<size_t> take_pending() { return std::exchange(pending_, {}); }

private:
	const SessionSetup &setup_;
	const Earlier &before_;
	const std::vector<Point> &plan_;
	const Abilities &abilities_;
	const Groups &groups_;
	const Terms &terms_;
	std::vector<size_t> pending_;
};

} // namespace tagtrap
