// SPDX-License-Identifier: GPL-2.0-only
// Options of sockets as numbers: a line of a table is two rows, one that is read and one that is
// set.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "harness/model/row.h"

namespace tagtrap::rows {

/// One option of a level. What is set is what a fresh socket has, or is refused behind the copy.
struct Option {
	std::string_view name;
	int number;
	uint32_t got = sizeof(int); ///< bytes that getsockopt() stores; 0: it is not read here
	uint32_t put = sizeof(int); ///< bytes that setsockopt() loads; 0: it is not set here
	uint64_t value = 0;         ///< the first of these bytes; zeros behind them
	int error = 0;              ///< what setsockopt() says to that; 0: it takes the value
	bool root = false;          ///< setting it needs root
};

/// Options of one level, on one kind of socket.
struct OptionLevel {
	int level;
	const Setting &on;
	std::string_view getter, setter; ///< kernel functions that access the value
	std::span<const Option> options;
	std::string_view prefix = {}; ///< of their names: the same option, another function
	Care care = Care::none;
};

/// Makes rows `getsockopt.NAME` and `setsockopt.NAME` of all options and registers them.
struct RegisteredOptions {
	explicit RegisteredOptions(const OptionLevel &all);
};

} // namespace tagtrap::rows
