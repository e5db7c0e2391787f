// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/stop.h"

#include <atomic>
#include <signal.h>

#include "harness/sys/hold.h"
#include "harness/sys/must.h"

namespace tagtrap {

namespace {

std::atomic<int> stop_signal = 0;

void ask_to_stop(int number)
{
	stop_signal = number;
}

} // namespace

void heed_stop_signals()
{
	struct sigaction action = {};
	action.sa_handler = ask_to_stop;
	const sigset_t ending = sys::ending_signals();
	for (const int number : {SIGINT, SIGTERM, SIGHUP})
		if (sigismember(&ending, number) == 1)
			sys::must(sigaction(number, &action, nullptr), "sigaction");
	signal(SIGPIPE, SIG_IGN);
}

int stop_asked()
{
	return stop_signal;
}

} // namespace tagtrap
