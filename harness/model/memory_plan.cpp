// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/memory_plan.h"

#include <algorithm>
#include <array>

#include "harness/model/combine.h"

namespace tagtrap {

namespace {

/// The states that `--quick` has, on one place: those in which kernels went wrong before.
constexpr std::array quick_ones = {Memory::discarded, Memory::swapped, Memory::cow,
				   Memory::split,     Memory::memfd,   Memory::racediscard};

/// What memory has been through is not the business of filesystems: one that copies, one that does
/// so by page, and one that pins. Loops that copy, fault in and try again are the filesystems' own.
/// Where a page is away at times, a call may stop anywhere: not with O_DIRECT, where some kernels
/// then report less than was written, nor in every state.
bool chosen(const Point &point)
{
	const Place &place = *point.place;
	const bool cached = point.state == FileState::cached;
	if (row_of(point.memory).raced && place.on_disk)
		return has_holes(point) ? cached && !point.direct : point.state != FileState::small;
	if (place.name == "ext4")
		return point.direct && cached;
	return (place.name == "tmpfs" && cached) || place.kind == PlaceKind::pipe;
}

/// Whether a bad granule says something there: not where which of two faults stops the call would
/// be chance, nor what it does in a file's other states, which others show.
bool with_granule(const Point &point)
{
	const bool other = point.state != FileState::cached || point.direct;
	return !has_holes(point) && !(row_of(point.memory).raced && point.place->on_disk && other);
}

} // namespace

std::vector<Point> memory_points(const Case &call, const Place &place, const PlanRequest &request)
{
	std::vector<Point> points;
	if (!call.shape.representative)
		return points;
	const bool quick = request.level == Level::quick;
	for (const auto &path : paths(call, place)) {
		for (const auto &row : memory_rows()) {
			Point point = base_point(call, place, path, request.page_size);
			point.memory = row.memory;
			if (!chosen(point) ||
			    (quick &&
			     (place.name != "tmpfs" ||
			      std::ranges::find(quick_ones, row.memory) == quick_ones.end())))
				continue;
			point.length = 4 * request.page_size;
			point.offset = 0;
			point.stand = Stand::good;
			points.push_back(point);
			if (!with_granule(point))
				continue;
			point.stand = Stand::bad;
			// In the middle of the third page, if any tag is right at all.
			if (!row.untagged)
				point.offset = 2 * request.page_size + request.page_size / 2;
			points.push_back(point);
		}
	}
	return points;
}

} // namespace tagtrap
