// SPDX-License-Identifier: GPL-2.0-only
// coverage: the plan with a probe on the kernel's tag check faults, beside all places of the
// kernel.
#include "fixtures/debian/kernels.h"
#include "harness/cli/commands.h"
#include "harness/cli/results.h"

namespace tagtrap {

int coverage_command(const Options &options)
{
	const auto kernel = debian::get_kernel(options.kernel, options.modules);
	Options run = options;
	run.action = Action::run;
	run.where = Where::vm;
	run.probe = true;
	run.out = make_results_directory(options.out, kernel.exact).string();
	return run_command(run);
}

} // namespace tagtrap
