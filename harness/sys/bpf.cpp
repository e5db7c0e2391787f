// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sys/bpf.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>

#include "harness/sys/raw.h"

namespace tagtrap::sys {

namespace {

constexpr uint32_t log_size = 1 << 16;

Fd descriptor(int64_t result, const std::string &step)
{
	if (result < 0)
		throw std::system_error(static_cast<int>(-result), std::generic_category(), step);
	return Fd(static_cast<int>(result));
}

/// The last line of the verifier's log but for its statistics.
std::string last_words(std::string_view log)
{
	std::string last;
	while (!log.empty()) {
		const auto end = std::min(log.find('\n'), log.size());
		const std::string_view line = log.substr(0, end);
		if (!line.empty() && !line.starts_with("processed "))
			last = line;
		log.remove_prefix(std::min(end + 1, log.size()));
	}
	return last;
}

} // namespace

int64_t bpf(bpf_cmd command, bpf_attr &attributes)
{
	return raw(SYS_bpf, static_cast<uint64_t>(command), arg(&attributes), sizeof(attributes));
}

bpf_attr no_bpf_attributes()
{
	bpf_attr attributes;
	std::memset(&attributes, 0, sizeof(attributes));
	return attributes;
}

Fd make_bpf_array(uint32_t value_size, uint32_t flags)
{
	bpf_attr attributes = no_bpf_attributes();
	attributes.map_type = BPF_MAP_TYPE_ARRAY;
	attributes.key_size = sizeof(uint32_t);
	attributes.value_size = value_size;
	attributes.max_entries = 1;
	attributes.map_flags = flags;
	return descriptor(bpf(BPF_MAP_CREATE, attributes), "BPF_MAP_CREATE");
}

Fd load_bpf(bpf_prog_type type, const BpfProgram &program)
{
	bpf_attr attributes = no_bpf_attributes();
	attributes.prog_type = type;
	attributes.insns = arg(program.data());
	attributes.insn_cnt = static_cast<uint32_t>(program.size());
	attributes.license = arg("GPL");
	const int64_t loaded = bpf(BPF_PROG_LOAD, attributes);
	std::string step = "BPF_PROG_LOAD";
	if (loaded < 0) { // once more, with a log
		std::string log(log_size, 0);
		attributes.log_buf = arg(log.data());
		attributes.log_size = log_size;
		attributes.log_level = 1;
		const Fd none(
			static_cast<int>(std::max<int64_t>(bpf(BPF_PROG_LOAD, attributes), -1)));
		if (const auto why = last_words(log.c_str()); !why.empty())
			step += ": " + why;
	}
	return descriptor(loaded, step);
}

void BpfAssembler::put(unsigned code, unsigned to, unsigned from, int16_t offset, int32_t value)
{
	bpf_insn made = {};
	made.code = static_cast<uint8_t>(code);
	made.dst_reg = to & 0xf;
	made.src_reg = from & 0xf;
	made.off = offset;
	made.imm = value;
	program_.push_back(made);
}

void BpfAssembler::set(unsigned to, int32_t value)
{
	put(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}

void BpfAssembler::set_wide(unsigned to, uint64_t value, unsigned kind)
{
	put(BPF_LD | BPF_DW, to, kind, 0, static_cast<int32_t>(value));
	put(0, 0, 0, 0, static_cast<int32_t>(value >> 32));
}

void BpfAssembler::set_value(unsigned to, const Fd &array)
{
	set_wide(to, static_cast<uint32_t>(array.get()), BPF_PSEUDO_MAP_VALUE);
}

void BpfAssembler::move(unsigned to, unsigned from)
{
	put(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}

void BpfAssembler::add(unsigned to, int32_t value)
{
	put(BPF_ALU64 | BPF_ADD, to, 0, 0, value);
}

void BpfAssembler::add_register(unsigned to, unsigned from)
{
	put(BPF_ALU64 | BPF_ADD | BPF_X, to, from, 0, 0);
}

void BpfAssembler::load(unsigned to, unsigned from, int16_t offset)
{
	put(BPF_LDX | BPF_MEM | BPF_DW, to, from, offset, 0);
}

void BpfAssembler::store(unsigned to, int16_t offset, unsigned from)
{
	put(BPF_STX | BPF_MEM | BPF_DW, to, from, offset, 0);
}

void BpfAssembler::store_word(unsigned to, int16_t offset, int32_t value)
{
	put(BPF_ST | BPF_MEM | BPF_W, to, 0, offset, value);
}

void BpfAssembler::call(int32_t helper)
{
	put(BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

void BpfAssembler::skip_unless_zero(unsigned which, int16_t count)
{
	put(BPF_JMP | BPF_JNE | BPF_K, which, 0, count, 0);
}

void BpfAssembler::skip_from(unsigned which, int32_t least, int16_t count)
{
	put(BPF_JMP | BPF_JGE | BPF_K, which, 0, count, least);
}

void BpfAssembler::skip_up_to(unsigned which, int32_t most, int16_t count)
{
	put(BPF_JMP | BPF_JLE | BPF_K, which, 0, count, most);
}

void BpfAssembler::leave(int32_t result)
{
	set(0, result);
	leave_with_r0();
}

void BpfAssembler::leave_with_r0()
{
	put(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

} // namespace tagtrap::sys
