// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/combine.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "harness/model/pairwise.h"

namespace tagtrap {

namespace {

/// The combinations of one call x place.
class Combination {
public:
	Combination(const Case &call, const Place &place, uint32_t page_size)
		: call_(call), place_(place), page_size_(page_size), paths_(paths(call, place)),
		  submissions_(submissions(call)), callers_(callers_of(call))
	{
		for (const auto &path : paths_) {
			bases_.push_back(base_point(call, place, path, page_size));
			lengths_.push_back(lengths(path, page_size));
		}
	}

private:
	/// The factors that the pairwise part combines; indices into the tables named beside them.
	/// Caller and disposition, which any point can have, come first: the search for a row goes
	/// back over the last factors, in vain where they are not what forbids it.
	enum Factor : size_t {
		by_caller,
		by_disposition,
		by_path,
		by_length,
		by_position,
		by_submission,
		by_segment,
		by_align,
		by_mode,
		factor_count
	};

	/// The point a row stands for; lengths and positions are counted from the shortest on.
	bool from_row(const Choice &row, Point &point)
	{
		point = bases_[row[by_path]];
		point.submission = submissions_[row[by_submission]];
		point.segment = row[by_segment] == 1 ? 2 : 0;
		point.align = all_aligns[row[by_align]];
		point.mode = all_modes[row[by_mode]].mode;
		point.tco = all_modes[row[by_mode]].tco;
		point.caller = callers_[row[by_caller]];
		point.disposition = all_dispositions[row[by_disposition]];
		const auto &all_lengths = lengths_[row[by_path]];
		if (row[by_length] >= all_lengths.size())
			return false;
		point.length = all_lengths[row[by_length]];
		const auto &all = offsets_of(point.length, point.align);
		if (row[by_position] >= all.size())
			return false;
		point.offset = all[row[by_position]];
		return applicable(point, page_size_);
	}

public:
	/// Alignment, mode, caller, disposition (and the rest) pairwise; length x position are
	/// swept already.
	std::vector<Point> pairs()
	{
		const std::vector<size_t> sizes = {callers_.size(),
						   all_dispositions.size(),
						   paths_.size(),
						   7,
						   5,
						   submissions_.size(),
						   call_.shape.vectored ? 2u : 1u,
						   all_aligns.size(),
						   all_modes.size()};
		const std::vector<bool> swept = {false, false, true,  true, true,
						 true,  true,  false, false};
		Point point;
		for (const auto &row : pairwise(sizes, swept, [&](const Choice &candidate) {
			     return from_row(candidate, point);
		     })) {
			from_row(row, point);
			points_.push_back(point);
		}
		return std::move(points_);
	}

	/// The full product of everything that is swept; callers at each path and position.
	std::vector<Point> product()
	{
		for (const auto &one : paths_)
			for (const auto submit : submissions_)
				for (const auto bytes : lengths(one, page_size_))
					for (const auto start : all_aligns)
						for (const auto offset : offsets_of(bytes, start))
							variants(one, submit, bytes, start, offset);
		for (const auto &base : bases_)
			for (const auto offset : offsets_of(base.length, 0))
				callers_at(base, offset);
		return std::move(points_);
	}

private:
	void variants(const Path &one, Submission submit, uint32_t bytes, uint16_t start,
		      uint32_t offset)
	{
		Point point = base_point(call_, place_, one, page_size_);
		point.submission = submit;
		point.length = bytes;
		point.align = start;
		point.offset = offset;
		for (const auto &[mode, tco] : all_modes) {
			for (const auto disposition : all_dispositions) {
				for (const uint8_t segments :
				     {uint8_t{0}, uint8_t{2}, uint8_t{3}}) {
					point.mode = mode;
					point.tco = tco;
					point.disposition = disposition;
					point.segment = segments;
					points_.push_back(point);
				}
			}
		}
	}

	void callers_at(Point point, uint32_t offset)
	{
		point.offset = offset;
		for (const auto caller : callers_) {
			for (const auto disposition : main_dispositions) {
				point.caller = caller;
				point.disposition = disposition;
				points_.push_back(point);
			}
		}
	}

	/// offsets(), worked out once: rows are tried by the thousand.
	const std::vector<uint32_t> &offsets_of(uint32_t length, uint16_t align)
	{
		auto &known = offsets_[{length, align}];
		if (known.empty())
			known = offsets(length, align, page_size_);
		return known;
	}

	const Case &call_;
	const Place &place_;
	uint32_t page_size_;
	std::vector<Path> paths_;
	std::vector<Submission> submissions_;
	std::vector<Caller> callers_;
	std::vector<Point> bases_;                   ///< base_point() of every path
	std::vector<std::vector<uint32_t>> lengths_; ///< lengths() of every path
	std::map<std::pair<uint32_t, uint16_t>, std::vector<uint32_t>> offsets_;
	std::vector<Point> points_;
};

} // namespace

Point base_point(const Case &call, const Place &place, const Path &path, uint32_t page_size)
{
	Point point;
	point.call = &call;
	point.place = &place;
	point.state = path.state;
	point.direct = path.direct;
	const auto all = lengths(path, page_size);
	// A whole page, or what is nearest to it where files are small.
	point.length = *std::ranges::min_element(all, {}, [&](uint32_t length) {
		return std::max(length, page_size) - std::min(length, page_size);
	});
	point.offset = (point.length / 2) / granule_size * granule_size;
	return point;
}

std::vector<Point> pairwise_points(const Case &call, const Place &place, uint32_t page_size)
{
	// What can be issued goes by the kind of place: filesystems on a disk have the same points.
	static std::map<std::tuple<const Case *, PlaceKind, bool, uint32_t>, std::vector<Point>>
		known;
	const auto [found, first] =
		known.try_emplace({&call, place.kind, place.on_disk, page_size});
	if (first)
		found->second = Combination(call, place, page_size).pairs();
	auto points = found->second;
	for (auto &point : points)
		point.place = &place;
	return points;
}

std::vector<Point> product_points(const Case &call, const Place &place, uint32_t page_size)
{
	return Combination(call, place, page_size).product();
}

} // namespace tagtrap
