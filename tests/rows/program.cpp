// SPDX-License-Identifier: GPL-2.0-only
// Attributes of bpf(2) and what they point to, and requests to a counter of perf_event_open(2).
#include <cerrno>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint32_t first = 0, value_length = on::map_value_length;
/// map_fd, key, value: the key is the pointee, or the value is.
constexpr Image to_key[] = {{nullptr, 32, {{{0, 4, object}, {8, 8, it}, {16, 8, spare}}}},
			    like(first)};
constexpr Image to_value[] = {{nullptr, 32, {{{0, 4, object}, {8, 8, image(1)}, {16, 8, it}}}},
			      like(first)};
constexpr Image to_key_alone[] = {{nullptr, 16, {{{0, 4, object}, {8, 8, it}}}}, like(first)};
constexpr Image to_path[] = {{nullptr, 16, {{{0, 8, it}}}}};
/// A program of one instruction that there is not.
struct Load {
	uint32_t type = BPF_PROG_TYPE_SOCKET_FILTER, count = 1;
	uint64_t instructions = 0, license = 0;
};
constexpr Load wrong_load;
constexpr uint64_t wrong_instruction = 0xff;
constexpr char license[] = "GPL";
constexpr Image to_instructions[] = {like(wrong_load, {{{8, 8, it}, {16, 8, image(2)}}}),
				     like(wrong_instruction), like(license)};
constexpr Image to_license[] = {like(wrong_load, {{{8, 8, image(1)}, {16, 8, it}}}),
				like(wrong_instruction)};
/// btf, btf_log_buf, btf_size, and the log's size and level.
constexpr Image to_types[] = {{nullptr, 28, {{{0, 8, it}, {16, 4, size}}}}};
/// Of a bpf_map_info: up to the name, which all kernels fill in.
constexpr uint32_t info_length = 40;
/// bpf_fd, info_len, info.
constexpr Image to_info[] = {{nullptr, 16, {{{0, 4, object}, {4, 4, size}, {8, 8, it}}}}};
constexpr uint32_t attribute_of_id = 12;
constexpr Image ids[] = {{nullptr, attribute_of_id}};
constexpr uint32_t no_id[3] = {0x7fffffff};
constexpr Image wrong_ids[] = {like(no_id)};

constexpr uint64_t period = 1;
constexpr Image periods[] = {like(period)};
constexpr uint32_t other_event[16] = {0x7777, 64};
constexpr Image other_events[] = {like(other_event)};

// clang-format off
constexpr Row table[] = {
	{"bpf.BPF_MAP_LOOKUP_ELEM.key", trap(SYS_bpf), {BPF_MAP_LOOKUP_ELEM, image(0), 32}, in,
	 one<uint32_t>, on::map, {.images = to_key, .holds = 1},
	 {.by = "map_lookup_elem"}, {}, Care::root},
	{"bpf.BPF_MAP_LOOKUP_ELEM.value", trap(SYS_bpf), {BPF_MAP_LOOKUP_ELEM, image(0), 32}, out,
	 bytes(value_length), on::map, {.images = to_value},
	 {.by = "map_lookup_elem"}, {}, Care::root},
	{"bpf.BPF_MAP_UPDATE_ELEM.key", trap(SYS_bpf), {BPF_MAP_UPDATE_ELEM, image(0), 32}, in,
	 one<uint32_t>, on::map, {.images = to_key, .holds = 1},
	 {.by = "map_update_elem"}, {}, Care::root},
	{"bpf.BPF_MAP_UPDATE_ELEM.value", trap(SYS_bpf), {BPF_MAP_UPDATE_ELEM, image(0), 32}, in,
	 bytes(value_length), on::map, {.images = to_value},
	 {.by = "map_update_elem"}, {}, Care::root},
	{"bpf.BPF_MAP_DELETE_ELEM.key", trap(SYS_bpf), {BPF_MAP_DELETE_ELEM, image(0), 16}, in,
	 one<uint32_t>, on::map, {.images = to_key_alone, .holds = 1},
	 {.yields = fails(EINVAL), .by = "map_delete_elem"}, {}, Care::root},
	{"bpf.BPF_MAP_GET_NEXT_KEY.key", trap(SYS_bpf), {BPF_MAP_GET_NEXT_KEY, image(0), 32}, in,
	 one<uint32_t>, on::map, {.images = to_key, .holds = 1},
	 {.by = "map_get_next_key"}, {}, Care::root},
	{"bpf.BPF_MAP_GET_NEXT_KEY.next_key", trap(SYS_bpf), {BPF_MAP_GET_NEXT_KEY, image(0), 32},
	 out, one<uint32_t>, on::map, {.images = to_value},
	 {.by = "map_get_next_key"}, {}, Care::root},
	{"bpf.BPF_PROG_LOAD.insns", trap(SYS_bpf), {BPF_PROG_LOAD, image(0), sizeof(Load)}, in,
	 one<uint64_t>, on::map, {.images = to_instructions, .holds = 1},
	 {.yields = fails(EINVAL), .by = "bpf_prog_load"}, {}, Care::root},
	{"bpf.BPF_PROG_LOAD.license", trap(SYS_bpf), {BPF_PROG_LOAD, image(0), sizeof(Load)}, in,
	 text(64), on::map, {.images = to_license, .text = "tagtrap"},
	 {.yields = fails(EINVAL), .by = "bpf_prog_load"}, {}, Care::root},
	{"bpf.BPF_OBJ_GET.pathname", trap(SYS_bpf), {BPF_OBJ_GET, image(0), 16}, in, text(64),
	 on::map, {.images = to_path, .path = "/none/of/tagtrap"},
	 {.yields = fails(ENOENT), .by = "getname_flags"}, {}, Care::root},
	{"bpf.BPF_BTF_LOAD.btf", trap(SYS_bpf), {BPF_BTF_LOAD, image(0), 28}, in, bytes(64),
	 on::map, {.images = to_types},
	 {.yields = fails(EINVAL), .by = "btf_parse"}, {}, Care::root},
	{"bpf.BPF_OBJ_GET_INFO_BY_FD.info", trap(SYS_bpf), {BPF_OBJ_GET_INFO_BY_FD, image(0), 16},
	 out, bytes(info_length), on::map, {.images = to_info},
	 {.by = "bpf_map_get_info_by_fd"}, {}, Care::root},
	{"bpf.BPF_MAP_GET_NEXT_ID.attr", trap(SYS_bpf), {BPF_MAP_GET_NEXT_ID, it, size}, inout,
	 bytes(attribute_of_id), on::map, {.images = ids, .holds = 0},
	 {.by = "bpf_obj_get_next_id"}, {}, Care::root},
	{"bpf.BPF_MAP_GET_FD_BY_ID.attr", trap(SYS_bpf), {BPF_MAP_GET_FD_BY_ID, it, size}, in,
	 bytes(12), on::map, {.images = wrong_ids, .holds = 0},
	 {.yields = fails(ENOENT), .by = "__sys_bpf"}, {}, Care::root},

	{"ioctl.PERF_EVENT_IOC_PERIOD", trap(SYS_ioctl), {object, PERF_EVENT_IOC_PERIOD, it}, in,
	 one<uint64_t>, on::counter, {.images = periods, .holds = 0},
	 {.yields = fails(EINVAL), .by = "_perf_ioctl"}},
	{"ioctl.PERF_EVENT_IOC_ID", trap(SYS_ioctl), {object, PERF_EVENT_IOC_ID, it}, out,
	 one<uint64_t>, on::counter, {}, {.by = "_perf_ioctl"}},
	{"ioctl.PERF_EVENT_IOC_SET_FILTER", trap(SYS_ioctl), {object, PERF_EVENT_IOC_SET_FILTER,
	 it},
	 in, text(64), on::counter, {.text = "tagtrap"},
	 {.yields = fails(EINVAL), .by = "strndup_user"}},
	{"ioctl.PERF_EVENT_IOC_MODIFY_ATTRIBUTES", trap(SYS_ioctl),
	 {object, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, it}, in, bytes(64), on::counter,
	 {.images = other_events, .holds = 0}, {.yields = fails(EINVAL), .by = "perf_copy_attr"}},
	{"read.perf", trap(SYS_read), {object, it, size}, out, one<uint64_t>, on::counter, {},
	 {.yields = 8, .by = "perf_read_one", .ends = Ends::ready}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
