// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/report/mutants.h"

namespace tagtrap {

/// mutants.json of this source tree.
std::vector<Mutant> declared_mutants();

/// The runs for the mutants called `names` (all if there are none): the unmutated kernel for each
/// contract that they break, and behind it the mutants. Pure. Throws sys::Problem (usage) naming an
/// unknown one.
std::vector<MutantRun> mutant_runs(const std::vector<Mutant> &mutants,
				   const std::vector<std::string> &names);

/// The command line of the run command for it: kernel, switch, mutant, contract. Pure.
Options options_of(const MutantRun &run, const Options &options);

/// Does the runs, one machine after the other, into directories below `out`, and prints the table.
/// `options` say which kernel, plan and QEMU. Nothing if it was interrupted.
std::optional<std::vector<MutantResult>> run_mutants(const std::vector<MutantRun> &runs,
						     const Options &options,
						     const std::filesystem::path &out);

} // namespace tagtrap
