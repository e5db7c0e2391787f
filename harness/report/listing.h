// SPDX-License-Identifier: GPL-2.0-only
// What `--list --long` and `--list --format=json` print.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/case.h"
#include "harness/model/json.h"
#include "harness/model/plan.h"

namespace tagtrap {

/// A call or a row, and what a plan has of it.
struct Listed {
	const Case *call = nullptr;
	size_t points = 0; ///< without controls that no spec selects
	std::vector<std::string_view> places;
	std::set<std::string> promises; ///< as to_string() writes them, by 6.12
	/// What a good call returns, and how far the path copies where that is not all or nothing.
	std::string due;
	std::set<Disposition> dispositions;
	std::set<Caller> callers;
};

/// What the points of `all` come to, by name. Pure.
std::vector<Listed> listed(const Course &all, uint32_t page_size);

/// The system call that a case is about, by its page: "statx"; "-" where that is no man page.
std::string_view system_call(const Case &call);

/// "in", "out", "inout"
std::string_view way_of(const Case &call);

/// A table with a line for each, under a line of headings.
std::string table_of(const std::vector<Listed> &all);

/// The same as JSON, with plan and page size.
Json listing_json(const Course &all, const PlanRequest &request);

} // namespace tagtrap
