// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/vm_checks.h"

namespace tagtrap {

/// What a run says of its points: "VERDICT RULE..." by id.
using Verdicts = std::map<std::string, std::string>;

/// Those of `report --format=json`.
Verdicts verdicts_of(const Json &report);

/// What is wrong with a run that was disturbed and went on to its end: a point of `listed` without
/// a verdict, or with another one than in the `undisturbed` run. Pure.
VmCheck check_same(const Verdicts &undisturbed, const Verdicts &disturbed,
		   const std::vector<std::string> &listed);

/// The same of a run that was ended before its time: it may lack points, and has no others. Pure.
VmCheck check_part(const Verdicts &undisturbed, const Verdicts &disturbed);

/// Whether `text`, a journal that the host wrote, has whole lines only. Pure.
VmCheck check_lines(std::string_view text);

/// Reads what is left of the journal `text` when it is cut behind so many bytes, for each of
/// `cuts`: it has the points whose lines are whole, can be reported, and has status 3 without its
/// end. `directory` is made for this.
VmCheck check_cuts(const std::string &text, std::vector<size_t> cuts,
		   const std::filesystem::path &directory);

} // namespace tagtrap
