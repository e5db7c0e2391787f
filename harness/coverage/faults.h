// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/coverage/sites.h"
#include "harness/model/json.h"

namespace tagtrap::coverage {

/// A place in code as a journal names it.
struct Spot {
	std::string module;
	std::string section; ///< empty in vmlinux
	uint64_t at = 0;     ///< from _stext, or from the start of the section

	bool operator==(const Spot &) const = default;
};

/// "vmlinux+0x1c", "xfs:.text+0x30"; nothing for other texts. Pure.
std::optional<Spot> parse_spot(std::string_view text);

/// Which site is meant: the index of its module, and its own in there.
using SiteKey = std::pair<size_t, size_t>;

/// What a run has shown of the places of a kernel.
struct Faults {
	std::map<SiteKey, std::string> first; ///< by the group that was seen first to fault there
	/// Faults of places that the table does not have, by the functions on the way.
	std::map<std::string, uint64_t> elsewhere;
	std::set<std::string, std::less<>> groups; ///< in which there was any fault
	std::set<std::string, std::less<>> loaded; ///< modules
};

/// Finds the places of the faults that a journal's `sites` events tell of: the access itself, or
/// else the innermost call that is a site. Pure.
Faults find_faults(std::span<const Module> modules, std::span<const Json> events);

} // namespace tagtrap::coverage
