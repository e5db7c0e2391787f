// SPDX-License-Identifier: GPL-2.0-only
// What the sites of an Image and those of a module have in common.
#pragma once

#include <algorithm>
#include <string_view>

#include "harness/coverage/bytes.h"
#include "harness/coverage/code.h"
#include "harness/coverage/routines.h"
#include "harness/coverage/sites.h"

namespace tagtrap::coverage {

/// A stretch of code.
struct Stretch {
	std::string_view section; ///< empty in an Image
	std::string_view bytes;
	uint64_t at = 0; ///< of the first byte
	bool init = false;
};

/// Adds the sites of a stretch to `module`. `callee(at, word)` names the function that the branch
/// at a place leads to; empty: none that matters. A routine is no site of its own.
template <class Callee> void scan(const Stretch &code, Module &module, Callee &&callee)
{
	const Function *function = nullptr;
	for (uint64_t i = 0; i + 4 <= code.bytes.size(); i += 4) {
		const uint32_t word = word_at(code.bytes, i);
		const uint64_t at = code.at + i;
		const bool access = is_user_access(word);
		if (!access && !branch_target(word, at))
			continue;
		const std::string_view called = access ? "" : callee(at, word);
		if (!access && called.empty())
			continue;
		function = function_at(module.functions, code.section, at);
		// A call within one function is a loop of it.
		if (function == nullptr || find_routine(function->name) != nullptr ||
		    function->name == called)
			continue;
		module.sites.push_back({.section = std::string(code.section),
					.at = at,
					.kind = access          ? SiteKind::access
						: is_call(word) ? SiteKind::call
								: SiteKind::tail,
					.function = function->name,
					.into = at - function->at,
					.callee = std::string(called),
					.init = code.init});
	}
}

} // namespace tagtrap::coverage
