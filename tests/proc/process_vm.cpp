// SPDX-License-Identifier: GPL-2.0-only
#include "tests/situation.h"

namespace tagtrap {

namespace {

constexpr uint32_t half[] = {512};
constexpr Situation local = {.full = 1024, .offsets = half, .opaque = false};
constexpr Situation remote = {.full = 1024, .offsets = half, .audience = Audience::uninvited};
constexpr int needs[] = {SYS_process_vm_readv};

/// Copies within this process.
int64_t copy(const ProbeArgs &args, uint64_t to, uint64_t from)
{
	const iovec there = {reinterpret_cast<void *>(to), args.length};
	const iovec here = {reinterpret_cast<void *>(from), args.length};
	return sys::raw(SYS_process_vm_readv, arg(sys::raw(SYS_getpid)), sys::arg(&there), 1,
			sys::arg(&here), 1, 0);
}

} // namespace

static const Case local_row = {
	.name = "process_vm_readv",
	.man = "process_vm_readv(2)",
	.kernel = "process_vm_rw_pages",
	.direction = Direction::stores,
	.on = itself,
	.situation = &local,
	.needs = needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		put_fresh(args, spare_bytes(args));
		return copy(args, args.buffer.bits, args.spare.bits);
	},
	.promise = copies_out,
};
// F8: the remote side is another process's memory, and not checked at all.
static const Case remote_row = {
	.name = "process_vm_readv-remote",
	.man = "process_vm_readv(2)",
	.kernel = "process_vm_rw_pages",
	.direction = Direction::loads,
	.on = itself,
	.situation = &remote,
	.needs = needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		return copy(args, args.spare.bits, args.buffer.bits);
	},
	.promise = whole,
};
static const Registered local_registered(local_row);
static const Registered remote_registered(remote_row);

} // namespace tagtrap
