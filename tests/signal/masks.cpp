// SPDX-License-Identifier: GPL-2.0-only
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include "tests/situation.h"

namespace tagtrap {

// Calls with a temporary signal mask. F2 speaks of the mask with which the call returns.
namespace {

void one_descriptor(const ProbeArgs &args, unsigned char *bytes)
{
	const pollfd wanted = {args.fd, POLLOUT, 0};
	std::memcpy(bytes, &wanted, sizeof(wanted));
}

void one_bit(const ProbeArgs &args, unsigned char *bytes)
{
	std::memset(bytes, 0, sizeof(fd_set));
	bytes[args.fd / 8] = static_cast<unsigned char>(1 << args.fd % 8);
}

constexpr Situation polls = {.full = 1, .dispositions = with_masks, .fill = one_descriptor};
constexpr Situation selects = {.full = 1, .dispositions = with_masks, .fill = one_bit};
constexpr Situation waits = {.full = 1, .dispositions = with_masks};
constexpr int poll_needs[] = {SYS_ppoll};
constexpr int select_needs[] = {SYS_pselect6};
constexpr int wait_needs[] = {SYS_epoll_create1, SYS_epoll_ctl, SYS_epoll_pwait};
constexpr uint64_t mask_size = sizeof(uint64_t);

} // namespace

static const Case polls_row = {
	.name = "ppoll",
	.man = "ppoll(2)",
	.kernel = "do_sys_poll",
	.direction = Direction::loads,
	.on = pipes_only,
	.situation = &polls,
	.needs = poll_needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		return sys::raw(SYS_ppoll, args.buffer.bits, 1, 0, sys::arg(args.mask), mask_size);
	},
	.promise = whole,
};
static const Case selects_row = {
	.name = "pselect6",
	.man = "select(2)",
	.kernel = "core_sys_select",
	.direction = Direction::loads,
	.on = pipes_only,
	.situation = &selects,
	.needs = select_needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		const std::array<uint64_t, 2> mask = {sys::arg(args.mask), mask_size};
		return sys::raw(SYS_pselect6, sys::arg(args.fd + 1), 0, args.buffer.bits, 0, 0,
				sys::arg(mask.data()));
	},
	.promise = whole,
};
static const Case waits_row = {
	.name = "epoll_pwait",
	.man = "epoll_wait(2)",
	.kernel = "ep_send_events",
	.direction = Direction::stores,
	.on = pipes_only,
	.situation = &waits,
	.needs = wait_needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		const int64_t poll =
			done(sys::raw(SYS_epoll_create1, EPOLL_CLOEXEC), "epoll_create1");
		epoll_event event = {.events = EPOLLIN, .data = {.u64 = 0}};
		done(sys::raw(SYS_epoll_ctl, arg(poll), EPOLL_CTL_ADD, sys::arg(args.fd),
			      sys::arg(&event)),
		     "epoll_ctl");
		const int64_t result = sys::raw(SYS_epoll_pwait, arg(poll), args.buffer.bits, 1, 0,
						sys::arg(args.mask), mask_size);
		sys::raw(SYS_close, arg(poll));
		return result;
	},
	.promise = whole,
};
static const Registered polls_registered(polls_row);
static const Registered selects_registered(selects_row);
static const Registered waits_registered(waits_row);

} // namespace tagtrap
