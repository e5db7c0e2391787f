// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sys/hold.h"

#include <cstdio>
#include <exception>
#include <initializer_list>
#include <sys/signalfd.h>

#include "harness/sys/must.h"
#include "harness/sys/owned.h"

namespace tagtrap::sys {

sigset_t ending_signals()
{
	sigset_t signals;
	sigemptyset(&signals);
	for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
		struct sigaction now = {};
		// Who started us with it ignored (nohup) wants the run to go on.
		if (sigaction(number, nullptr, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&signals, number);
	}
	return signals;
}

HeldSignals::HeldSignals()
{
	const sigset_t signals = ending_signals();
	pthread_sigmask(SIG_BLOCK, &signals, &before_);
}

HeldSignals::~HeldSignals()
{
	std::fflush(stdout); // one that waits may end us here
	pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

int with_signals_held(const std::function<int(int signals)> &work)
{
	const HeldSignals held;
	const sigset_t ours = ending_signals();
	int status = 3;
	std::exception_ptr failure;
	try {
		const Fd signals(
			must(::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
		status = work(signals.get());
	} catch (...) {
		failure = std::current_exception();
	}
	const timespec now = {};
	while (::sigtimedwait(&ours, nullptr, &now) > 0)
		;
	if (failure)
		std::rethrow_exception(failure);
	return status;
}

} // namespace tagtrap::sys
