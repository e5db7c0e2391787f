// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <fmt/format.h>

#include "harness/model/case.h"
#include "harness/model/glob.h"
#include "harness/model/plan.h"
#include "harness/model/row.h"

namespace tagtrap {

namespace {

/// Whether some text that begins with `start` can match.
bool can_begin(std::string_view pattern, std::string_view start)
{
	for (size_t i = 0; i < start.size(); ++i) {
		if (i == pattern.size())
			return false;
		if (pattern[i] == '*')
			return true;
		if (pattern[i] != start[i])
			return false;
	}
	return true;
}

/// `spec` is the name of a call, or of the call that a row is about.
bool names(std::string_view spec, const Case &call)
{
	return spec == call.name || (call.row != nullptr && spec == rows::call_of(call.name));
}

bool has_tag(const Point &point, std::string_view tag)
{
	if (tag == "fs")
		return point.place->kind == PlaceKind::file;
	if (tag == "uring")
		return point.call->shape.uring;
	if (tag == "vectored")
		return point.call->shape.vectored;
	if (tag == "direct")
		return point.direct;
	if (tag == "row")
		return point.call->row != nullptr;
	if (tag == "control")
		return point.memory == Memory::plain &&
		       (point.stand != Stand::bad || point.mode == TagCheckMode::none);
	if (tag == "memory")
		return point.memory != Memory::plain;
	return std::ranges::find(point.call->tags, tag) != point.call->tags.end();
}

} // namespace

bool matches(std::string_view spec, const Point &point)
{
	if (spec.starts_with('~'))
		spec.remove_prefix(1);
	if (spec.starts_with('[') && spec.ends_with(']'))
		return has_tag(point, spec.substr(1, spec.size() - 2));
	if (spec.find_first_of("/*") == std::string_view::npos)
		return names(spec, *point.call) || spec == point.place->name;
	if (!can_begin(spec, point.call->name)) // before the id is put together
		return false;
	return covers(spec, id(point));
}

std::string canonical(std::string_view spec)
{
	const auto slash = spec.rfind('/');
	Caller caller;
	Disposition disposition;
	if (slash == std::string_view::npos ||
	    !parse_handling(spec.substr(slash + 1), caller, disposition))
		return std::string(spec);
	return std::string(spec.substr(0, slash + 1)) + handling(caller, disposition);
}

bool may_match(std::string_view spec, const Case &call, const Place &place)
{
	if (spec.starts_with('~') || spec.starts_with('['))
		return true;
	if (spec.find_first_of("/*") == std::string_view::npos)
		return names(spec, call) || spec == place.name;
	return can_begin(spec, fmt::format("{}/{}/", call.name, place.name));
}

} // namespace tagtrap
