// SPDX-License-Identifier: GPL-2.0-only
// Signals that come when the caller has seen the result, as a kernel thread would raise them that
// acts for the process and is late.
#include <csignal>
#include <ctime>
#include <sys/syscall.h>
#include <utility>

#include "tests/inject/inject.h"

namespace tagtrap::inject {

namespace {

/// Has the kernel send SIGSEGV to this process, `delay_ns` from now: by a timer, since no process
/// can send what looks like a fault.
void send_later(long delay_ns)
{
	static int timer = -1;
	if (timer < 0) {
		sigevent event = {};
		event.sigev_notify = SIGEV_SIGNAL;
		event.sigev_signo = SIGSEGV;
		sys::raw(SYS_timer_create, CLOCK_MONOTONIC, sys::arg(&event), sys::arg(&timer));
	}
	const itimerspec once = {{0, 0}, {0, delay_ns}};
	sys::raw(SYS_timer_settime, sys::arg(timer), 0, sys::arg(&once), 0);
}

/// The call and its repeat with a good tag; the signal 200 us behind that.
template <long delay_ns> int64_t late(const ProbeArgs &args)
{
	static bool armed = false;
	const int64_t result = honest_read(args);
	if (bad(args))
		armed = true;
	else if (std::exchange(armed, false))
		send_later(delay_ns);
	return result;
}

constexpr long at_once_ns = 200'000;
constexpr long idle_ns = 50'000'000; // long behind the last point of the order
constexpr int needs[] = {SYS_timer_create, SYS_timer_settime};

} // namespace

static const Case late_row = on_pipe("inject-late", late<at_once_ns>, needs);
static const Case idle_row = on_pipe("inject-later", late<idle_ns>, needs);
static const Registered late_registered(late_row);
static const Registered idle_registered(idle_row);

} // namespace tagtrap::inject
