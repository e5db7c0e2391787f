// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/json.h"
#include "harness/report/kernel_matrix.h"

namespace tagtrap {

/// What a page shows.
struct Page {
	const KernelMatrix *matrix = nullptr; ///< of a single run: a matrix of one kernel
	/// By column: what `coverage` wrote to coverage.json, null where it did not.
	std::vector<Json> coverage = {};
	std::optional<double> wall_s = std::nullopt;
};

/// What the page's script reads: kernels, points, causes, coverage. Pure.
///
/// `points` is a list of objects, one for each call and place: `call` (with the way it is
/// submitted), `name` (as ids have it), `family`, `place`, `ids` (what follows NAME/PLACE/),
/// `verdicts` (by kernel a text with a letter for each id, "." where it has none: P PASS, F FAIL,
/// L LIVELOCK, D DEADLOCK, C CRASH, U UNCHECKED, S SKIP, B BROKEN, small where a task survives
/// SIGKILL) and `why` (quadruples: kernel, index of the id, index of a text in `reasons`, index of
/// the cause or -1). Points that are withheld have no letter.
Json page_data(const Page &page);

/// One page without any reference to anything outside of it; `data` is in it as one JSON text.
/// Pure.
std::string html_page(const Page &page);

/// A JSON text that can stand in a script element, whatever is in it. Pure.
std::string json_island(const Json &data);

/// A file below page/, and what stands in page.html for it.
struct PagePart {
	std::string_view mark, content;
};

/// page.html, and its parts in their order; data comes last. Generated.
extern const std::string_view page_skeleton;
extern const std::array<PagePart, 7> page_parts;

} // namespace tagtrap
