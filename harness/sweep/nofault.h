// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/sweep/cases.h"
#include "harness/sys/owned.h"

namespace tagtrap::sweep {

/// The routines that take no fault, as a BPF program reaches them: BPF_PROG_TEST_RUN runs it in
/// this task (since 5.10). It copies between the caller's memory and the value of an array, which
/// is mapped here and begins at a page edge.
class Nofault {
public:
	/// `size` bytes of value, of which `most_offset` may lie in front of a copy. Throws
	/// std::system_error where the kernel does not have it, or does not let us.
	Nofault(Routine routine, uint32_t size, uint32_t most_offset);
	Nofault(const Nofault &) = delete;
	Nofault &operator=(const Nofault &) = delete;
	~Nofault();

	unsigned char *value() const { return value_; }
	/// Copies `length` bytes between `address` and `offset` in the value: what the helper
	/// returns, or -errno of bpf(2).
	int64_t run(uint64_t address, uint64_t length, uint64_t offset);

private:
	uint32_t size_;
	sys::Fd array_, program_;
	unsigned char *value_ = nullptr;
	std::array<uint64_t, 3> context_ = {}; ///< address, length, offset
};

bool takes_no_fault(Routine routine);

} // namespace tagtrap::sweep
