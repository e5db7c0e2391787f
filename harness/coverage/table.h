// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "harness/coverage/faults.h"
#include "harness/coverage/sites.h"
#include "harness/model/json.h"

namespace tagtrap::coverage {

struct Count {
	size_t functions = 0, sites = 0;

	bool operator==(const Count &) const = default;
};

struct FunctionRow {
	std::string name;
	size_t sites = 0, seen = 0;
	std::string first;  ///< group that was seen first to fault in it; empty: none
	std::string reason; ///< of one that was not seen
};

struct ModuleRow {
	std::string name;
	Count all, seen;
	std::vector<FunctionRow> functions;
};

/// Everything that the command tells. Plain data.
struct Table {
	Count all, seen;
	std::map<std::string, Count> reasons; ///< of what was not seen, open_work among them
	std::vector<ModuleRow> modules;       ///< that have sites; vmlinux first, then by name
	std::map<std::string, uint64_t> elsewhere;
	/// Groups of which a point got EFAULT for a bad tag although no tag check fault was taken.
	std::vector<std::string> without_fault;
};

/// `refused`: the groups of which a point with a bad tag got EFAULT in SYNC mode. Pure.
Table make_table(std::span<const Module> modules, const Faults &faults,
		 const std::set<std::string, std::less<>> &refused);

Json to_json(const Table &table);

/// The page: numbers, reasons, what was seen. `what` names the kernel and the plan. Pure.
std::string page(const Table &table, const std::string &what);

} // namespace tagtrap::coverage
