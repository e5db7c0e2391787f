// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tagtrap {

struct Point;

/// How far a kernel path copies before it gives up at a bad granule (rule P3).
enum class PromiseKind : uint8_t { exact, close, granular, all_or_nothing, ignored, unchecked };

/// A promise belongs to the kernel's path, not to one CPU.
struct Promise {
	PromiseKind kind = PromiseKind::exact;
	uint32_t bytes = 0;         ///< close: n of g-n <= r <= g; granular: the unit
	std::string_view unit = {}; ///< granular: the unit's name (page, segment, ...)
	uint32_t ahead = 0;         ///< granular: bytes of the first unit in front of the transfer
	std::string_view reason = {}; ///< why, with the kernel routine
	/// Not empty: this path pins or bounces on some kernels, so that the access may complete
	/// unchecked; says why. Both outcomes keep the contract.
	std::string_view may_be_unchecked = {};
};

/// Whose copy routines they are.
enum class Arch : uint8_t { arm64, x86_64 };

/// What a kernel is, as far as promises and contracts depend on it. From the `run` record.
struct KernelFacts {
	Arch arch = Arch::arm64;
	int major = 0;
	int minor = 0;
	uint32_t page_size = 4096;
	bool mops = false; ///< HWCAP2_MOPS, and the copy routines use it
	bool mte3 = false; ///< HWCAP2_MTE3: asymm exists
};

std::string_view to_string(Arch arch);

/// How far copy_to_user() comes before a fault, for callers that count what it moved.
Promise copies_to_user(const KernelFacts &facts);

/// "exact", "close(15)", "granular(4096 page)", ...
std::string to_string(const Promise &promise);

} // namespace tagtrap
