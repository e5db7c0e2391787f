// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>

namespace tagtrap {

/// How many of the 128 lowest descriptors are open, and the lowest that is free; -1: not known.
struct Descriptors {
	int32_t open = 0, lowest = -1;
};

/// Those of this process, by one system call. Worker child only.
Descriptors descriptors();

} // namespace tagtrap
