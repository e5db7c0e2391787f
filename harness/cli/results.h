// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "harness/model/merge.h"
#include "harness/model/record.h"

namespace tagtrap {

/// DIR of a run: `wanted` (--out), else results/DATE-NAME. Created. Throws sys::Problem when it
/// cannot be written to, or holds another run already.
std::filesystem::path make_results_directory(const std::string &wanted, const std::string &name);

/// The journal of DIR, settled: the one way from a stored run to its verdicts. Throws sys::Problem
/// that names what is not there.
Journal open_results(const std::filesystem::path &directory);

/// Whether a machine came far enough to begin the run in DIR.
bool has_begun(const std::filesystem::path &directory);

/// The run in DIR as a part of another: its whole lines, since the last one of a run that was
/// killed may be cut. Throws as open_results() does.
Part stored_part(const std::filesystem::path &directory);

/// Adds one event to the journal of DIR, which is there: what was done with a run when it was over.
/// Throws std::system_error.
void append_event(const std::filesystem::path &directory, const Json &event);

/// The same of lines that are events already.
void append_text(const std::filesystem::path &directory, std::string_view lines);

/// Writes report.txt and results.ktap of DIR from its journal.
void store_reports(const std::filesystem::path &directory, const Journal &journal);

/// The same, prints the report and returns the exit status of the run; with a `baseline`, the
/// directory of an earlier run, prints the comparison as well, and a run that violates has status 1
/// only where something got worse.
int write_reports(const std::filesystem::path &directory, const std::string &baseline = "");

} // namespace tagtrap
