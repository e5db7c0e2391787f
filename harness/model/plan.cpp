// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/plan.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <stdexcept>
#include <unordered_set>
#include <utility>

#include "harness/model/call_plan.h"
#include "harness/model/contract.h"
#include "harness/model/sweep.h"

namespace tagtrap {

namespace {

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

/// What the specs make of the points of a level.
struct Selection {
	std::vector<Point> points, excluded;
	std::vector<size_t> hits; ///< per spec, how many points it speaks of
};

/// Adds the points that the specs select, and those that they would if none excluded them.
void select(const PlanRequest &request, const std::vector<Point> &points, Selection &selection)
{
	const bool all = only_excludes(request);
	for (const auto &point : points) {
		bool wanted = all, excluded = false;
		for (size_t i = 0; i < request.specs.size(); ++i) {
			if (!matches(request.specs[i], point))
				continue;
			++selection.hits[i];
			if (request.specs[i].starts_with('~'))
				excluded = true;
			else
				wanted = true;
		}
		if (wanted)
			(excluded ? selection.excluded : selection.points).push_back(point);
	}
}

Selection selected(const PlanRequest &asked)
{
	PlanRequest request = asked;
	std::ranges::transform(asked.specs, request.specs.begin(), canonical);
	Selection found = {.hits = std::vector<size_t>(request.specs.size(), 0)};
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
			select(request, call_plan(*call, place, request), found);
		}
	}
	// An exact id is a point of its own, whether or not this level holds it.
	for (size_t i = 0; i < request.specs.size(); ++i) {
		const auto &spec = request.specs[i];
		if (found.hits[i] != 0 || spec.starts_with('~'))
			continue;
		if (std::ranges::count(spec, '/') != 5 || spec.find('*') != std::string::npos)
			throw std::invalid_argument(fmt::format(
				"'{}' selects no point; --list shows the ids of the plan", spec));
		const Point point = issuable_point(spec, request.page_size);
		// Named twice, or in two ways.
		if (std::ranges::find(found.points, point) != found.points.end() ||
		    std::ranges::find(found.excluded, point) != found.excluded.end())
			continue;
		const bool out = !excluded_by(request, point).empty();
		(out ? found.excluded : found.points).push_back(point);
	}
	if (request.only)
		for (auto *points : {&found.points, &found.excluded})
			std::erase_if(*points, [&](const Point &point) {
				return !request.only->contains(id(point));
			});
	std::stable_partition(found.points.begin(), found.points.end(),
			      [](const Point &point) { return !point.call->shape.hazardous; });
	if (request.shard)
		keep_shard(*request.shard, found.points, found.excluded);
	return found;
}

} // namespace

std::string_view to_string(Level level)
{
	constexpr std::array names = {"quick", "default", "exhaustive"};
	return names[static_cast<size_t>(level)];
}

std::vector<Point> plan(const PlanRequest &request)
{
	return selected(request).points;
}

Point issuable_point(std::string_view text, uint32_t page_size)
{
	const Point point = parse_id(text);
	if (!applicable(point, page_size))
		throw std::invalid_argument(fmt::format("'{}' cannot be issued: length, offset, "
							"alignment or caller do not fit",
							text));
	return point;
}

std::string_view excluded_by(const PlanRequest &request, const Point &point)
{
	for (const auto &spec : request.specs)
		if (spec.starts_with('~') && matches(canonical(spec), point))
			return spec;
	return {};
}

Course course(const PlanRequest &request)
{
	auto chosen = selected(request);
	std::unordered_set<std::string> there; // control_key() of controls that are planned
	for (const auto &point : chosen.points)
		if (is_control(point))
			there.insert(control_key(point));
	// By call and place, which the plan keeps together but for ids of their own.
	std::map<std::pair<const Case *, const Place *>, std::vector<Point>> needed;
	for (const auto &point : chosen.points) {
		const auto control = control_of(point, request.page_size);
		if (control && there.insert(control_key(point)).second)
			needed[{point.call, point.place}].push_back(*control);
	}
	Course all = {.excluded = std::move(chosen.excluded)};
	for (const auto &point : chosen.points) {
		if (auto found = needed.extract({point.call, point.place})) {
			all.controls.insert(all.controls.end(), found.mapped().begin(),
					    found.mapped().end());
			all.points.insert(all.points.end(), found.mapped().begin(),
					  found.mapped().end());
		}
		all.points.push_back(point);
	}
	std::erase_if(all.excluded, [&](const Point &point) { // run all the same
		return std::ranges::find(all.controls, point) != all.controls.end();
	});
	return all;
}

std::string key_of(const Course &course)
{
	uint64_t hash = 0xcbf29ce484222325; // FNV-1a
	const auto add = [&hash](std::string_view text) {
		for (const char byte : text)
			hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
	};
	for (const auto *points : {&course.points, &course.excluded}) {
		for (const auto &point : *points)
			add(id(point) + '\n');
		add("\n");
	}
	return fmt::format("{:016x}", hash);
}

} // namespace tagtrap
