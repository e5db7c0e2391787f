// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <vector>

#include "harness/cli/mutants.h"
#include "harness/cli/vm_checks.h"

namespace tagtrap {

/// The C programs for what the mutants of `runs` show, whose results are below `out`: each shows it
/// on its mutant, and on the kernel without the mistake it says that all is as it should be.
std::vector<VmCheck> check_programs(const std::vector<MutantRun> &runs, const Options &options,
				    const std::filesystem::path &out);

} // namespace tagtrap
