// SPDX-License-Identifier: GPL-2.0-only
// The pieces of explained(), for its own files.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/case.h"
#include "harness/model/contract.h"
#include "harness/model/row.h"

namespace tagtrap::explaining {

/// A kernel that promises are told for, since they may differ between versions.
struct Era {
	std::string_view name;
	int major, minor;
};

/// The last one stands for what is said of a kernel without a version.
inline constexpr std::array eras = {Era{"5.10", 5, 10}, Era{"7.3", 7, 3}, Era{"6.12", 6, 12}};

KernelFacts facts_of(const Era &era, uint32_t page_size);

/// `text` behind `name`, wrapped; nothing for no text.
std::string entry(std::string_view name, std::string_view text);

/// `parts` with `between` between them.
template <class All> std::string joined(const All &parts, std::string_view between)
{
	std::string text;
	for (const auto &part : parts)
		text.append(text.empty() ? "" : between).append(part);
	return text;
}

/// A point, a rule, a case (with its row, if it has one), and all of a call that has rows.
std::string of_point(const Point &point, uint32_t page_size);
std::string of_rule(Rule rule, uint32_t page_size);
std::string of_case(const Case &call, uint32_t page_size);
std::string of_call(std::string_view call, uint32_t page_size);

/// What a rule says: "broken when" of docs/contracts.md; empty where that has no such rule.
std::string broken_when(Rule rule);

/// The id of a point that can break the rule.
std::string_view example_of(Rule rule);

/// What is due at a point, and why; and a table of what follows from what may happen.
std::string due_entries(const Point &point, uint32_t page_size);
std::string happenings_table(const Point &point, uint32_t page_size);

/// What the pointer points to: "pointee" of a row, else "buffer".
std::string_view noun(const Point &point);

// A row in words.
/// Its registers up to the last one that is not 0, one entry each.
std::string register_entries(const rows::Row &row);
std::string pointee_text(const rows::Row &row);
std::string yield_text(const rows::Row &row);
std::string after_text(rows::After after);
std::string ends_text(rows::Ends ends);
/// Its images, one entry each, and what makes the call where words are not enough.
std::string memory_entries(const rows::Row &row);
/// What it acts upon.
std::string object_entries(const rows::Row &row);

/// "out: the kernel stores" and the like.
std::string flow_text(const Case &call);

/// Of `candidates` those that are most like `word`, best first, three at the most.
std::vector<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

} // namespace tagtrap::explaining
