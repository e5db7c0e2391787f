// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/ordinary_plan.h"

#include <array>

#include "harness/model/combine.h"

namespace tagtrap {

namespace {

/// Behind the first byte, within a word, a cache line and a page, before the last byte; multiples
/// of a block for O_DIRECT.
void add_any_byte(Point point, std::vector<Point> &points)
{
	const uint32_t unit = point.direct ? direct_unit : 1;
	const uint32_t half = point.length / 2 / granule_size * granule_size;
	for (const uint32_t byte : {1u, 13u, half + 3, point.length - 1}) {
		point.offset = (byte + unit - 1) / unit * unit;
		points.push_back(point);
	}
}

/// A missing page that is met by another thread than the one that submits.
void add_of_workers(Point point, std::vector<Point> &points)
{
	point.stand = Stand::protnone;
	for (const auto submission : submissions(*point.call)) {
		if (submission == Submission::inline_)
			continue;
		point.submission = submission;
		point.offset = 0;
		points.push_back(point);
		add_any_byte(point, points);
	}
}

/// Other reasons why a page may not be accessed, which the routine that copies knows nothing of.
constexpr std::array rare_stands = {Stand::eof, Stand::pkey, Stand::gcs, Stand::pfn};

/// What copies, by its simplest calls; and what pins, on one filesystem.
bool tries_rare_ones(const Case &call, const Place &place, const Path &path)
{
	if (!call.shape.representative)
		return false;
	if (path.direct)
		return place.name == "ext4" && path.state == FileState::cached;
	return path == paths(call, place).front();
}

} // namespace

std::vector<Point> ordinary_points(const Case &call, const Place &place, const Path &path,
				   const PlanRequest &request)
{
	const bool quick = request.level == Level::quick;
	std::vector<Point> points;
	for (const auto stand : {Stand::unmapped, Stand::protnone, Stand::rdonly}) {
		Point point = base_point(call, place, path, request.page_size);
		point.stand = stand;
		point.offset = 0;
		points.push_back(point);
		if (!quick || stand == Stand::protnone)
			add_any_byte(point, points);
		point.length = lengths(path, request.page_size).back();
		point.offset = request.page_size;
		points.push_back(point);
		if (!quick && stand == Stand::protnone)
			add_any_byte(point, points);
	}
	if (!quick && path == paths(call, place).front())
		add_of_workers(base_point(call, place, path, request.page_size), points);
	for (const auto stand : rare_stands) {
		if (!tries_rare_ones(call, place, path))
			break;
		Point point = base_point(call, place, path, request.page_size);
		point.stand = stand;
		point.offset = 0;
		points.push_back(point);
		if (quick)
			continue;
		add_any_byte(point, points);
		point.length = lengths(path, request.page_size).back();
		point.offset = request.page_size;
		points.push_back(point);
	}
	return points;
}

} // namespace tagtrap
