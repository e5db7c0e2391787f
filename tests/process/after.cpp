// SPDX-License-Identifier: GPL-2.0-only
#include <sched.h>
#include <sys/wait.h>

#include "tests/situation.h"

namespace tagtrap {

namespace {

// F1: a fault is told once, to the thread that took it, and not to the children made afterwards.
int leave(const ProbeArgs &)
{
	return 0;
}

template <uint64_t flags> int64_t read_and_split(const ProbeArgs &args)
{
	const int64_t result = sys::raw(SYS_read, sys::arg(args.fd), args.buffer.bits, args.length);
	const int status = run_child(flags, leave, args);
	if (WIFSIGNALED(status))
		args.seen->child_signal = WTERMSIG(status);
	return result;
}

constexpr uint32_t middle[] = {2048};
constexpr Situation situation = {.length = 4096, .full = 4096, .offsets = middle, .opaque = false};

constexpr Case after(std::string_view name, int64_t (*probe)(const ProbeArgs &))
{
	return {.name = name,
		.man = "fork(2)",
		.kernel = "copy_process",
		.direction = Direction::stores,
		.on = pipes_only,
		.situation = &situation,
		.probe = probe,
		.promise = copies_out};
}

} // namespace

static const Case fork_row = after("read-fork", read_and_split<0>);
static const Case vfork_row = after("read-vfork", read_and_split<CLONE_VM | CLONE_VFORK>);
static const Registered fork_registered(fork_row);
static const Registered vfork_registered(vfork_row);

} // namespace tagtrap
