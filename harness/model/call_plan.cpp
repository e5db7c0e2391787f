// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/call_plan.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <tuple>
#include <unordered_set>

#include "harness/model/case.h"
#include "harness/model/pairwise.h"
#include "harness/model/sweep.h"

namespace tagtrap {

namespace {

constexpr std::array all_aligns = {uint16_t{0}, uint16_t{16}, uint16_t{8}, uint16_t{1}};
constexpr std::array all_dispositions = {Disposition::handler,  Disposition::restart,
					 Disposition::noexpose, Disposition::noexpose_restart,
					 Disposition::blocked,  Disposition::ignored,
					 Disposition::fatal};
constexpr std::array ordinary_stands = {Stand::unmapped, Stand::protnone, Stand::rdonly};

/// A tag check mode, with or without PSTATE.TCO.
struct Mode {
	TagCheckMode mode;
	bool tco;
};
constexpr std::array all_modes = {Mode{TagCheckMode::sync, false}, Mode{TagCheckMode::none, false},
				  Mode{TagCheckMode::async, false},
				  Mode{TagCheckMode::asymm, false}, Mode{TagCheckMode::sync, true}};

/// Collects the points of one call x place, each once, invalid ones left out.
class Sweep {
public:
	Sweep(const Case &call, const Place &place, const PlanRequest &request)
		: call_(call), place_(place), request_(request), paths_(paths(call, place))
	{
	}

	std::vector<Point> points()
	{
		if (call_.shape.once) {
			Point point = base(paths_.front());
			if (call_.shape.remount) {
				point.state = FileState::plain;
				point.mode = TagCheckMode::none;
				point.stand = Stand::good;
				point.length = 1;
				point.offset = 0;
				point.disposition = Disposition::fatal;
			}
			add(point);
			return std::move(points_);
		}
		if (call_.shape.hidden) {
			hidden();
			return std::move(points_);
		}
		controls();
		if (request_.level == Level::quick) {
			quick();
		} else {
			sync_sweep();
			pairs();
		}
		if (request_.level == Level::exhaustive)
			product();
		Point nomops = base(paths_.front());
		nomops.nomops = true;
		add(nomops);
		// Matching tags first; then points that one worker child can do, side by side.
		std::ranges::stable_sort(points_, {}, [this](const Point &point) {
			const bool counted = point.disposition == Disposition::restart;
			return std::tuple(point.stand != Stand::good,
					  call_.shape.uring ? point.mode : TagCheckMode::none,
					  !call_.shape.uring && counted);
		});
		return std::move(points_);
	}

private:
	/// The point that stands for `path`: SYNC, handler, a granule in the middle.
	Point base(const Path &path) const
	{
		Point point;
		point.call = &call_;
		point.place = &place_;
		point.state = path.state;
		point.direct = path.direct;
		const auto all = lengths(path, request_.page_size);
		// A whole page, or what is nearest to it where files are small.
		point.length = *std::ranges::min_element(all, {}, [&](uint32_t length) {
			return std::max(length, request_.page_size) -
			       std::min(length, request_.page_size);
		});
		point.offset = (point.length / 2) / granule_size * granule_size;
		return point;
	}

	void add(const Point &point)
	{
		if (applicable(point, request_.page_size) && ids_.insert(id(point)).second)
			points_.push_back(point);
	}

	/// A control, and the granule first, in the middle and last.
	void hidden()
	{
		Point point = base(paths_.front());
		point.stand = Stand::good;
		add(point);
		point.stand = Stand::bad;
		for (const auto offset : offsets(point.length, 0, request_.page_size)) {
			point.offset = offset;
			add(point);
		}
	}

	/// What must not be noticed, and ordinary faults. `--quick` has them on the default path.
	void controls()
	{
		const bool quick = request_.level == Level::quick;
		for (const auto &path : paths_) {
			const bool first = path == paths_.front();
			for (const auto submission : submissions(call_)) {
				if (quick && !first && submission != Submission::inline_)
					continue;
				Point point = base(path);
				point.submission = submission;
				point.stand = Stand::good;
				add(point);
				if (quick && (!first || submission != Submission::inline_))
					continue;
				point.stand = Stand::bad;
				point.mode = TagCheckMode::none;
				add(point);
				point.mode = TagCheckMode::async;
				add(point);
			}
			if (!quick || first)
				ordinary_faults(path);
		}
	}

	void ordinary_faults(const Path &path)
	{
		for (const auto stand : ordinary_stands) {
			Point point = base(path);
			point.stand = stand;
			point.offset = 0;
			add(point);
			point.length = lengths(path, request_.page_size).back();
			point.offset = request_.page_size;
			add(point);
		}
	}

	/// Every rule and every value once, on the default path; every path and submission once.
	void quick()
	{
		for (const auto &path : paths_)
			add(base(path));
		for (const auto submission : submissions(call_)) {
			Point point = base(paths_.front());
			point.submission = submission;
			add(point);
			point.offset = 0;
			add(point);
		}
		const Point first = base(paths_.front());
		for (const auto disposition : all_dispositions) {
			Point point = first;
			point.disposition = disposition;
			add(point);
		}
		for (const auto &mode : all_modes) {
			Point point = first;
			point.mode = mode.mode;
			point.tco = mode.tco;
			add(point);
		}
		for (const auto align : all_aligns) {
			Point point = first;
			point.align = align;
			point.offset =
				align == 0 ? first.offset : first.offset - align % granule_size;
			add(point);
		}
		Point point = first;
		point.segment = 2;
		add(point);
	}

	/// SYNC with every length and position on every path; a granule in the second segment.
	void sync_sweep()
	{
		for (const auto &path : paths_) {
			for (const auto length : lengths(path, request_.page_size)) {
				for (const auto offset : offsets(length, 0, request_.page_size)) {
					Point point = base(path);
					point.length = length;
					point.offset = offset;
					add(point);
					point.segment = 2;
					add(point);
				}
			}
			for (const auto submission : submissions(call_)) {
				Point point = base(path);
				point.submission = submission;
				for (const auto offset :
				     offsets(point.length, 0, request_.page_size)) {
					point.offset = offset;
					add(point);
				}
			}
		}
	}

	/// The factors that the pairwise part combines; indices into the tables named beside them.
	enum Factor : size_t {
		by_path,
		by_length,
		by_position,
		by_submission,
		by_segment,
		by_align,
		by_mode,
		by_disposition,
		factor_count
	};

	/// The point a row stands for; lengths and positions are counted from the shortest on.
	bool from_row(const Row &row, Point &point) const
	{
		point = base(paths_[row[by_path]]);
		point.submission = submissions(call_)[row[by_submission]];
		point.segment = row[by_segment] == 1 ? 2 : 0;
		point.align = all_aligns[row[by_align]];
		point.mode = all_modes[row[by_mode]].mode;
		point.tco = all_modes[row[by_mode]].tco;
		point.disposition = all_dispositions[row[by_disposition]];
		const auto all_lengths = lengths(paths_[row[by_path]], request_.page_size);
		if (row[by_length] >= all_lengths.size())
			return false;
		point.length = all_lengths[row[by_length]];
		const auto all = offsets(point.length, point.align, request_.page_size);
		if (row[by_position] >= all.size())
			return false;
		point.offset = all[row[by_position]];
		return applicable(point, request_.page_size);
	}

	/// Alignment, mode, disposition (and the rest) pairwise; length x position are swept
	/// already.
	void pairs()
	{
		const std::vector<size_t> sizes = {paths_.size(),
						   7,
						   5,
						   submissions(call_).size(),
						   call_.shape.vectored ? 2u : 1u,
						   all_aligns.size(),
						   all_modes.size(),
						   all_dispositions.size()};
		const std::vector<bool> swept = {true, true, true, true, true, false, false, false};
		Point point;
		for (const auto &row : pairwise(sizes, swept, [&](const Row &candidate) {
			     return from_row(candidate, point);
		     })) {
			from_row(row, point);
			add(point);
		}
	}

	/// The full product of everything that is swept.
	void product()
	{
		for (const auto &one : paths_)
			for (const auto submit : submissions(call_))
				for (const auto bytes : lengths(one, request_.page_size))
					for (const auto start : all_aligns)
						for (const auto offset :
						     offsets(bytes, start, request_.page_size))
							variants(one, submit, bytes, start, offset);
	}

	void variants(const Path &one, Submission submit, uint32_t bytes, uint16_t start,
		      uint32_t offset)
	{
		Point point = base(one);
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
					add(point);
				}
			}
		}
	}

	const Case &call_;
	const Place &place_;
	const PlanRequest &request_;
	std::vector<Path> paths_;
	std::vector<Point> points_;
	std::unordered_set<std::string> ids_;
};

} // namespace

std::vector<Point> call_plan(const Case &call, const Place &place, const PlanRequest &request)
{
	return Sweep(call, place, request).points();
}

} // namespace tagtrap
