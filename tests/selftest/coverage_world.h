// SPDX-License-Identifier: GPL-2.0-only
// A kernel of a few instructions, and a module of it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tagtrap::selftest {

/// How scripts/kallsyms.c lays its tables out.
enum class TableAge : uint8_t {
	v5_10, ///< offsets in front of the names, nothing before _stext
	v6_12, ///< offsets behind the tokens
	v7_3,  ///< each offset counts from where it stands; tables start at four bytes
};

/// A symbol: where it is, its kind in front of its name.
using Symbols = std::vector<std::pair<uint32_t, std::string>>;

/// An Image with these symbols. `code` is what stands at _stext, 0x1000.
std::string small_image(const Symbols &symbols, const std::vector<uint32_t> &code, TableAge age);

/// BL and B from one place to another; LDTR x0, [x1].
uint32_t bl(uint64_t from, uint64_t to);
uint32_t b(uint64_t from, uint64_t to);
inline constexpr uint32_t ldtr = 0xf8400820;
inline constexpr uint32_t nop = 0xd503201f;

/// A call of a module by relocation.
struct Outside {
	uint64_t at;
	uint32_t type; ///< R_AARCH64_CALL26, ...
	std::string name;
};

/// A module with one section of code and one function in it, which begins at `at`.
std::string small_module(const std::vector<uint32_t> &code, const std::string &function,
			 uint64_t at, const std::vector<Outside> &calls,
			 const std::string &info = "");

} // namespace tagtrap::selftest
