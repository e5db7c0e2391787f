// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tagtrap {

/// A table of short texts at report_columns.
struct Columns {
	std::string_view head; ///< stands above the names of lines
	std::vector<std::string> lines, columns;
	std::function<std::string(size_t line, size_t column)> cell;
};

/// The table; split by columns, with a blank line between, where it is too wide. Pure.
std::string columns_text(const Columns &table);

} // namespace tagtrap
