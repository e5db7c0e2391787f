// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/matrix.h"

#include <algorithm>
#include <fmt/format.h>

#include "harness/report/words.h"

namespace tagtrap {

namespace {

constexpr size_t most_label = 30;

std::string clipped(const std::string &text, size_t most)
{
	auto out = plain(text);
	if (out.size() > most)
		out = out.substr(0, most - 2) + "..";
	return out;
}

std::string cell_text(const Matrix &cells, const std::string &call, const std::string &place)
{
	auto found = cells.find({call, place});
	if (found == cells.end())
		return "-";
	const auto &cell = found->second;
	return fmt::format("{} {}", short_name(cell), cell.totals[static_cast<size_t>(cell.kind)]);
}

std::string row_text(const std::string &label, size_t label_width,
		     const std::vector<std::string> &cells, const std::vector<size_t> &widths)
{
	auto line = fmt::format("{:<{}}", label, label_width);
	for (size_t i = 0; i < cells.size(); i++)
		line += fmt::format("  {:<{}}", cells[i], widths[i]);
	while (line.ends_with(' '))
		line.pop_back();
	return line + "\n";
}

} // namespace

std::string_view short_name(const Cell &cell)
{
	switch (cell.kind) {
	case VerdictKind::pass:
		return "ok";
	case VerdictKind::fail:
		return "FAIL";
	case VerdictKind::livelock:
		return cell.worst >= 8 ? "LIVE!" : "LIVE";
	case VerdictKind::deadlock:
		return cell.worst >= 8 ? "DEAD!" : "DEAD";
	case VerdictKind::crash:
		return "CRASH";
	case VerdictKind::unchecked:
		return "unch";
	case VerdictKind::skip:
		return "skip";
	case VerdictKind::broken:
		return "BROKEN";
	}
	return "?";
}

Matrix matrix(const Digest &all)
{
	Matrix cells;
	for (const auto &row : all.rows) {
		auto &cell = cells[{row.parts.call, row.parts.place}];
		auto kind = row.end->verdict.kind;
		cell.totals[static_cast<size_t>(kind)]++;
		if (auto bad = badness(*row.end); bad >= cell.worst) {
			cell.worst = bad;
			cell.kind = kind;
		}
		cell.noticed |= noticed(row);
		if (kind != VerdictKind::skip)
			cell.pinned &= row.end->promise == "unchecked";
	}
	return cells;
}

std::string matrix_text(const Digest &all, const Matrix &cells)
{
	size_t label_width = 4;
	for (const auto &call : all.calls)
		label_width = std::max(label_width, clipped(call, most_label).size());

	std::string out = headline("Verdicts by call and place");
	size_t next = 0;
	while (next < all.places.size()) {
		std::vector<std::string> heads;
		std::vector<size_t> widths;
		size_t used = label_width, begin = next;
		for (; next < all.places.size(); next++) {
			auto head = clipped(all.places[next], 16);
			size_t width = head.size();
			for (const auto &call : all.calls)
				width = std::max(width,
						 cell_text(cells, call, all.places[next]).size());
			if (next > begin && used + 2 + width > report_columns)
				break;
			used += 2 + width;
			heads.push_back(head);
			widths.push_back(width);
		}
		if (begin > 0)
			out += '\n';
		out += row_text("call", label_width, heads, widths);
		for (const auto &call : all.calls) {
			std::vector<std::string> texts;
			for (size_t i = begin; i < next; i++)
				texts.push_back(cell_text(cells, call, all.places[i]));
			out += row_text(clipped(call, most_label), label_width, texts, widths);
		}
	}
	out += "\nA cell shows its worst verdict and the number of points that have it.\n"
	       "ok PASS, unch UNCHECKED, LIVE livelock, DEAD deadlock, skip SKIP, - no\n"
	       "point; ! survives SIGKILL.\n";
	return out;
}

} // namespace tagtrap
