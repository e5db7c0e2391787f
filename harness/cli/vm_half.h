// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

#include "harness/cli/vm_checks.h"

namespace tagtrap {

/// The words of a run on arm64 without MTE: what goes through the copy routines, both ways, page
/// by page, and pins.
std::vector<std::string> half_words();

/// Page faults were judged in that run and passed, what needs tags was left out, and the head of
/// the run says which half it is. Pure.
std::vector<VmCheck> check_half(const StoredRun &run);

} // namespace tagtrap
