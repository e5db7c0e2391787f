// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "harness/cli/options.h"

namespace tagtrap {

// One function per command; each returns the exit status and throws what main() turns into a line.

int run_command(const Options &options);
int bisect_command(const Options &options); ///< a status for git-bisect-run(1)
int shell_command(const Options &options);  ///< becomes QEMU
int list_command(const Options &options);
int test_command(const Options &options);
int kernels_command(const Options &options);
int kernel_build_command(const Options &options);
int mutants_command(const Options &options);
int cache_command(const Options &options);
int report_command(const Options &options);
int judge_command(const Options &options);
int compare_command(const Options &options);
int merge_command(const Options &options);
int coverage_command(const Options &options);
int sweep_host_command(const Options &options);
int matrix_command(const Options &options);
int reproduce_command(const Options &options);
int explain_command(const Options &options);

/// Calls `command` and turns what it throws into one line on stderr and an exit status: 2 for
/// words of the user that make no sense, 3 for everything else.
int guarded(int (*command)(const Options &), const Options &options);

} // namespace tagtrap
