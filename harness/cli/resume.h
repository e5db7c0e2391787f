// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "fixtures/follow/follower.h"
#include "harness/cli/options.h"

namespace tagtrap {

/// A run that is to be gone on with, as its journal tells.
struct Interrupted {
	follow::Follower follower; ///< has seen all of it
	Json run;                  ///< its first `run` event
	Json last_run;             ///< its last one
	/// Of a rerun: the ids that it takes up.
	std::optional<std::set<std::string, std::less<>>> only = std::nullopt;
	size_t whole = 0;   ///< bytes of its journal that are whole lines
	bool asked = false; ///< it was asked to end, and did
};

/// Reads the journal of DIR. Throws sys::Problem that names what is not there.
Interrupted read_interrupted(const std::filesystem::path &directory);

/// `options` with all that decided the plan of that run. Throws sys::Problem where it cannot be
/// gone on with. Pure.
Options resumed(const Options &options, const Interrupted &run);

/// Cuts off what is behind the last whole line, which a machine that died may have left.
void cut_tail(const std::filesystem::path &directory, const Interrupted &run);

} // namespace tagtrap
