// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "harness/model/promise.h"
#include "harness/run/canary.h"
#include "harness/run/session.h"

namespace tagtrap {

/// The kernel that this runs on.
KernelFacts kernel_facts();

/// MAJOR and MINOR of a release such as 6.12.94+deb13-arm64; false if it is none.
bool parse_release(const std::string &release, int &major, int &minor);

/// The `run` event. `contract` is the one that judges, `why` how it was chosen.
Json run_event(const SessionSetup &setup, const KernelFacts &facts, size_t points,
	       Contract contract, const std::string &why);

/// Kernel taint bits now, 0 if unknown.
uint64_t taint();

} // namespace tagtrap
