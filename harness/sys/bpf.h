// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <linux/bpf.h>
#include <vector>

#include "harness/sys/owned.h"

namespace tagtrap::sys {

using BpfProgram = std::vector<bpf_insn>;

/// bpf(2): a result, or -errno.
int64_t bpf(bpf_cmd command, bpf_attr &attributes);
/// All of it 0.
bpf_attr no_bpf_attributes();

/// An array of one value; `flags` are BPF_F_*. Throws std::system_error.
Fd make_bpf_array(uint32_t value_size, uint32_t flags = 0);
/// A program of ours, under the GPL. Throws std::system_error, with the verifier's last words.
Fd load_bpf(bpf_prog_type type, const BpfProgram &program);

/// A small assembler: r0 is a call's result, r1 to r5 are its arguments, r6 to r9 outlive it, r10
/// is the end of the stack.
class BpfAssembler {
public:
	void set(unsigned to, int32_t value);
	/// All 64 bits; `kind` is BPF_PSEUDO_MAP_FD for a map's descriptor.
	void set_wide(unsigned to, uint64_t value, unsigned kind = 0);
	/// The address of an array's only value.
	void set_value(unsigned to, const Fd &array);
	void move(unsigned to, unsigned from);
	void add(unsigned to, int32_t value);
	void add_register(unsigned to, unsigned from);
	/// 64 bits from, or to, `offset` bytes behind where a register points.
	void load(unsigned to, unsigned from, int16_t offset);
	void store(unsigned to, int16_t offset, unsigned from);
	/// 32 bits.
	void store_word(unsigned to, int16_t offset, int32_t value);
	void call(int32_t helper);
	/// Goes over the next `count` instructions unless the register is 0, where it is `least` or
	/// more, or where it is no more than `most`. Older verifiers learn of a number from the
	/// latter two alone.
	void skip_unless_zero(unsigned which, int16_t count);
	void skip_from(unsigned which, int32_t least, int16_t count);
	void skip_up_to(unsigned which, int32_t most, int16_t count);
	/// Ends with `result`, or with what r0 holds.
	void leave(int32_t result);
	void leave_with_r0();

	static constexpr int16_t leave_length = 2; ///< instructions of leave()

	const BpfProgram &program() const { return program_; }

private:
	void put(unsigned code, unsigned to, unsigned from, int16_t offset, int32_t value);

	BpfProgram program_;
};

} // namespace tagtrap::sys
