// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/plan.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <stdexcept>

#include "harness/model/call_plan.h"
#include "harness/model/sweep.h"

namespace tagtrap {

namespace {

bool excluded(const PlanRequest &request, const Point &point)
{
	return std::ranges::any_of(request.specs, [&](const auto &spec) {
		return spec.starts_with('~') && matches(spec, point);
	});
}

/// A hidden case is planned only by a spec that begins with its name.
bool named(const PlanRequest &request, const Case &call)
{
	return std::ranges::any_of(request.specs, [&](const auto &spec) {
		return spec == call.name || spec.starts_with(std::string(call.name) + "/");
	});
}

/// No spec selects: everything is wanted but what they exclude.
bool only_excludes(const PlanRequest &request)
{
	return std::ranges::all_of(request.specs,
				   [](const auto &spec) { return spec.starts_with('~'); });
}

/// Keeps the points that the specs select and counts, per spec, how many it selected.
void select(const PlanRequest &request, std::vector<Point> &points, std::vector<size_t> &hits)
{
	const bool all = only_excludes(request);
	std::erase_if(points, [&](const Point &point) {
		bool wanted = all;
		for (size_t i = 0; i < request.specs.size(); ++i) {
			if (matches(request.specs[i], point)) {
				++hits[i];
				wanted = true;
			}
		}
		return !wanted || excluded(request, point);
	});
}

} // namespace

std::string_view to_string(Level level)
{
	constexpr std::array names = {"quick", "default", "exhaustive"};
	return names[static_cast<size_t>(level)];
}

std::vector<Point> plan(const PlanRequest &request)
{
	std::vector<Point> points;
	std::vector<size_t> hits(request.specs.size(), 0);
	const bool all_called_for = only_excludes(request);
	for (const auto &place : places()) {
		// What is done once per place comes behind everything else there.
		std::vector<const Case *> calls(cases().begin(), cases().end());
		std::ranges::stable_sort(calls, {}, [](const Case *call) {
			return std::pair(call->shape.once, call->shape.remount);
		});
		for (const Case *call : calls) {
			if (!acts_on(*call, place))
				continue;
			if (call->shape.hidden && !named(request, *call))
				continue;
			if (!all_called_for && std::ranges::none_of(request.specs, [&](auto &spec) {
				    return !spec.starts_with('~') && may_match(spec, *call, place);
			    }))
				continue;
			auto here = call_plan(*call, place, request);
			select(request, here, hits);
			points.insert(points.end(), here.begin(), here.end());
		}
	}
	// An exact id is a point of its own, whether or not this level holds it.
	for (size_t i = 0; i < request.specs.size(); ++i) {
		const auto &spec = request.specs[i];
		if (hits[i] != 0 || spec.starts_with('~'))
			continue;
		if (std::ranges::count(spec, '/') != 5 || spec.find('*') != std::string::npos)
			throw std::invalid_argument(fmt::format(
				"'{}' selects no point; --list shows the ids of the plan", spec));
		const Point point = parse_id(spec);
		if (!applicable(point, request.page_size))
			throw std::invalid_argument(
				fmt::format("'{}' cannot be issued: length, offset "
					    "and alignment do not fit",
					    spec));
		points.push_back(point);
	}
	std::stable_partition(points.begin(), points.end(),
			      [](const Point &point) { return !point.call->shape.hazardous; });
	return points;
}

} // namespace tagtrap
