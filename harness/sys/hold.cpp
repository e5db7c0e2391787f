// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sys/hold.h"

#include <cstdio>
#include <initializer_list>

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

} // namespace tagtrap::sys
