// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "harness/model/case.h"
#include "harness/model/point.h"
#include "harness/model/sweep.h"

namespace tagtrap {

/// A tag check mode, with or without PSTATE.TCO.
struct Mode {
	TagCheckMode mode;
	bool tco;
};

/// Of a vector, in points that put the fault into each or into the second of several.
inline constexpr uint8_t segments_in_plans = 4;

// The values that are combined, the default first.
inline constexpr std::array all_aligns = {uint16_t{0}, uint16_t{16}, uint16_t{8}, uint16_t{1}};
inline constexpr std::array all_dispositions = {
	Disposition::handler,  Disposition::restart,
	Disposition::noexpose, Disposition::noexpose_restart,
	Disposition::blocked,  Disposition::ignored,
	Disposition::fatal};
/// More, which every call x place sees once: they depend on the signal, not on the transfer.
inline constexpr std::array more_dispositions = {Disposition::altstack, Disposition::nodefer,
						 Disposition::nested,   Disposition::sigwait,
						 Disposition::signalfd, Disposition::pending};
/// What a signal meets in general, whoever makes the call.
inline constexpr std::array main_dispositions = {Disposition::handler, Disposition::blocked,
						 Disposition::ignored, Disposition::fatal};
inline constexpr std::array all_modes = {
	Mode{TagCheckMode::sync, false},      Mode{TagCheckMode::none, false},
	Mode{TagCheckMode::async, false},     Mode{TagCheckMode::asymm, false},
	Mode{TagCheckMode::storeonly, false}, Mode{TagCheckMode::sync, true}};

/// The point that stands for `path`: SYNC, handler, a page long, a granule in the middle.
Point base_point(const Case &call, const Place &place, const Path &path, uint32_t page_size);

/// Alignment, mode, caller and disposition pairwise with all else, each value at least once.
std::vector<Point> pairwise_points(const Case &call, const Place &place, uint32_t page_size);

/// The full product of everything that is swept, for the leader; for other callers that of path,
/// position, caller and main disposition. May hold points that cannot be issued.
std::vector<Point> product_points(const Case &call, const Place &place, uint32_t page_size);

} // namespace tagtrap
