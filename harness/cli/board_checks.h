// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <chrono>
#include <filesystem>
#include <fmt/core.h>
#include <optional>
#include <string>
#include <string_view>

#include "fixtures/board/stand_in.h"
#include "harness/cli/results.h"
#include "harness/cli/test_steps.h"

namespace tagtrap {

inline constexpr std::chrono::seconds visit_limit{400};

/// Counts checks, and prints those that fail.
struct Checks {
	Tally tally;
	std::string about;

	void check(std::string_view what, bool right, std::string_view seen)
	{
		++(right ? tally.passed : tally.failed);
		if (!right)
			fmt::print("  FAILED {}: {}; seen: {}\n", about, what, seen);
	}
	void same(std::string_view what, std::string_view expected, std::string_view seen)
	{
		check(fmt::format("{} is \"{}\"", what, expected), expected == seen, seen);
	}
};

/// What the stand-in for a board is made of.
struct StandInGround {
	board::Root root;
	boot::Kernel kernel;
};

/// Nothing where it cannot be made here, which is said.
std::optional<StandInGround> stand_in_ground();

/// An empty `build/NAME`.
std::filesystem::path fresh_test_directory(std::string_view name);

/// The kernel complains in a block of points; a task is left that no SIGKILL ends. Nobody gives a
/// board a fresh machine: the points of the block are run again alone, and those behind the task
/// are left out. The last visit: the task stays.
Tally make_trouble(const board::StandIn &stand_in, const std::filesystem::path &scratch);

} // namespace tagtrap
