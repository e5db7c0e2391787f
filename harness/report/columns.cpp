// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/columns.h"

#include <algorithm>
#include <fmt/format.h>

#include "harness/report/words.h"

namespace tagtrap {

namespace {

constexpr size_t most_label = 30, most_column = 16;

std::string clipped(const std::string &text, size_t most)
{
	auto out = plain(text);
	if (out.size() > most)
		out = out.substr(0, most - 2) + "..";
	return out;
}

} // namespace

std::string columns_text(const Columns &table)
{
	size_t label_width = table.head.size();
	for (const auto &line : table.lines)
		label_width = std::max(label_width, clipped(line, most_label).size());

	std::vector<size_t> widths;
	size_t all_widths = label_width;
	for (size_t column = 0; column < table.columns.size(); column++) {
		size_t width = clipped(table.columns[column], most_column).size();
		for (size_t line = 0; line < table.lines.size(); line++)
			width = std::max(width, table.cell(line, column).size());
		widths.push_back(width);
		all_widths += width;
	}
	// Two blanks between columns look better, one may spare a second table.
	const size_t gaps = table.columns.size();
	const size_t gap =
		all_widths + 2 * gaps > report_columns && all_widths + gaps <= report_columns ? 1
											      : 2;

	std::string out;
	for (size_t begin = 0, end = 0; end < gaps; begin = end) {
		size_t used = label_width;
		do
			used += gap + widths[end++];
		while (end < gaps && used + gap + widths[end] <= report_columns);
		auto row = [&](std::string_view label, auto text) {
			auto line = fmt::format("{:<{}}", label, label_width);
			for (size_t i = begin; i < end; i++)
				line += fmt::format("{:{}}{:<{}}", "", gap, text(i), widths[i]);
			while (line.ends_with(' '))
				line.pop_back();
			out += line + "\n";
		};
		out += begin > 0 ? "\n" : "";
		row(table.head,
		    [&](size_t column) { return clipped(table.columns[column], most_column); });
		for (size_t line = 0; line < table.lines.size(); line++)
			row(clipped(table.lines[line], most_label),
			    [&](size_t column) { return table.cell(line, column); });
	}
	return out;
}

} // namespace tagtrap
