// SPDX-License-Identifier: GPL-2.0-only
// Futexes, asynchronous requests, keys, programs and counters: values that are refused behind the
// copy where they would do something.
#include <cerrno>
#include <ctime>
#include <linux/bpf.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint64_t other = 1;
constexpr timespec minute = {60, 0};
constexpr Image word_and_time[] = {{nullptr, 4}, like(minute)};
constexpr int wait = FUTEX_WAIT | FUTEX_PRIVATE_FLAG;
constexpr int requeue_here = FUTEX_CMP_REQUEUE | FUTEX_PRIVATE_FLAG;
constexpr Due changed = {
	.by = "futex_atomic_op_inuser",
	.ends = Ends::ready,
	.may_be_unchecked = "without FEAT_LSUI the kernel changes the word by privileged accesses"};
constexpr int wake_op_here = FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG;
/// struct futex_waitv: value, address, flags (32 bits, private).
struct Waiter {
	uint64_t value = other, address = 0;
	uint32_t flags = 2 | FUTEX_PRIVATE_FLAG, reserved = 0;
};
constexpr Waiter waiter;
constexpr Image waiters[] = {like(waiter, {{{8, 8, image(1)}}}), {nullptr, 4}, like(minute)};

constexpr Image no_context[] = {{nullptr, 8}};
constexpr int destroys[] = {SYS_io_destroy};
constexpr Image no_params[] = {{nullptr, sizeof(io_uring_params)}};

constexpr char no_type[] = "tagtrap";
constexpr Image keys[] = {like(no_type)};
constexpr int process_keyring = KEY_SPEC_PROCESS_KEYRING;
constexpr Image no_attributes[] = {{nullptr, 48}};
/// perf_event_attr, first version: type, size, and what is not to be counted.
constexpr uint32_t no_event[16] = {0x7777, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0x60};
constexpr Image events[] = {like(no_event)};

void drop_context(Issue &issue, int64_t)
{
	sys::raw(SYS_io_destroy, issue.stored<uint64_t>());
}

// clang-format off
constexpr Row table[] = {
	{"futex.FUTEX_WAIT", trap(SYS_futex), {it, wait, other, 0}, in, aligned<uint32_t>,
	 on::itself, {.images = word_and_time, .holds = 0}, {.yields = fails(EAGAIN),
	 .by = "futex_wait_setup", .ends = Ends::refused}, Tries::callers},
	{"futex.utime", trap(SYS_futex), {image(0), wait, other, it}, in, one<timespec>, on::itself,
	 {.images = word_and_time, .holds = 1},
	 {.yields = fails(EAGAIN), .by = "get_timespec64", .ends = Ends::refused}},
	{"futex.FUTEX_CMP_REQUEUE", trap(SYS_futex), {it, requeue_here, 0, 0, spare, other}, in,
	 aligned<uint32_t>, on::itself, {.images = word_and_time, .holds = 0},
	 {.yields = fails(EAGAIN), .by = "futex_requeue", .ends = Ends::refused}},
	{"futex.FUTEX_WAKE_OP", trap(SYS_futex), {spare, wake_op_here, 0, 0, it, 0}, inout,
	 aligned<uint32_t>, on::itself, {.images = word_and_time, .holds = 0}, changed},
	{"futex_waitv.waiters", trap(SYS_futex_waitv), {it, 1, 0, 0, 0}, in, one<Waiter>,
	 on::itself, {.images = waiters, .holds = 0},
	 {.yields = fails(EAGAIN), .by = "futex_parse_waitv", .ends = Ends::refused}},
	{"futex_waitv.timeout", trap(SYS_futex_waitv), {image(0), 1, 0, it, CLOCK_MONOTONIC}, in,
	 one<timespec>, on::itself, {.images = waiters, .holds = 2},
	 {.yields = fails(EAGAIN), .by = "get_timespec64", .ends = Ends::refused}},
	{"io_setup.ctxp", trap(SYS_io_setup), {1, it}, inout, one<uint64_t>, on::itself,
	 {.images = no_context, .holds = 0, .undo = drop_context, .needs = destroys},
	 {.by = "__do_sys_io_setup"}},
	{"io_uring_setup.params", trap(SYS_io_uring_setup), {1, it}, inout, one<io_uring_params>,
	 on::itself, {.images = no_params, .holds = 0},
	 {.yields = a_handle, .by = "io_uring_setup"}},
	{"add_key._type", trap(SYS_add_key), {it, image(0), spare, 16, process_keyring}, in,
	 text(32), on::itself, {.images = keys, .text = "tagtrap"},
	 {.yields = fails(ENODEV), .by = "key_get_type_from_user"}},
	{"add_key._description", trap(SYS_add_key), {image(0), it, spare, 16, process_keyring}, in,
	 text(64), on::itself, {.images = keys, .text = "tagtrap"},
	 {.yields = fails(ENODEV), .by = "strndup_user"}},
	{"add_key._payload", trap(SYS_add_key), {image(0), image(0), it, size, process_keyring}, in,
	 bytes(64), on::itself, {.images = keys},
	 {.yields = fails(ENODEV), .by = "__do_sys_add_key"}},
	{"request_key._type", trap(SYS_request_key), {it, image(0), 0, 0}, in, text(32), on::itself,
	 {.images = keys, .text = "tagtrap"},
	 {.yields = fails(ENOKEY), .by = "key_get_type_from_user"}},
	{"request_key._description", trap(SYS_request_key), {image(0), it, 0, 0}, in, text(64),
	 on::itself, {.images = keys, .text = "tagtrap"},
	 {.yields = fails(ENOKEY), .by = "strndup_user"}},
	{"request_key._callout_info", trap(SYS_request_key), {image(0), image(0), it, 0}, in,
	 text(64), on::itself, {.images = keys, .text = "tagtrap"},
	 {.yields = fails(ENOKEY), .by = "strndup_user"}},
	{"bpf.attr", trap(SYS_bpf), {BPF_MAP_CREATE, it, size}, in, bytes(48), on::itself,
	 {.images = no_attributes, .holds = 0}, {.yields = fails(EINVAL), .by = "__sys_bpf"}, {},
	 Care::root},
	{"perf_event_open.attr", trap(SYS_perf_event_open), {it, 0, -1, -1, 0}, in, bytes(64),
	 on::itself, {.images = events, .holds = 0},
	 {.yields = fails(ENOENT), .by = "perf_copy_attr"}, {}, Care::root},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
