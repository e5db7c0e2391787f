// SPDX-License-Identifier: GPL-2.0-only
// Numbers of an arm64 Image or module, which are little endian.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace tagtrap::coverage {

/// The number of `width` bytes at `at`. Throws std::runtime_error where the file ends before.
inline uint64_t number_at(std::string_view bytes, size_t at, size_t width)
{
	if (width > bytes.size() || at > bytes.size() - width)
		throw std::runtime_error("the file is cut off");
	uint64_t value = 0;
	for (size_t i = width; i-- > 0;)
		value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
	return value;
}

inline uint32_t word_at(std::string_view bytes, size_t at)
{
	return static_cast<uint32_t>(number_at(bytes, at, 4));
}

} // namespace tagtrap::coverage
