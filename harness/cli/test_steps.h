// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/cli/tally.h"

namespace tagtrap {

/// One part of `./run.sh test`. `run` prints what failed and counts cases.
struct TestStep {
	std::string word; ///< selects it: `./run.sh test WORD`
	std::string name;
	std::function<Tally(const Options &)> run;
};

/// The tests that need no VM, with sanitizers. Catch2's XML report of every Meson
/// test lies beside its program (tests/selftest/meson.build), and is what is counted.
std::vector<TestStep> host_test_steps();

/// The tests in the VM.
std::vector<TestStep> vm_test_steps();

/// Runs in the VM that are disturbed at random moments. A part of it, unless it is asked for by
/// name.
std::vector<TestStep> chaos_test_steps();
std::vector<TestStep> frozen_test_steps();

/// Calls `checks`, or says why there is no kernel for them: SKIP.
Tally in_vm(const Options &options, Tally (*checks)(const Options &));

/// The reference kernel passes, some of its mutants are caught, each by its rule, and a stock
/// kernel is told from it. SKIP where no source is to be had; a build that fails is a failure.
std::vector<TestStep> reference_test_steps();

/// Rows reach the functions of the kernel that docs/coverage.md says they do. SKIP where the page
/// is of another kernel than the one at hand.
std::vector<TestStep> coverage_test_steps();

/// The target binary alone on a plain Debian, over ssh: as root, as an ordinary user, and with
/// io_uring and mounts denied. SKIP where that machine cannot be put together.
std::vector<TestStep> board_test_steps();

/// Runs with --on over ssh on such a machine: undisturbed, and with its session killed, its network
/// away, restarted and panicking. A part of it, unless it is asked for by name. SKIP as above.
std::vector<TestStep> boards_test_steps();

} // namespace tagtrap
