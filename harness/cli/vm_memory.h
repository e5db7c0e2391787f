// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/cli/vm_checks.h"

namespace tagtrap {

/// TEST-SPECs of the points whose memory has been through something, and of rare page faults, on
/// few places.
std::vector<std::string> memory_specs();

/// Each state of memory was reached, with right tags and with a bad granule, and each rare kind of
/// page fault that QEMU's processor has was made, on one of these kernels at least. Pure.
std::vector<VmCheck> check_reached(std::span<const StoredRun> runs);

} // namespace tagtrap
