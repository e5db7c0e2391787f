// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <optional>

namespace tagtrap::coverage {

/// BL: the caller's next instruction is in the link register.
bool is_call(uint32_t word);

/// Where a B or BL that stands at `at` leads; nothing for other instructions.
std::optional<uint64_t> branch_target(uint32_t word, uint64_t at);

/// An instruction of the LDTR and STTR family: a kernel access with the rights of user mode, which
/// is what get_user(), put_user() and the unsafe_*() accessors are made of.
bool is_user_access(uint32_t word);

} // namespace tagtrap::coverage
