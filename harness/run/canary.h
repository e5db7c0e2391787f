// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/model/contract.h"
#include "harness/model/observation.h"

namespace tagtrap {

/// Which contract a kernel keeps, as one write and one read on a pipe tell.
struct CanaryEnd {
	std::optional<Contract> contract; ///< none: no contract can be chosen
	std::string why;
};

/// Decides from two observations (SYNC, handler, bad granule). Pure.
CanaryEnd read_canary(const Observation &write, const Observation &read);

/// Where there are no tags: what a page fault is due is the same under either contract.
CanaryEnd no_canary();

/// Issues both calls in a worker child and decides.
CanaryEnd run_canary(uint32_t page_size);

} // namespace tagtrap
