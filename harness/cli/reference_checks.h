// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

#include "harness/cli/vm_checks.h"
#include "harness/report/mutants.h"

namespace tagtrap {

/// Mutants that the project's tests run: at least one per kind of rule that a small part of the
/// plan can show. Few, since each costs a boot.
std::vector<std::string> tested_mutants();

/// That part of the plan.
std::vector<std::string> tested_specs();

/// A mutant is caught by the rule that it declares; the unmutated kernel passes. Pure.
VmCheck check_mutant(const MutantResult &result);

/// A stored run, judged by `contract`, fails: in mode sync every call whose own copy ended at a bad
/// granule breaks `rule`, and there are such calls. F1 is about the signal that is caught; where
/// there is nobody to catch it, the same lack is F2. Pure.
VmCheck check_fails(const std::string &what, const Journal &journal, Contract contract, Rule rule);

/// Both runs have the same points, every point has the same verdict in both and breaks the same
/// rules, and there are points that were judged. One that is missing, SKIP or BROKEN in one of them
/// alone is a difference, unless the machine is the reason for the SKIP. Pure.
VmCheck check_same(const std::string &what, const Journal &left, const Journal &right);

/// The journal and both reports name the build `release`, the contract, the switch and the mutant
/// of `run`. Pure.
VmCheck check_named(const MutantRun &run, const Journal &journal, const std::string &release);

} // namespace tagtrap
