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
bool chosen(const Place &place, const Path &path, const MemoryRow &row, bool stores)
{
	const bool holes = row.holes == Holes::all || (row.holes == Holes::stores && stores);
	if (row.raced && place.on_disk)
		return holes ? path.state == FileState::cached && !path.direct
			     : path.state != FileState::small;
	if (place.name == "ext4")
		return path.direct && path.state == FileState::cached;
	return (place.name == "tmpfs" && path.state == FileState::cached) ||
	       place.kind == PlaceKind::pipe;
}

} // namespace

std::vector<Point> memory_points(const Case &call, const Place &place, const PlanRequest &request)
{
	std::vector<Point> points;
	if (!call.shape.representative)
		return points;
	const bool quick = request.level == Level::quick;
	const bool stores = call.direction == Direction::stores;
	for (const auto &path : paths(call, place)) {
		for (const auto &row : memory_rows()) {
			if (!chosen(place, path, row, stores) ||
			    (quick &&
			     (place.name != "tmpfs" ||
			      std::ranges::find(quick_ones, row.memory) == quick_ones.end())))
				continue;
			Point point = base_point(call, place, path, request.page_size);
			point.memory = row.memory;
			point.length = 4 * request.page_size;
			point.offset = 0;
			point.stand = Stand::good;
			points.push_back(point);
			// Which of two faults stops the call would be chance; and what a granule
			// does in a file's other states others show.
			const bool other = path.state != FileState::cached || path.direct;
			if (has_holes(point) || (row.raced && place.on_disk && other))
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
