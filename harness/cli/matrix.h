// SPDX-License-Identifier: GPL-2.0-only
// `matrix`: one run for each of several kernels, and one table of them.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fixtures/debian/kernels.h"
#include "harness/cli/matrix_results.h"
#include "harness/cli/options.h"

namespace tagtrap {

/// The kernels that --kernels=LIST means: names and paths with commas between, `all`, or nothing
/// for Debian's own without flavours. `kernels` are those that can be had. `NAME:off`,
/// `NAME:sigsegv` and `NAME:sigbus` are a reference kernel with its switch. Pure. Throws
/// sys::Problem (usage) where the list names nothing, or one kernel twice.
std::vector<MatrixEntry> matrix_entries(const std::string &list,
					std::span<const debian::KernelRow> kernels);

/// What `run` is told for each kernel besides the kernel. Pure.
std::vector<std::string> matrix_arguments(const Options &options);

/// The words of `run` for one kernel, whose results go below `out`. Pure.
std::vector<std::string> entry_words(const MatrixRecord &record, const MatrixEntry &entry,
				     const std::filesystem::path &out);

/// Runs `program` for each entry that is still to do, `jobs` at a time, and notes in `record` what
/// became of it; `changed` is called whenever one begins or ends. What they say goes to our
/// standard error, with the name of the kernel before it, and to a log beside their results.
/// Returns the number of the signal that interrupted it, which they were told; 0: none did.
int run_entries(MatrixRecord &record, const std::filesystem::path &out, const std::string &program,
		unsigned jobs, const std::function<void()> &changed);

} // namespace tagtrap
