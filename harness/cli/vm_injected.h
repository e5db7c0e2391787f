// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/model/verdict.h"

namespace tagtrap {

/// A fault that tests/inject/ makes, and what the harness has to say of it under `mainline`.
struct Injected {
	std::string_view id;
	VerdictKind kind;
	std::vector<Rule> rules = {};
	std::string_view word = {}; ///< in the reason, or at the start of a note
};

inline constexpr const char *unkillable_id = "inject-unkillable/ext4/cached/sync/4096@2048/handler";
inline constexpr const char *panic_id = "inject-panic/pipe/plain/sync/4096@2048/handler";
inline constexpr const char *silent_id = "inject-silent/pipe/plain/sync/4096@2048/handler";

/// Killable, and holds what the same call with a good tag needs.
inline constexpr const char *holding_id = "inject-holds/ext4/cached/sync/4096@2048/handler";

/// The point of its block of which the kernel complains.
inline constexpr const char *complaint_id = "inject-complaint/ext4/cached/sync/4096@2048/handler";

/// What the machine is booted with, so that it complains of tasks that sleep for a second.
inline constexpr const char *complaining =
	"sysctl.kernel.hung_task_timeout_secs=1 sysctl.kernel.hung_task_warnings=-1";

/// All of them, with their controls.
std::span<const Injected> injected_faults();

} // namespace tagtrap
