// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/sys/raw.h"

/// The tag leaf: the same functions on every CPU; tags.cpp has the arm64 form and a twin for
/// others. Source: Arm ARM (FEAT_MTE2), ACLE memory tagging intrinsics.
namespace tagtrap::mte {

inline constexpr size_t granule = 16; ///< bytes that share one allocation tag

/// Whether there are tags here: in this binary the instructions, in this machine what they act on.
/// Without them everything below does nothing, and memory is as good as its pages are.
bool have_tags();

/// `pointer` with logical tag `tag` (0..15) in bits 59:56.
sys::UserPtr with_tag(sys::UserPtr pointer, unsigned tag);
/// Logical tag of `pointer`.
unsigned logical_tag(sys::UserPtr pointer);

/// Sets the allocation tags of [at, at + bytes), both multiples of the granule. PROT_MTE memory
/// only.
void set_allocation_tags(sys::UserPtr at, size_t bytes, unsigned tag);
/// Allocation tag of the granule at `at`.
unsigned allocation_tag(sys::UserPtr at);

/// Whether all granules of [at, at + bytes), both multiples of the granule, have this tag.
bool all_have_tag(sys::UserPtr at, size_t bytes, unsigned tag);

/// Sets or clears PSTATE.TCO of this thread: while it is set, user accesses are not checked.
/// Returns what it was. Costs one instruction; may be called anywhere, handlers included.
bool set_tag_check_override(bool on);

} // namespace tagtrap::mte
