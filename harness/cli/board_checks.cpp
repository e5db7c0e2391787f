// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/board_checks.h"

#include "fixtures/debian/kernels.h"
#include "harness/cli/host.h"
#include "harness/sys/problem.h"

namespace tagtrap {

std::optional<StandInGround> stand_in_ground()
{
	try {
		board::own_key();
		// 6.6 and later can switch io_uring off.
		return StandInGround{board::get_root(), debian::get_kernel("6.12")};
	} catch (const sys::Problem &problem) {
		fmt::print("  SKIP no stand-in for a board: {}\n", problem.what());
		return std::nullopt;
	}
}

std::filesystem::path fresh_test_directory(std::string_view name)
{
	const auto path = std::filesystem::path(TAGTRAP_SOURCE_ROOT) / "build" / name;
	std::filesystem::remove_all(path);
	std::filesystem::create_directories(path);
	return path;
}

} // namespace tagtrap
