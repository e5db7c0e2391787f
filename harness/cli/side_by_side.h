// SPDX-License-Identifier: GPL-2.0-only
// run --jobs=N: several machines go through one plan.
#pragma once

#include "harness/cli/options.h"
#include "harness/cli/progress.h"
#include "harness/model/plan.h"

namespace tagtrap {

namespace vm {
struct VmRun;
}

/// Places of the plan that need a disk. The plan of the machine itself, whose page size is not
/// known here, has the same places.
std::vector<std::string> filesystems(const PlanRequest &request);

/// The runs that the shards of `run` are, one for each of options.jobs machines, each below OUT.
/// Pure.
std::vector<vm::VmRun> shards_of(const vm::VmRun &run, const Options &options);

/// Goes through the plan in as many machines as options.jobs says, and makes one journal and one
/// console.log of theirs in OUT, however it ends; what they wrote goes away then. Where one has
/// left nothing that can be put together with the others, it stays, and a line says where. Returns
/// and throws as vm::run_in_vm() does.
int run_side_by_side(const vm::VmRun &run, const Options &options, Progress &progress);

} // namespace tagtrap
