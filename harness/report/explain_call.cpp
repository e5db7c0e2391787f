// SPDX-License-Identifier: GPL-2.0-only
// A case, a row, and all that is planned of one system call, in words.
#include <algorithm>
#include <fmt/format.h>

#include "harness/model/call_plan.h"
#include "harness/report/explain_parts.h"
#include "harness/report/listing.h"
#include "harness/report/words.h"

namespace tagtrap::explaining {

namespace {

std::vector<Point> points_of(const Case &call, Level level, uint32_t page_size)
{
	std::vector<Point> all;
	for (const auto &place : places()) {
		if (!acts_on(call, place))
			continue;
		const auto there = call_plan(call, place, {.level = level, .page_size = page_size});
		all.insert(all.end(), there.begin(), there.end());
	}
	return all;
}

/// How far its paths copy, and where.
std::string place_promises(const std::vector<Point> &points, uint32_t page_size)
{
	std::vector<std::pair<std::string, std::vector<std::string>>> where;
	for (const auto &point : points) {
		const Promise promise = expect(point, facts_of(eras.back(), page_size)).promise;
		const auto reason = promise.may_be_unchecked.empty() ? promise.reason
								     : promise.may_be_unchecked;
		const auto words = fmt::format("{} ({})", to_string(promise), reason);
		auto at = std::ranges::find(where, words, &decltype(where)::value_type::first);
		if (at == where.end())
			at = where.insert(at, {words, {}});
		auto &all = at->second;
		const std::string name(point.place->name);
		if (std::ranges::find(all, name) == all.end())
			all.push_back(name);
	}
	std::string text;
	for (const auto &[promise, names] : where)
		text += entry("promise", fmt::format("{}: {}", joined(names, " "), promise));
	return text;
}

template <class All> std::string names_of(const All &all)
{
	std::vector<std::string> names;
	for (const auto each : all)
		names.emplace_back(to_string(each));
	return joined(names, " ");
}

std::string row_entries(const rows::Row &row)
{
	std::string text = register_entries(row);
	text += entry("pointee", pointee_text(row)) + memory_entries(row) + object_entries(row);
	text += entry("good call", yield_text(row)) + entry("waits", ends_text(row.due.ends));
	text += entry("error", after_text(row.due.after));
	return text;
}

std::string needs_text(const Case &call)
{
	std::string text;
	if (call.situation != nullptr && call.situation->needs_root)
		text = "root";
	if (call.shape.hazardous)
		text += std::string(text.empty() ? "" : ", ") + "a machine that may be lost";
	if (call.shape.hidden)
		text += std::string(text.empty() ? "" : ", ") + "to be named: a test of the suite";
	return text;
}

} // namespace

std::string of_case(const Case &call, uint32_t page_size)
{
	const auto quick = points_of(call, Level::quick, page_size);
	const auto usual = points_of(call, Level::standard, page_size);
	const auto table = listed({.points = usual}, page_size);
	std::string text = headline(call.name).substr(1);
	text += entry("call", call.man);
	text += entry("kernel", call.kernel);
	text += entry("direction", flow_text(call));
	if (call.row != nullptr)
		text += row_entries(*call.row);
	text += place_promises(usual, page_size);
	text += entry("needs", needs_text(call));
	for (const Listed &one : table) {
		text += entry("places", joined(one.places, " "));
		text += entry("signals", names_of(one.dispositions));
		text += entry("callers", names_of(one.callers));
	}
	text += entry("points", fmt::format("{} in the quick plan, {} in the default one",
					    quick.size(), usual.size()));
	if (usual.empty())
		return text;
	Point shown = usual.front();
	if (is_control(shown))
		shown.stand = Stand::bad;
	return text + "for example\n" + id(shown) + "\n";
}

std::string of_call(std::string_view call, uint32_t page_size)
{
	std::string text = headline(fmt::format("{}, by pointer", call)).substr(1);
	std::vector<Point> usual;
	size_t quick = 0;
	const Case *any = nullptr;
	for (const Case *each : cases()) {
		if (each->row == nullptr || rows::call_of(each->name) != call)
			continue;
		any = each;
		quick += points_of(*each, Level::quick, page_size).size();
		const auto points = points_of(*each, Level::standard, page_size);
		usual.insert(usual.end(), points.begin(), points.end());
	}
	if (any == nullptr)
		return "";
	text += entry("call", any->man);
	text += entry("points", fmt::format("{} in the quick plan, {} in the default one", quick,
					    usual.size()));
	return text + "\n" + table_of(listed({.points = usual}, page_size));
}

} // namespace tagtrap::explaining
