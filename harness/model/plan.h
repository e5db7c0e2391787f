// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/point.h"
#include "harness/model/shard.h"

namespace tagtrap {

enum class Level : uint8_t { quick, standard, exhaustive };

std::string_view to_string(Level level);

/// What to plan. Everything that decides a plan is in here, so that host and guest make the same.
struct PlanRequest {
	Level level = Level::standard;
	uint32_t page_size = 4096;
	std::vector<std::string> specs = {}; ///< TEST-SPECs; empty: everything
	/// Ids: nothing else of what the specs select. None: all of it.
	std::optional<std::set<std::string, std::less<>>> only = std::nullopt;
	/// --shard: a part of all that. None: the whole.
	std::optional<Shard> shard = std::nullopt;
};

/// The points of a plan in the order in which they are run: controls of a call x place first,
/// hazardous points last. Throws std::invalid_argument when a spec selects nothing, naming it.
std::vector<Point> plan(const PlanRequest &request);

/// What a run goes through.
struct Course {
	/// The controls stand in front of the other points of their call and place.
	std::vector<Point> points;
	/// Of them the good-tag controls that no spec selects and that the selected points need: an
	/// observation of a bad granule proves nothing where nobody has seen the good one.
	std::vector<Point> controls;
	/// Not among `points`: what the plan would hold but for the specs that exclude.
	std::vector<Point> excluded;
};

/// plan(), with the controls that it needs and does not hold. Throws as plan() does.
Course course(const PlanRequest &request);

/// Tells courses apart that differ in any point or in their order: 16 hex digits. Two runs with the
/// same key mean the same by the places of points in the plan.
std::string key_of(const Course &course);

/// The point that the id `text` names, whether or not a plan holds it. Throws std::invalid_argument
/// as parse_id() does, and where the suite cannot issue it.
Point issuable_point(std::string_view text, uint32_t page_size);

/// The first spec of `request` that excludes `point`; empty: none does.
std::string_view excluded_by(const PlanRequest &request, const Point &point);

/// Whether `spec` speaks of `point`: `*` anywhere in an id, a tag in brackets, or the bare name of
/// a call or place. A leading `~` (which excludes) is passed over.
bool matches(std::string_view spec, const Point &point);

/// `spec` with caller and disposition, where it names them, written as in an id (`leader+blocked`:
/// `blocked`).
std::string canonical(std::string_view spec);

/// False when `spec` selects no point of `call` on `place`, whatever the level: none need be
/// planned. True for a spec that excludes.
bool may_match(std::string_view spec, const Case &call, const Place &place);

} // namespace tagtrap
