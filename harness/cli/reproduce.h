// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fixtures/vm/run.h"
#include "harness/cli/reproducer_checks.h"
#include "harness/model/record.h"

namespace tagtrap {

/// The C program of a cause, who runs it, and what it came to.
struct CProgram {
	std::string cause, id;
	BuiltReproducer built;
	unsigned user = 0;   ///< an ordinary one where the point needs no privilege
	bool crash = false;  ///< what its point came to
	Json seen = nullptr; ///< `status`, `output`; null: it was not run
};

/// Builds the program of each cause of the run in `out` (of the one called `cause` alone, if that
/// is not empty) into out/reproduce. Throws sys::Problem when there is no such cause or no
/// compiler.
std::vector<CProgram> build_programs(const std::filesystem::path &out, const std::string &cause);

/// Runs those that were built one after the other in a machine like `like`, whose console goes to
/// `out`. A machine that one of them takes down is replaced. Returns 0, or 128 + the signal that
/// interrupted it. Throws sys::Problem when there is no machine.
int run_programs(std::vector<CProgram> &programs, const vm::VmRun &like,
		 const std::filesystem::path &out);

/// The `reproduced` event of each. Pure.
std::vector<Json> reproduced_events(const std::vector<CProgram> &programs);

} // namespace tagtrap
