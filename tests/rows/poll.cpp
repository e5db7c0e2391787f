// SPDX-License-Identifier: GPL-2.0-only
// Waiting for descriptors. Nobody waits: what is asked for is ready, or there is no time for it.
#include <ctime>
#include <poll.h>
#include <sys/epoll.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint64_t mask_size = 8;    ///< of the kernel's sigset_t
constexpr uint64_t descriptors = 64; ///< their set takes 8 bytes

constexpr pollfd may_write = {-1, POLLOUT, 0};
constexpr timespec no_wait = {0, 0};
constexpr Image writable[] = {
	like(may_write, {{{0, 4, object}}}),
	like(no_wait),
	{nullptr, 8}, // a mask
	{nullptr, 16, {{{0, 8, image(2)}, {8, 8, mask_size}}}},
	{nullptr, 16, {{{0, 8, it}, {8, 8, mask_size}}}},
};
constexpr uint32_t wanted[sizeof(epoll_event) / sizeof(uint32_t)] = {EPOLLOUT};
constexpr Image watched[] = {like(wanted), {nullptr, 8}, like(no_wait)};

// clang-format off
constexpr Row table[] = {
	{"ppoll.fds", trap(SYS_ppoll), {it, 1, 0, mask, mask_size}, inout, one<pollfd>, on::pipe,
	 {.images = writable, .holds = 0}, {.yields = 1, .by = "do_sys_poll", .ends = Ends::ready},
	 Tries::masks},
	{"ppoll.tsp", trap(SYS_ppoll), {image(0), 1, it, 0, mask_size}, in, one<timespec>, on::pipe,
	 {.images = writable, .holds = 1},
	 {.yields = 1, .by = "get_timespec64", .ends = Ends::ready}},
	{"ppoll.sigmask", trap(SYS_ppoll), {image(0), 1, 0, it, mask_size}, in, one<uint64_t>,
	 on::pipe, {.images = writable, .holds = 2},
	 {.yields = 1, .by = "set_user_sigmask", .ends = Ends::ready}},
	{"pselect6.inp", trap(SYS_pselect6), {descriptors, it, 0, 0, image(1), 0}, inout,
	 one<uint64_t>, on::pipe, {.images = writable, .holds = 2},
	 {.by = "core_sys_select", .ends = Ends::timeout}},
	{"pselect6.outp", trap(SYS_pselect6), {descriptors, 0, it, 0, image(1), 0}, inout,
	 one<uint64_t>, on::pipe, {.images = writable, .holds = 2},
	 {.by = "core_sys_select", .ends = Ends::timeout}},
	{"pselect6.exp", trap(SYS_pselect6), {descriptors, 0, 0, it, image(1), 0}, inout,
	 one<uint64_t>, on::pipe, {.images = writable, .holds = 2},
	 {.by = "core_sys_select", .ends = Ends::timeout}},
	{"pselect6.tsp", trap(SYS_pselect6), {0, 0, 0, 0, it, 0}, in, one<timespec>, on::pipe,
	 {.images = writable, .holds = 1}, {.by = "get_timespec64", .ends = Ends::timeout}},
	{"pselect6.sig", trap(SYS_pselect6), {0, 0, 0, 0, image(1), it}, in, bytes(16), on::pipe,
	 {.images = writable, .holds = 3}, {.by = "get_sigset_argpack", .ends = Ends::timeout}},
	{"pselect6.sigmask", trap(SYS_pselect6), {0, 0, 0, 0, image(1), image(4)}, in,
	 one<uint64_t>, on::pipe, {.images = writable, .holds = 2},
	 {.by = "set_user_sigmask", .ends = Ends::timeout}},
	{"epoll_ctl.event", trap(SYS_epoll_ctl), {object, EPOLL_CTL_MOD, second, it}, in,
	 one<epoll_event>, on::epoll, {.images = watched, .holds = 0},
	 {.by = "__do_sys_epoll_ctl"}},
	{"epoll_pwait.events", trap(SYS_epoll_pwait), {object, it, 1, 0, mask, mask_size}, out,
	 one<epoll_event>, on::epoll, {},
	 {.yields = 1, .by = "ep_send_events", .ends = Ends::ready}, Tries::masks},
	{"epoll_pwait.sigmask", trap(SYS_epoll_pwait), {object, spare, 1, 0, it, mask_size}, in,
	 one<uint64_t>, on::epoll, {.images = watched, .holds = 1},
	 {.yields = 1, .by = "set_user_sigmask", .ends = Ends::ready}},
	{"epoll_pwait2.events", trap(SYS_epoll_pwait2), {object, it, 1, 0, 0, mask_size}, out,
	 one<epoll_event>, on::epoll, {},
	 {.yields = 1, .by = "ep_send_events", .ends = Ends::ready}},
	{"epoll_pwait2.timeout", trap(SYS_epoll_pwait2), {object, spare, 1, it, 0, mask_size}, in,
	 one<timespec>, on::epoll, {.images = watched, .holds = 2},
	 {.yields = 1, .by = "get_timespec64", .ends = Ends::ready}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
