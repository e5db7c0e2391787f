// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>
#include <stdexcept>
#include <system_error>

#include "harness/cli/commands.h"
#include "harness/sys/problem.h"
#include "harness/sys/say.h"

namespace tagtrap {

int guarded(int (*command)(const Options &), const Options &options)
{
	try {
		return command(options);
	} catch (const sys::Problem &problem) {
		sys::say(fmt::format("tagtrap: {}\n", problem.what()));
		return problem.status;
	} catch (const std::invalid_argument &error) { // a TEST-SPEC or an id
		sys::say(fmt::format("tagtrap: {}\n", error.what()));
		return 2;
	} catch (const std::system_error &error) {
		const bool full = error.code() == std::errc::no_space_on_device;
		sys::say(fmt::format("tagtrap: {}{}\n", error.what(),
				     full ? "; make room, what was written so far is kept" : ""));
		return 3;
	} catch (const std::exception &error) {
		sys::say(fmt::format("tagtrap: {}\n", error.what()));
		return 3;
	}
}

} // namespace tagtrap
