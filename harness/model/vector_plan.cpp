// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/vector_plan.h"

#include "harness/model/combine.h"

namespace tagtrap {

namespace {

/// A fault in each segment: a granule in its middle, a page that is missing
/// or forbidden from its start on, one that is missing from its middle on.
void add_faults(Point point, uint32_t part, const PlanRequest &request, std::vector<Point> &points)
{
	const bool quick = request.level == Level::quick;
	point.length = segments_in_plans * part;
	point.segment = segments_in_plans;
	for (uint8_t one = 1; one <= segments_in_plans; ++one) {
		if (quick && one != 2)
			continue;
		point.bad_one = one == segments_in_plans ? 0 : one;
		point.stand = Stand::bad;
		point.offset = (one - 1) * part + part / 2;
		points.push_back(point);
		point.offset = (one - 1) * part;
		for (const auto stand : {Stand::protnone, Stand::unmapped, Stand::rdonly}) {
			point.stand = stand;
			if (!quick || stand == Stand::protnone)
				points.push_back(point);
		}
		if (quick || part != request.page_size)
			continue;
		point.stand = Stand::protnone; // pages behind it are there
		point.offset += part / 2;
		points.push_back(point);
	}
}

} // namespace

std::vector<Point> vector_points(const Case &call, const Place &place, const PlanRequest &request)
{
	std::vector<Point> points;
	if (!call.shape.vectored || call.situation != nullptr)
		return points;
	for (const auto &path : paths(call, place)) {
		if (request.level == Level::quick && path != paths(call, place).front())
			break;
		const Point point = base_point(call, place, path, request.page_size);
		for (const uint32_t part : {64u, request.page_size})
			add_faults(point, part, request, points);
	}
	return points;
}

} // namespace tagtrap
