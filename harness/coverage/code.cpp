// SPDX-License-Identifier: GPL-2.0-only
#include "harness/coverage/code.h"

namespace tagtrap::coverage {

bool is_call(uint32_t word)
{
	return word >> 26 == 0b100101;
}

std::optional<uint64_t> branch_target(uint32_t word, uint64_t at)
{
	if (!is_call(word) && word >> 26 != 0b000101)
		return std::nullopt;
	constexpr uint32_t sign = 1U << 25;
	const auto words = static_cast<int64_t>((word & (sign * 2 - 1)) ^ sign) - int64_t{sign};
	return at + static_cast<uint64_t>(words * 4);
}

bool is_user_access(uint32_t word)
{
	// Size in bits 31 and 30, kind in 23 and 22, immediate and registers are free.
	constexpr uint32_t mask = 0x3f200c00, value = 0x38000800;
	return (word & mask) == value;
}

} // namespace tagtrap::coverage
