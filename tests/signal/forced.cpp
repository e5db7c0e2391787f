// SPDX-License-Identifier: GPL-2.0-only
#include "tests/signal/forced.h"

#include <sys/wait.h>

namespace tagtrap::forced {

namespace {

constexpr int forced = 41, wrong_code = 42;

bool blocks_fault()
{
	uint64_t mask = 0;
	sys::raw(SYS_rt_sigprocmask, SIG_BLOCK, 0, sys::arg(&mask), sizeof(mask));
	return (mask >> (SIGSEGV - 1) & 1) != 0;
}

} // namespace

void leave(int status)
{
	sys::raw(SYS_exit_group, sys::arg(status));
	__builtin_unreachable();
}

void take(int number, Handler handler, int flags)
{
	struct sigaction action = {};
	action.sa_sigaction = handler;
	action.sa_flags = SA_SIGINFO | flags;
	sigaction(number, &action, nullptr);
}

void at_fault(int, siginfo_t *info, void *)
{
	const int code = info->si_code;
	const bool right = code == SI_KERNEL || code == SEGV_ACCERR || code == SEGV_MAPERR ||
			   code == 9; // SEGV_MTESERR
	leave(right ? forced : wrong_code);
}

int64_t outcome(const ProbeArgs &args, int (*work)(const ProbeArgs &))
{
	const bool dies = blocks_fault();
	const int status = run_child(0, work, args);
	if (WIFSIGNALED(status)) {
		if (WTERMSIG(status) != SIGSEGV)
			return -ECANCELED;
		return dies ? -EFAULT : -EOWNERDEAD; // a second one, while the first was handled
	}
	switch (WEXITSTATUS(status)) {
	case undisturbed:
		return 0;
	case forced: // what blocks it must not have it caught
		return dies ? -EALREADY : -EFAULT;
	case wrong_code:
		return -EBADMSG;
	default:
		return -EPROTO;
	}
}

} // namespace tagtrap::forced
