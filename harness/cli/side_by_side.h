// SPDX-License-Identifier: GPL-2.0-only
// run --jobs=N: several machines go through one plan.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/cli/progress.h"

namespace tagtrap {

namespace vm {
struct VmRun;
}

/// The runs that the shards of `run` are, one for each of options.jobs machines, each below OUT.
std::vector<vm::VmRun> shards_of(const vm::VmRun &run, const Options &options);

/// Makes one journal and one console.log in OUT of what the shards have left, and removes theirs; a
/// shard that never began is points that are missing. False: none has begun. OUT's journal has to
/// be the caller's. Throws where it cannot be done: then the parts stay, and OUT has no journal.
bool put_together(const std::filesystem::path &out, const std::vector<vm::VmRun> &shards);

/// Goes through the plan in as many machines as options.jobs says, and puts together what they have
/// left, however it ends; where that cannot be done it prints a report of each. Returns and throws
/// as vm::run_in_vm() does.
int run_side_by_side(const vm::VmRun &run, const Options &options, Progress &progress);

} // namespace tagtrap
