// SPDX-License-Identifier: GPL-2.0-only
#include <ucontext.h>

#include "tests/signal/forced.h"

namespace tagtrap {

// A signal frame that cannot be written or read.
namespace {

using forced::take;

struct Frame { // as the kernel lays it out: the stack pointer of a handler points at it
	siginfo_t info;
	ucontext_t context;
};

const ProbeArgs *mine = nullptr;

void do_nothing(int, siginfo_t *, void *) {}

/// Returns from this handler by a copy of its frame.
void return_by_copy(int, siginfo_t *info, void *)
{
	std::memcpy(spare_bytes(*mine), info, sizeof(Frame));
#if defined(__aarch64__)
	register uint64_t number asm("x8") = SYS_rt_sigreturn;
	asm volatile("mov sp, %0\n\tsvc #0" ::"r"(as_bad(*mine)), "r"(number) : "memory");
	__builtin_unreachable();
#endif
}

void use_stack(void *start, size_t size)
{
	const stack_t stack = {start, 0, size};
	if (sys::raw(SYS_sigaltstack, sys::arg(&stack), 0) != 0)
		forced::leave(EXIT_FAILURE);
}

int signalled()
{
	const int64_t self = sys::raw(SYS_getpid);
	return sys::raw(SYS_tgkill, arg(self), arg(self), SIGUSR1) == 0 ? forced::undisturbed
									: EXIT_FAILURE;
}

int on_bad_stack(const ProbeArgs &args)
{
	use_stack(reinterpret_cast<void *>(args.buffer.bits), args.length);
	take(SIGSEGV, forced::at_fault, 0);
	take(SIGUSR1, do_nothing, SA_ONSTACK);
	return signalled();
}

int from_bad_frame(const ProbeArgs &args)
{
	alignas(16) static std::array<unsigned char, 65536> stack;
	mine = &args;
	use_stack(stack.data(), stack.size());
	take(SIGSEGV, forced::at_fault, SA_ONSTACK);
	take(SIGUSR1, return_by_copy, 0);
	return signalled();
}

constexpr uint32_t stack_size = 16384;
constexpr uint32_t top[] = {stack_size - 16}; // where the frame record goes, however long the rest
constexpr Disposition both[] = {Disposition::handler, Disposition::blocked};
constexpr Situation writes = {.length = stack_size,
			      .offsets = top,
			      .dispositions = both,
			      .audience = Audience::nobody,
			      .elsewhere = true};
constexpr Situation reads = {.dispositions = both, .audience = Audience::nobody};

} // namespace

static const Case writes_row = {
	.name = "signal-frame",
	.man = "sigaltstack(2)",
	.kernel = "setup_rt_frame",
	.direction = Direction::stores,
	.on = itself,
	.situation = &writes,
	.probe = forced::outcome_of<on_bad_stack>,
	.promise = whole,
};
static const Case reads_row = {
	.name = "rt_sigreturn",
	.man = "sigreturn(2)",
	.kernel = "restore_sigframe",
	.direction = Direction::loads,
	.on = itself,
	.situation = &reads,
	.probe = forced::outcome_of<from_bad_frame>,
	.promise = whole,
};
static const Registered writes_registered(writes_row);
static const Registered reads_registered(reads_row);

} // namespace tagtrap
