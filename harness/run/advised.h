// SPDX-License-Identifier: GPL-2.0-only
// Asking the kernel for what it need not do at once.
#pragma once

#include <cstddef>
#include <functional>

namespace tagtrap::states {

/// What madvise(2) is asked for.
struct Advice {
	int number;
	const char *name;
};

inline constexpr Advice cold = {20, "MADV_COLD"}; // asm-generic/mman-common.h since 5.4
inline constexpr Advice pageout = {21, "MADV_PAGEOUT"};

/// Asks up to `tries` times, with a rest of 20 ms behind each: whether it is shown at last.
bool comes(int tries, const std::function<bool()> &shown);

/// Advises on each processor in turn, until it shows. A page that was touched a moment ago is in a
/// batch of the processor that it was touched on, off the LRU lists and with one reference more:
/// madvise() can do nothing with it, and empties only the batch of the processor that it runs on
/// (lru_add_drain()). Throws sys::Unreached.
bool advised(unsigned char *at, size_t length, Advice advice, const std::function<bool()> &shown);

} // namespace tagtrap::states
