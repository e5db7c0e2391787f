// SPDX-License-Identifier: GPL-2.0-only
// The program behind run.sh: prepares a machine, drives it and reports.
#include <algorithm>
#include <cstdlib>
#include <fmt/core.h>
#include <string_view>

#include "harness/cli/bisect.h"
#include "harness/cli/commands.h"
#include "harness/sys/cache.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace {

int dispatch(const Options &options)
{
	if (options.offline)
		::setenv("TAGTRAP_OFFLINE", "1", 1); // for what we start, too
	if (options.action != Action::cache && options.action != Action::report &&
	    options.action != Action::judge && options.action != Action::merge &&
	    options.action != Action::explain && !options.stored)
		sys::use_cache();
	if (options.bisect)
		return bisect_command(options);
	switch (options.action) {
	case Action::run:
	case Action::preflight:
	case Action::bench:
		return run_command(options);
	case Action::test:
		return test_command(options);
	case Action::kernels:
		return kernels_command(options);
	case Action::kernel_build:
		return kernel_build_command(options);
	case Action::mutants:
		return mutants_command(options);
	case Action::report:
		return report_command(options);
	case Action::judge:
		return judge_command(options);
	case Action::compare:
		return compare_command(options);
	case Action::reproduce:
		return reproduce_command(options);
	case Action::explain:
		return explain_command(options);
	case Action::coverage:
		return coverage_command(options);
	case Action::sweep:
		return sweep_host_command(options);
	case Action::matrix:
		return matrix_command(options);
	case Action::merge:
		return merge_command(options);
	case Action::programs: // of the machine under test
	case Action::remote:
		break;
	case Action::cache:
		return cache_command(options);
	}
	throw std::invalid_argument("this build has no such command");
}

} // namespace
} // namespace tagtrap

int main(int argc, char **argv)
{
	// git takes every status but a few for a bad commit, so a mistake has one of those.
	const bool bisects =
		std::find(argv + 1, argv + argc, std::string_view("--bisect")) != argv + argc;
	const auto status = [bisects](int ours) {
		return bisects ? tagtrap::status_for_bisect(ours) : ours;
	};
	const auto parsed = tagtrap::parse_options({argv + 1, argv + argc}, tagtrap::Program::host);
	if (parsed.status) {
		if (*parsed.status == 0)
			fmt::print("{}", parsed.text);
		else
			tagtrap::sys::say(parsed.text);
		return status(*parsed.status);
	}
	return status(tagtrap::guarded(tagtrap::dispatch, parsed.options));
}
