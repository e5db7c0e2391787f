// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/model/promise.h"
#include "harness/sweep/cases.h"

namespace tagtrap::sweep {

/// Lengths that a routine treats alike: of what it copies in one go, from the first aligned address
/// on.
enum class Class : uint8_t { tiny, small, middle, large };
inline constexpr int classes = 4;
/// "0..15", "16..63", "64..127", "128..", as far as the shape has lengths.
std::string_view words(Class which, Shape shape);
Class class_of(const Pass &pass, const Case &one, uint32_t page_size);

/// What the source of a routine says of a fault.
enum class Says : uint8_t {
	stops,    ///< before it, so far as Limits have it
	open,     ///< nothing: where it stops is left to the CPU (MOPS)
	whole,    ///< that nothing is done
	succeeds, ///< that none is taken
};

/// How far short of a fault a routine may stop by its source, and what it may have stored beyond
/// its count.
struct Limits {
	std::string_view file = {}; ///< of the kernel's source
	Says says = Says::stops;
	uint32_t most = 0;   ///< bytes short
	uint32_t unit = 1;   ///< and a multiple of this
	uint32_t beyond = 0; ///< bytes
	/// A copy that moved nothing tries a single byte: then it is as short as that leaves it.
	bool single = false;

	/// Whether it may be so much short where it `moved` so much.
	bool allow(uint32_t missing, uint32_t moved) const;
};
Limits limits_of(const Pass &pass, Class which, const KernelFacts &facts);

/// In words, for a table: "0, 16, 32, 48", "left to the CPU"; and of what is stored beyond.
std::string short_words(const Limits &limits);
std::string beyond_words(const Limits &limits);
/// What the suite promises of calls that copy with the routine ("-": nothing).
std::string suite_words(const Pass &pass, const KernelFacts &facts);

/// What the suite lets copies to user memory be short by, "everything" for other routines.
bool suite_allows(const Pass &pass, uint32_t missing, const KernelFacts &facts);

} // namespace tagtrap::sweep
