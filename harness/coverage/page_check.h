// SPDX-License-Identifier: GPL-2.0-only
// A page that the command wrote once, beside a run of today.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/coverage/pointers.h"
#include "harness/model/json.h"

namespace tagtrap::coverage {

/// A function that the page says was seen to fault.
struct SeenOnPage {
	std::string module, function;
	std::string call; ///< case that was first seen to fault in it

	bool operator==(const SeenOnPage &) const = default;
};

struct StoredPage {
	std::string kernel; ///< its exact name: "6.12.118-1"
	std::vector<SeenOnPage> seen;
};

/// Reads a page as page() writes it. Throws std::runtime_error naming what is not in it. Pure.
StoredPage read_page(std::string_view text);

/// Functions of the page whose case was judged, and which the table of this run (to_json()) has
/// not seen; those that it lacks are among them. Pure.
std::vector<SeenOnPage> not_seen_again(const StoredPage &before, const Json &table,
				       const Judged &judged);

} // namespace tagtrap::coverage
