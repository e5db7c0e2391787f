// SPDX-License-Identifier: GPL-2.0-only
// A SIGSEGV that every kernel forces: for a signal frame that it cannot store. As a tag check fault
// would, it hits the thread that makes a system call right behind it, whatever that thread does
// about SIGSEGV. So it shows on any machine what a caller and a disposition make of a signal.
#include <csignal>

#include "tests/inject/inject.h"

namespace tagtrap::inject {

namespace {

void do_nothing(int) {}

int64_t forced(const ProbeArgs &args)
{
	const int64_t result = honest_read(args);
	if (!bad(args))
		return result;
	constexpr uint64_t never_mapped = 4096; // below what mmap(2) gives to anybody
	const stack_t nowhere = {
		.ss_sp = reinterpret_cast<void *>(never_mapped), .ss_flags = 0, .ss_size = 32768};
	stack_t stack = {};
	struct sigaction action = {}, before = {};
	action.sa_handler = do_nothing;
	action.sa_flags = SA_ONSTACK;
	sigaction(SIGUSR1, &action, &before);
	sigaltstack(&nowhere, &stack);
	sys::raw(SYS_tgkill, static_cast<uint64_t>(sys::raw(SYS_getpid)),
		 static_cast<uint64_t>(sys::raw(SYS_gettid)), SIGUSR1);
	sigaltstack(&stack, nullptr);
	sigaction(SIGUSR1, &before, nullptr);
	return result;
}

} // namespace

static const Case forced_row = on_pipe("inject-forced", forced);
static const Registered forced_registered(forced_row);

} // namespace tagtrap::inject
