// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/file_offset_plan.h"

#include <algorithm>

#include "harness/model/combine.h"

namespace tagtrap {

namespace {

/// A transfer within a file, bytes.
struct Range {
	uint32_t from, length;
};

uint32_t whole_units(uint32_t bytes)
{
	return (bytes + direct_unit - 1) / direct_unit * direct_unit;
}

/// From the middle of a block of the file into the next one; within a file that has no more.
Range inner(const Path &path, uint32_t page_size)
{
	if (path.state == FileState::small)
		return path.direct ? Range{direct_unit, direct_unit} : Range{100, 500};
	if (path.state == FileState::page)
		return path.direct ? Range{direct_unit, 4 * direct_unit} : Range{100, 3000};
	// Across the middle of the file, where megabytes have an edge of large folios.
	const uint32_t block =
		path.state == FileState::large ? large_file_size / 2 - page_size : page_size;
	const uint32_t past = page_size / 2 + (path.direct ? direct_unit : 500);
	return {block + past, path.direct ? whole_units(page_size + 1) : page_size + 904};
}

/// Up to the end of the file.
Range up_to_end(const Path &path, uint32_t page_size)
{
	const uint32_t size = size_of_file(path.state, page_size);
	const bool small = path.state == FileState::small;
	const uint32_t length = path.direct ? (small ? 1 : 3) * direct_unit : small ? 500 : 1000;
	return {size - length, length};
}

Range across_end(const Path &path, uint32_t page_size)
{
	const uint32_t size = size_of_file(path.state, page_size);
	const bool small = path.state == FileState::small;
	const uint32_t length = path.direct ? (small ? 2 : 3) * direct_unit : small ? 500 : 1000;
	return {size - (path.direct ? direct_unit : 100), length};
}

std::vector<Range> ranges(const Case &call, const Path &path, uint32_t page_size)
{
	std::vector<Range> all = {inner(path, page_size)};
	if (path.state == FileState::fresh)
		return all;
	if (call.direction == Direction::stores)
		all.push_back(up_to_end(path, page_size));
	all.push_back(across_end(path, page_size));
	return all;
}

/// First byte of the transfer behind an edge of a page of the file; in its middle without one.
uint32_t file_edge(const Point &point, uint32_t page_size)
{
	const uint32_t edge = page_size - point.from % page_size;
	return edge < point.length ? edge : point.length / 2;
}

/// A page that is missing from the second of several segments on. With O_DIRECT segments are whole
/// units, as many as the transfer has room for, which takes a control of its own.
void add_second_segment(Point point, std::vector<Point> &points)
{
	const uint32_t asked = point.length;
	point.length -= point.direct ? asked % (segments_in_plans * direct_unit) : 0;
	if (point.length == 0)
		return;
	if (point.length != asked) {
		point.stand = Stand::good;
		point.offset = 0;
		points.push_back(point);
	}
	point.segment = segments_in_plans;
	point.bad_one = 2;
	point.stand = Stand::protnone;
	point.offset = segment_start(point.length, segments_in_plans, 1) + (point.direct ? 0 : 9);
	points.push_back(point);
}

void add_faults(const Point &first, const PlanRequest &request, bool quick_bad,
		std::vector<Point> &points)
{
	const bool quick = request.level == Level::quick;
	const uint32_t edge = file_edge(first, request.page_size);
	Point point = first;
	const auto add = [&](Stand stand, uint32_t byte) {
		const uint32_t unit = stand == Stand::bad ? granule_size
				      : point.direct      ? direct_unit
							  : 1;
		point.stand = stand;
		point.offset = byte / unit * unit;
		points.push_back(point);
	};
	add(Stand::good, 0); // as control_of() has it
	if (!quick || quick_bad)
		add(Stand::bad, edge);
	add(Stand::protnone, edge);
	add(Stand::protnone, point.length / 2 + 3);
	if (!quick || first.state == FileState::fresh) // which stays empty when nothing moves
		add(Stand::protnone, 0);
	if (quick)
		return;
	for (const uint32_t byte : {0u, point.length / 2, point.length - 1})
		add(Stand::bad, byte);
	for (const uint32_t byte : {1u, edge - 1, edge + 1, point.length - 1})
		add(Stand::protnone, byte);
	if (point.call->shape.vectored)
		add_second_segment(point, points);
	add(Stand::unmapped, edge);
	add(Stand::rdonly, edge);
	point.segment = 2;
	add(Stand::bad, point.length - 1);
	add(Stand::protnone, point.length - 1);
	if (point.direct)
		return;
	point.segment = 0;
	for (const auto submission : submissions(*point.call)) {
		if (submission == Submission::inline_)
			continue;
		point.submission = submission;
		add(Stand::good, 0);
		add(Stand::protnone, edge);
	}
}

std::vector<Path> all_paths(const Case &call, const Place &place)
{
	auto all = paths(call, place);
	for (const auto state : {FileState::page, FileState::large}) {
		all.push_back({.state = state});
		if (place.on_disk)
			all.push_back({.state = state, .direct = true});
	}
	return all;
}

} // namespace

std::vector<Point> file_offset_points(const Case &call, const Place &place,
				      const PlanRequest &request)
{
	std::vector<Point> points;
	const bool quick = request.level == Level::quick;
	if (place.kind != PlaceKind::file || call.situation != nullptr || call.shape.fixed ||
	    (quick && !call.shape.representative))
		return points;
	const auto every = all_paths(call, place);
	for (const auto &path : every) {
		for (const auto &range : ranges(call, path, request.page_size)) {
			Point point = base_point(call, place, path, request.page_size);
			point.from = range.from;
			point.length = range.length;
			point.offset = 0;
			add_faults(point, request, path == every.front(), points);
		}
	}
	return points;
}

} // namespace tagtrap
