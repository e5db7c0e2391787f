// SPDX-License-Identifier: GPL-2.0-only
// From above: every argument of a system call that is a pointer, and which of them a run has tried.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/case.h"
#include "harness/model/json.h"
#include "harness/model/record.h"

namespace tagtrap::coverage {

/// A pointer argument as the kernel's own records of its system calls have it.
struct Pointer {
	std::string call; ///< as its manual page has it: "uname", not "newuname"
	size_t place = 0; ///< which argument, from 0
	std::string type, name;

	bool operator==(const Pointer &) const = default;
};

/// One of them in a run.
struct PointerRow {
	Pointer pointer;
	std::vector<std::string> cases; ///< that try it
	bool probed = false; ///< one of them was judged, and its call with a good tag passed
	std::string reason;  ///< of one that was not: from a closed list, or open_work
};

/// Cases that a run has judged: a control with a good tag that passed, and a point with a verdict
/// that is neither SKIP nor BROKEN.
using Judged = std::set<std::string, std::less<>>;

/// Those of a settled run. Throws std::invalid_argument for an id that this build does not know.
Judged judged_cases(const Journal &journal);

/// The pointers in the `calls` of a journal's `sites` event: array of {name, arguments}, each
/// argument as C has it ("struct statx * buffer"). Throws std::runtime_error naming what it cannot
/// read. Pure.
std::vector<Pointer> pointers_of(const Json &calls);

/// Which of the registered cases try which pointer. A case of data alone is known by the register
/// that it hands the pointer over in, another one by its name. Pure.
std::vector<PointerRow> pointer_rows(std::vector<Pointer> pointers,
				     std::span<const Case *const> all, const Judged &judged);

/// Cases that were judged whose call takes a command, an option or a request: no kernel lists
/// these.
size_t requests_judged(std::span<const Case *const> all, const Judged &judged);

/// The part of the page about them. Pure.
std::string pointers_page(std::span<const PointerRow> table, size_t requests);

Json to_json(std::span<const PointerRow> table);

} // namespace tagtrap::coverage
