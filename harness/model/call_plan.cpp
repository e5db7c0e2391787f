// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/call_plan.h"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_set>
#include <utility>

#include "harness/model/case.h"
#include "harness/model/combine.h"
#include "harness/model/file_offset_plan.h"
#include "harness/model/memory_plan.h"
#include "harness/model/ordinary_plan.h"
#include "harness/model/situation_plan.h"
#include "harness/model/sweep.h"
#include "harness/model/vector_plan.h"

namespace tagtrap {

namespace {

/// Good memory first, and last what few processors have: it should cost no other point its group.
int rank(Stand stand)
{
	if (stand == Stand::good)
		return 0;
	return stand >= Stand::pkey ? 2 : 1;
}

/// Collects the points of one call x place, each once, invalid ones left out.
class Sweep {
public:
	Sweep(const Case &call, const Place &place, const PlanRequest &request)
		: call_(call), place_(place), request_(request), paths_(paths(call, place))
	{
	}

	std::vector<Point> points()
	{
		if (call_.situation != nullptr) {
			const Point first = situation_point(call_, place_, request_.page_size);
			add_control(first);
			// What a structure is copied by knows no filesystem: once is quick.
			if (call_.row != nullptr && place_.on_disk &&
			    request_.level == Level::quick)
				add(first);
			else
				add_all(situation_points(call_, place_, request_));
			return std::move(points_);
		}
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
		add_all(memory_points(call_, place_, request_));
		if (request_.level == Level::quick) {
			quick();
		} else {
			sync_sweep();
			add_all(pairwise_points(call_, place_, request_.page_size));
			arrangements();
		}
		if (request_.level == Level::exhaustive)
			add_all(product_points(call_, place_, request_.page_size));
		add_all(file_offset_points(call_, place_, request_));
		add_all(vector_points(call_, place_, request_)); // last: they close no group early
		Point nomops = base(paths_.front());
		nomops.nomops = true;
		add(nomops);
		// Matching tags first; then points that one worker can do, side by side.
		std::ranges::stable_sort(points_, {}, [this](const Point &point) {
			return std::pair(rank(point.stand),
					 call_.shape.uring ? point.mode : TagCheckMode::none);
		});
		return std::move(points_);
	}

private:
	Point base(const Path &path) const
	{
		return base_point(call_, place_, path, request_.page_size);
	}

	void add_all(const std::vector<Point> &points)
	{
		for (const auto &point : points)
			add(point);
	}

	void add(const Point &point)
	{
		if (applicable(point, request_.page_size) && ids_.insert(id(point)).second)
			points_.push_back(point);
	}

	void add_each(Point point, std::span<const Disposition> dispositions)
	{
		for (const auto disposition : dispositions) {
			point.disposition = disposition;
			add(point);
		}
	}

	void add_control(const Point &point)
	{
		if (const auto control = control_of(point, request_.page_size))
			add(*control);
	}

	/// A control, and the granule first, in the middle and last; made by children, and where a
	/// signal is the end.
	void hidden()
	{
		Point point = base(paths_.front());
		add_control(point);
		for (const auto offset : offsets(point.length, 0, request_.page_size)) {
			point.offset = offset;
			add(point);
		}
		point = base(paths_.front());
		for (const auto caller : {Caller::fork, Caller::vfork}) {
			point.caller = caller;
			add(point);
		}
		point.caller = Caller::leader;
		point.disposition = Disposition::fatal;
		add(point);
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
				add_control(point);
				if (quick && (!first || submission != Submission::inline_))
					continue;
				point.stand = Stand::bad;
				point.mode = TagCheckMode::none;
				add(point);
				point.mode = TagCheckMode::async;
				add(point);
			}
			if (!quick || first)
				add_all(ordinary_points(call_, place_, path, request_));
		}
	}

	/// Every rule and value once, on the default path; every path and submission once.
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
		add_each(first, all_dispositions);
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
		if (!call_.shape.representative)
			return;
		if (!place_.on_disk)
			arrangements();
		else
			pending();
	}

	/// Who makes the call, and what else may hold the signal back. A SIGSEGV that was sent and
	/// is pending leaves calls alone that meet no bad granule (F7).
	void arrangements()
	{
		for (const auto caller : callers_of(call_)) {
			Point point = base(paths_.front());
			point.caller = caller;
			point.disposition = row_of(caller).alone;
			add(point);
			if (meets_all_callers())
				add_each(point, main_dispositions);
		}
		add_each(base(paths_.front()), more_dispositions);
		pending();
	}

	/// Callers and dispositions in full, where others have each once. `--quick` does so on one
	/// place: what becomes of the signal is decided behind the copy.
	bool meets_all_callers() const
	{
		return call_.shape.representative &&
		       (request_.level != Level::quick || place_.kind == PlaceKind::pipe);
	}

	void pending()
	{
		for (const auto &path : paths_) {
			Point point = base(path);
			point.disposition = Disposition::pending;
			point.stand = Stand::good;
			add(point);
		}
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

	const Case &call_;
	const Place &place_;
	const PlanRequest &request_;
	std::vector<Path> paths_;
	std::vector<Point> points_;
	std::unordered_set<std::string> ids_;
};

} // namespace

std::optional<Point> control_of(const Point &point, uint32_t page_size)
{
	if (point.call->shape.once)
		return std::nullopt;
	Point control = point.call->situation != nullptr
				? situation_point(*point.call, *point.place, page_size)
				: base_point(*point.call, *point.place, {point.state, point.direct},
					     page_size);
	control.submission = point.submission;
	if (point.from != 0) { // which a transfer of another length may not fit
		control.from = point.from;
		control.length = point.length;
		control.offset = 0;
	}
	control.stand = Stand::good;
	return applicable(control, page_size) ? std::optional(control) : std::nullopt;
}

std::vector<Point> call_plan(const Case &call, const Place &place, const PlanRequest &request)
{
	return Sweep(call, place, request).points();
}

} // namespace tagtrap
