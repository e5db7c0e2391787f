// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <string>

#include "harness/cli/options.h"
#include "harness/sweep/stored.h"
#include "harness/sys/owned.h"

namespace tagtrap {

/// DIR/NAME.jsonl: what a sweep of one kernel has come to, kept from call to call.
class SweepFile {
public:
	/// Reads what is there and makes DIR if it has to. Throws sys::Problem when another sweep
	/// is at work in the file, or when it makes no sense.
	SweepFile(const std::filesystem::path &directory, const std::string &name);

	const sweep::Stored &stored() const { return stored_; }
	/// Takes a line, and appends it. Throws sys::Problem when it belongs to another sweep.
	void take(const Json &event);

private:
	std::filesystem::path path_;
	sys::Fd lock_, file_;
	sweep::Stored stored_;
};

/// DIR of sweeps: --out, else results/sweep.
std::filesystem::path sweep_directory(const Options &options);

/// What the sweep in `file` goes on with, else what `options` say: its seed, else a new one, which
/// is printed. Throws sys::Problem when they do not go together.
uint64_t sweep_seed(const Options &options, const SweepFile &file);

/// Prints the table of `file`, writes that of all sweeps of DIR to DIR/sweep.md and to --page, and
/// returns the exit status.
int report_sweep(const Options &options, const SweepFile &file);

} // namespace tagtrap
