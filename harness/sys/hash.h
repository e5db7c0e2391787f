// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>

namespace tagtrap::sys {

/// FNV-1a, 64 bits, byte by byte.
class Fnv {
public:
	void add(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
	uint64_t value() const { return value_; }

private:
	uint64_t value_ = 0xcbf29ce484222325;
};

} // namespace tagtrap::sys
