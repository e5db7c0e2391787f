// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/case.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/model/point.h"
#include "harness/model/row.h"

namespace tagtrap {

namespace {

std::vector<const Case *> &registry()
{
	static std::vector<const Case *> rows;
	return rows;
}

} // namespace

Registered::Registered(const Case &row)
{
	auto &rows = registry();
	const auto at = std::ranges::lower_bound(rows, row.name, {}, &Case::name);
	if (at != rows.end() && (*at)->name == row.name)
		throw std::logic_error("two cases are called " + std::string(row.name));
	rows.insert(at, &row);
}

bool acts_on(const Case &call, const Place &place)
{
	if (call.situation != nullptr && !call.situation->place.empty() &&
	    call.situation->place != place.name)
		return false;
	return std::ranges::find(call.on, place.kind) != call.on.end();
}

bool may_store(const Case &call)
{
	return call.direction == Direction::stores ||
	       (call.row != nullptr && call.row->flow == rows::Flow::inout);
}

bool marks_granule(const Point &point)
{
	const Situation *const situation = point.call->situation;
	return situation != nullptr && situation->opaque && !situation->elsewhere &&
	       situation->audience != Audience::uninvited && point.offset < point.length &&
	       point.call->direction == Direction::stores;
}

std::span<const Case *const> cases()
{
	return registry();
}

const Case *find_case(std::string_view name)
{
	const auto &rows = registry();
	const auto at = std::ranges::lower_bound(rows, name, {}, &Case::name);
	return at != rows.end() && (*at)->name == name ? *at : nullptr;
}

} // namespace tagtrap
