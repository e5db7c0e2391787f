// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "harness/report/digest.h"

namespace tagtrap {

/// What one call did on one place.
struct Cell {
	Totals totals = {};
	int worst = 0; ///< badness()
	VerdictKind kind = VerdictKind::skip;
	bool noticed = false; ///< one checked point at least
	bool pinned = true;   ///< every promise is "unchecked"
};

using Matrix = std::map<std::pair<std::string, std::string>, Cell>; ///< by call, place

/// Counts one more point in a cell.
void add(Cell &cell, const Row &row);

Matrix matrix(const Digest &all);

/// What calls with little to say are told under: "uring" for uring-read+worker, "read" for readv.
std::string family_of(const std::string &call);

/// The table of the calls that did not plainly pass everywhere, split by place where it is too
/// wide, with its legend; and a line for each family of those that did.
std::string matrix_text(const Digest &all, const Matrix &cells);

/// "ok", "FAIL", "LIVE!", ... as the table has it.
std::string_view short_name(const Cell &cell);

} // namespace tagtrap
