// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/situation_plan.h"

#include <span>

#include "harness/model/combine.h"
#include "harness/model/row.h"
#include "harness/model/sweep.h"

namespace tagtrap {

namespace {

uint32_t unit_of(const Situation &what, uint32_t page_size)
{
	return what.in_pages ? page_size : 1;
}

void add_each(Point point, std::span<const Disposition> dispositions, std::vector<Point> &points)
{
	for (const auto disposition : dispositions) {
		point.disposition = disposition;
		points.push_back(point);
	}
}

/// As situation_points(): each position with a handler, dispositions and other callers at the first
/// one; and a page that nobody may touch, which has to have the same answer as the granule.
std::vector<Point> row_points(const Case &call, const Point &first, const PlanRequest &request)
{
	std::vector<Point> points;
	Point point = first;
	point.mode = TagCheckMode::none;
	points.push_back(point);
	// What is loaded and stored later meets the granule by its store, where loads go unchecked.
	const bool later = call.row->flow == rows::Flow::inout;
	if (later || request.level != Level::quick) {
		point.mode = TagCheckMode::storeonly;
		points.push_back(point);
	}
	if (request.level != Level::quick) {
		for (const auto mode : {TagCheckMode::async, TagCheckMode::asymm}) {
			point.mode = mode;
			points.push_back(point);
		}
	}
	point.mode = TagCheckMode::sync;
	for (const auto position : rows::edges(call.row->extent)) {
		point.stand = Stand::protnone;
		rows::place_granule(*call.row, position, point);
		points.push_back(point);
	}
	point.stand = Stand::rdonly;
	rows::place_granule(*call.row, Position::first, point);
	if (applicable(point, request.page_size))
		points.push_back(point);
	point.stand = Stand::bad;
	for (const auto position : rows::positions(call.row->extent)) {
		rows::place_granule(*call.row, position, point);
		points.push_back(point);
	}
	add_each(first, call.situation->dispositions, points);
	for (const auto caller : call.situation->callers) {
		point = first;
		point.caller = caller;
		add_each(point, main_dispositions, points);
	}
	return points;
}

} // namespace

Point situation_point(const Case &call, const Place &place, uint32_t page_size)
{
	const Situation &what = *call.situation;
	const uint32_t unit = unit_of(what, page_size);
	Point point = {.call = &call, .place = &place};
	if (call.row != nullptr) {
		rows::place_granule(*call.row, Position::first, point);
		return point;
	}
	if (place.kind == PlaceKind::file)
		point.state = what.state;
	point.align = what.align;
	point.length = what.length * unit;
	point.offset = what.offsets.front() * unit;
	return point;
}

std::vector<Point> situation_points(const Case &call, const Place &place,
				    const PlanRequest &request)
{
	const uint32_t page_size = request.page_size;
	const Situation &what = *call.situation;
	std::vector<Point> points;
	Point point = situation_point(call, place, page_size);
	if (call.row != nullptr)
		return row_points(call, point, request);
	point.mode = TagCheckMode::none;
	if (!what.needs_signal)
		points.push_back(point);
	point.mode = TagCheckMode::sync;
	for (const auto offset : what.offsets) {
		point.offset = offset * unit_of(what, page_size);
		point.caller = Caller::leader;
		add_each(point, what.dispositions, points);
		for (const auto caller : what.callers) {
			point.caller = caller;
			add_each(point, main_dispositions, points);
		}
	}
	return points;
}

} // namespace tagtrap
