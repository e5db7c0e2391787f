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

/// Those in which a page is missing, or not to be stored to, until the kernel brings it: what loops
/// that fault pages in are for, and each filesystem has its own.
constexpr std::array brought_ones = {Memory::untouched, Memory::zeropage, Memory::discarded,
				     Memory::swapped,   Memory::cow,      Memory::memfd,
				     Memory::uffdcopy};

template <class List> bool among(const List &list, Memory memory)
{
	return std::ranges::find(list, memory) != list.end();
}

/// Ways to make a call that other threads or other iterators carry out.
bool by_ring(const Case &call)
{
	return call.shape.uring && !call.shape.vectored && !call.shape.fixed;
}

bool by_vector(const Case &call)
{
	return call.shape.vectored && !call.shape.uring && !call.shape.positioned;
}

/// What memory has been through is not the business of filesystems. tmpfs copies to its pages, a
/// pipe copies page by page, and ext4 pins the buffer with O_DIRECT: these three have every state.
/// Loops that copy, fault in and try again are the filesystems' own: they have the races, and the
/// states in which the kernel has to bring a page. Where a page is away at times, a call may stop
/// anywhere: not with O_DIRECT, where some kernels then report less than was written, nor in every
/// state of a file.
bool chosen(const Point &point)
{
	const Place &place = *point.place;
	const bool cached = point.state == FileState::cached;
	const bool plain = point.call->shape.representative;
	if (row_of(point.memory).raced && place.on_disk && plain)
		return has_holes(point) ? cached && !point.direct : point.state != FileState::small;
	if (place.name == "ext4" && point.direct && cached)
		return !row_of(point.memory).raced;
	if (place.on_disk)
		return plain && cached && among(brought_ones, point.memory);
	return (place.name == "tmpfs" && cached) || (plain && place.kind == PlaceKind::pipe);
}

/// Whether a bad granule says something there: not where which of two faults stops the call would
/// be chance, nor what it does in a file's other states and on other filesystems, which others
/// show.
bool with_granule(const Point &point)
{
	const bool raced = row_of(point.memory).raced;
	const bool other = point.state != FileState::cached || point.direct;
	if (has_holes(point) || (raced && point.place->on_disk && other))
		return false;
	return raced || !point.place->on_disk || (point.place->name == "ext4" && point.direct);
}

/// `point` with memory of its own, and with a granule of that bad: in the middle of the third page,
/// if any tag is right at all.
void add_point(Point point, const PlanRequest &request, std::vector<Point> &points)
{
	const bool untagged = row_of(point.memory).untagged;
	const bool vectored = by_vector(*point.call);
	point.length = 4 * request.page_size;
	point.segment = vectored ? segments_in_plans : 0;
	point.offset = vectored ? last_segment_start(point.length, segments_in_plans) : 0;
	point.stand = Stand::good;
	points.push_back(point);
	if (!with_granule(point))
		return;
	point.stand = Stand::bad;
	point.offset = untagged ? 0 : 2 * request.page_size + request.page_size / 2;
	point.bad_one = !vectored ? 0 : untagged ? 1 : 3;
	points.push_back(point);
}

} // namespace

std::vector<Point> memory_points(const Case &call, const Place &place, const PlanRequest &request)
{
	std::vector<Point> points;
	const bool quick = request.level == Level::quick;
	if (call.situation != nullptr || (quick && place.name != "tmpfs") ||
	    !(call.shape.representative || (!quick && (by_ring(call) || by_vector(call)))))
		return points;
	for (const auto &path : paths(call, place)) {
		for (const auto &row : memory_rows()) {
			Point point = base_point(call, place, path, request.page_size);
			point.memory = row.memory;
			if (!chosen(point) || (quick && !among(quick_ones, row.memory)))
				continue;
			for (const auto submission : submissions(call)) {
				point.submission = submission;
				add_point(point, request, points);
			}
		}
	}
	return points;
}

} // namespace tagtrap
