// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/value.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "harness/model/case.h"
#include "harness/model/contract.h"
#include "harness/model/judge_parts.h"

namespace tagtrap {

namespace {

Rule aim_of_mode(const Point &point)
{
	const bool checked = judging::mode_checks(point.mode, point.call->direction);
	if (judging::checks_half(point.mode))
		return checked ? Rule::m4 : Rule::m3;
	return checked ? Rule::m1 : Rule::m2;
}

/// What becomes of the signal.
Rule aim_of_handling(const Point &point)
{
	if (outcome_of(point.caller, point.disposition) != Outcome::caught)
		return Rule::f2;
	if (point.disposition == Disposition::restart ||
	    point.disposition == Disposition::noexpose_restart)
		return Rule::f3;
	const bool plain =
		point.caller == Caller::leader && point.disposition == Disposition::handler;
	return plain ? Rule::m1 : Rule::f1;
}

Rule aim_of_situation(const Point &point)
{
	if (point.position == Position::behind)
		return Rule::f8;
	switch (point.call->situation->audience) {
	case Audience::nobody:
		return Rule::f9;
	case Audience::uninvited:
		return Rule::f8;
	case Audience::caller:
	case Audience::either:
		break;
	}
	return aim_of_handling(point);
}

/// By point: how many of its kind come before it.
std::vector<size_t> rounds_of(const std::vector<Point> &points)
{
	std::map<std::tuple<Rule, const Case *, const Place *>, size_t> met;
	std::vector<size_t> rounds;
	rounds.reserve(points.size());
	for (const Point &point : points)
		rounds.push_back(met[{aim(point), point.call, point.place}]++);
	return rounds;
}

} // namespace

Rule aim(const Point &point)
{
	const Shape &shape = point.call->shape;
	if (shape.remount)
		return Rule::p5;
	if (shape.together)
		return Rule::p6;
	if (point.disposition == Disposition::pending)
		return Rule::f7;
	if (point.stand == Stand::good)
		return point.memory == Memory::plain ? Rule::p4 : Rule::p9;
	if (point.stand != Stand::bad)
		return Rule::f5;
	if (const Rule rule = aim_of_mode(point); rule != Rule::m1)
		return rule;
	if (point.tco)
		return Rule::p7;
	if (point.nomops)
		return Rule::p3;
	if (point.call->situation != nullptr)
		return aim_of_situation(point);
	return point.submission == Submission::inline_ ? aim_of_handling(point) : Rule::f9;
}

std::vector<Point> by_value(const std::vector<Point> &points)
{
	const auto rounds = rounds_of(points);
	std::vector<size_t> order(points.size());
	std::iota(order.begin(), order.end(), size_t{0});
	std::ranges::stable_sort(order, {}, [&](size_t item) {
		return std::tuple(rounds[item], points[item].call->shape.hazardous,
				  aim(points[item]) != Rule::m1);
	});
	std::unordered_map<std::string, size_t> controls; // by control_key(), the first of each
	for (size_t item = 0; item < points.size(); ++item)
		if (is_control(points[item]))
			controls.try_emplace(control_key(points[item]), item);
	std::vector<Point> sorted;
	sorted.reserve(points.size());
	std::vector<bool> taken(points.size(), false);
	const auto take = [&](size_t item) {
		if (taken[item])
			return;
		taken[item] = true;
		sorted.push_back(points[item]);
	};
	for (const size_t item : order) {
		if (const auto control = controls.find(control_key(points[item]));
		    control != controls.end())
			take(control->second);
		take(item);
	}
	return sorted;
}

} // namespace tagtrap
