// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

#include "harness/report/digest.h"

namespace tagtrap {

/// The points of one call on one place: what reports for machines group by.
struct Suite {
	std::string name; ///< "read/gfs2"
	std::vector<const Row *> rows;
};

/// In the order in which they were begun.
std::vector<Suite> suites_of(const Digest &all);

} // namespace tagtrap
