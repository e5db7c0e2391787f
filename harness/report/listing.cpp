// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/listing.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

#include "harness/model/contract.h"
#include "harness/model/row.h"
#include "harness/report/explain_parts.h"
#include "harness/report/happenings.h"

namespace tagtrap {

namespace {

using Columns = std::array<std::string, 8>;

void add_once(std::vector<std::string_view> &all, std::string_view name)
{
	if (std::ranges::find(all, name) == all.end())
		all.push_back(name);
}

/// "256", "swept", "2 pages"
std::string size_text(const Case &call)
{
	if (call.row != nullptr)
		return fmt::format("{}", call.row->extent.size());
	if (call.situation != nullptr)
		return fmt::format("{}{}", call.situation->length,
				   call.situation->in_pages ? " pages" : "");
	return call.shape.remount ? "-" : "swept";
}

/// Kinds of place, since a table has no room for each filesystem.
std::string where_text(const Listed &one)
{
	std::vector<std::string> kinds;
	for (const auto name : one.places) {
		const Place *const place = find_place(name);
		const bool file = place != nullptr && place->kind == PlaceKind::file;
		std::string word(file && !one.call->on.empty() ? "files" : name);
		if (one.call->situation != nullptr && !one.call->situation->place.empty())
			word = one.call->situation->place;
		if (std::ranges::find(kinds, word) == kinds.end())
			kinds.push_back(word);
	}
	return explaining::joined(kinds, ",");
}

std::string tries_text(const Listed &one)
{
	const bool one_way = one.dispositions.size() == 1 && one.callers.size() == 1;
	if (one_way)
		return handling(*one.callers.begin(), *one.dispositions.begin());
	return fmt::format("{}/{}", one.dispositions.size(), one.callers.size());
}

Columns columns_of(const Listed &one)
{
	return {std::string(one.call->name),
		std::string(system_call(*one.call)),
		std::string(way_of(*one.call)),
		size_text(*one.call),
		where_text(one),
		std::string(one.call->kernel),
		tries_text(one),
		fmt::format("{}", one.points)};
}

/// What a good call returns, and how far the path copies where that is not all or nothing.
std::string due_of(const Listed &one, uint32_t page_size)
{
	std::vector<std::string> parts;
	if (one.call->situation != nullptr)
		parts.push_back(good_result({.call = one.call}, page_size));
	for (const auto &promise : one.promises)
		if (one.call->row == nullptr || promise != "all-or-nothing")
			parts.push_back(promise);
	return explaining::joined(parts, ", ");
}

} // namespace

std::vector<Listed> listed(const Course &all, uint32_t page_size)
{
	const KernelFacts facts = explaining::facts_of(explaining::eras.back(), page_size);
	std::map<std::string_view, Listed> found;
	for (const auto &point : all.points) {
		Listed &one = found[point.call->name];
		one.call = point.call;
		add_once(one.places, point.place->name);
		one.promises.insert(to_string(expect(point, facts).promise));
		one.dispositions.insert(point.disposition);
		one.callers.insert(point.caller);
		++one.points;
	}
	for (auto &[name, one] : found)
		one.due = due_of(one, page_size);
	for (const auto &control : all.controls)
		--found[control.call->name].points;
	std::vector<Listed> table;
	for (auto &[name, one] : found)
		table.push_back(std::move(one));
	return table;
}

std::string_view system_call(const Case &call)
{
	if (call.row != nullptr)
		return rows::call_of(call.name);
	const auto end = call.man.find('(');
	return end == std::string_view::npos ? "-" : call.man.substr(0, end);
}

std::string_view way_of(const Case &call)
{
	if (call.row != nullptr && call.row->flow == rows::Flow::inout)
		return "inout";
	return call.direction == Direction::stores ? "out" : "in";
}

std::string table_of(const std::vector<Listed> &all)
{
	std::vector<Columns> lines = {
		{"NAME", "CALL", "WAY", "BYTES", "WHERE", "KERNEL", "SIGNALS/CALLERS", "POINTS"}};
	for (const auto &one : all)
		lines.push_back(columns_of(one));
	std::array<size_t, std::tuple_size_v<Columns>> widths = {};
	for (const auto &line : lines)
		for (size_t i = 0; i < line.size(); ++i)
			widths[i] = std::max(widths[i], line[i].size());
	std::string text;
	for (size_t row = 0; row < lines.size(); ++row) {
		for (size_t i = 0; i < widths.size(); ++i)
			text += fmt::format("{:<{}}  ", lines[row][i], widths[i]);
		text += (row == 0 ? "DUE" : all[row - 1].due) + "\n";
	}
	return text;
}

Json listing_json(const Course &all, const PlanRequest &request)
{
	Json calls = Json::array();
	for (const auto &one : listed(all, request.page_size)) {
		Json row = {{"name", one.call->name},        {"call", system_call(*one.call)},
			    {"man", one.call->man},          {"row", one.call->row != nullptr},
			    {"way", way_of(*one.call)},      {"bytes", size_text(*one.call)},
			    {"places", one.places},          {"kernel", one.call->kernel},
			    {"promises", one.promises},      {"due", one.due},
			    {"dispositions", Json::array()}, {"callers", Json::array()},
			    {"points", one.points}};
		if (one.call->row != nullptr)
			row["setting"] = one.call->row->on.name;
		for (const auto disposition : one.dispositions)
			row["dispositions"].push_back(to_string(disposition));
		for (const auto caller : one.callers)
			row["callers"].push_back(to_string(caller));
		calls.push_back(std::move(row));
	}
	return {{"plan", to_string(request.level)},
		{"page_size", request.page_size},
		{"points", all.points.size() - all.controls.size()},
		{"controls", all.controls.size()},
		{"calls", std::move(calls)}};
}

} // namespace tagtrap
