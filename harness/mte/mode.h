// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>

#include "harness/model/point.h"

namespace tagtrap::mte {

/// The argument of prctl(PR_SET_TAGGED_ADDR_CTRL) for `mode`, tagged addresses enabled. asymm is
/// sync and async together: the CPU's mte_tcf_preferred decides.
uint64_t control_for(TagCheckMode mode);

/// Sets the tag check mode of this thread. Returns 0 or -errno.
int64_t set_mode(TagCheckMode mode);

/// What set_mode() says, and back to what was before.
int64_t try_mode(TagCheckMode mode);

/// What prctl(PR_GET_TAGGED_ADDR_CTRL) says, or -errno.
int64_t current_control();

/// What the CPU and the kernel offer. From the auxiliary vector; all false off arm64.
struct Features {
	bool mte = false;
	bool mte3 = false;
	bool mops = false;
	bool store_only = false; ///< shown by kernels from 6.17 on
};
Features features();

} // namespace tagtrap::mte
