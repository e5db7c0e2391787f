// SPDX-License-Identifier: GPL-2.0-only
// Calls that a signal ends, and what they tell then.
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <sys/time.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint64_t mask_size = 8; ///< of the kernel's sigset_t
constexpr timespec minute = {60, 0}, no_wait = {0, 0};
constexpr uint64_t winch = uint64_t{1} << (SIGWINCH - 1);
constexpr Image sleeps[] = {like(minute)};
constexpr Image no_signal[] = {{nullptr, mask_size}};
constexpr Image sets[] = {like(winch), like(no_wait)};

int64_t make_call(const Issue &issue)
{
	return sys::raw(issue.row.entry.number, issue.word(0), issue.word(1), issue.word(2),
			issue.word(3));
}

/// While SIGALRM comes again and again: one that is early ends nothing, the next one does.
int64_t with_alarms(Issue &issue)
{
	struct sigaction caught = {}, before = {};
	caught.sa_handler = [](int) {};
	sigaction(SIGALRM, &caught, &before);
	constexpr itimerval often = {{0, 5000}, {0, 5000}}, never = {};
	sys::raw(SYS_setitimer, ITIMER_REAL, sys::arg(&often), 0);
	const int64_t result = make_call(issue);
	sys::raw(SYS_setitimer, ITIMER_REAL, sys::arg(&never), 0);
	sigaction(SIGALRM, &before, nullptr);
	return result;
}

/// With a SIGWINCH that is blocked and waits. One that nobody has fetched goes unnoticed.
int64_t with_signal(Issue &issue)
{
	uint64_t before = 0;
	sys::raw(SYS_rt_sigprocmask, SIG_BLOCK, sys::arg(&winch), sys::arg(&before), mask_size);
	sys::raw(SYS_tgkill, static_cast<uint64_t>(sys::raw(SYS_getpid)),
		 static_cast<uint64_t>(sys::raw(SYS_gettid)), SIGWINCH);
	const int64_t result = make_call(issue);
	sys::raw(SYS_rt_sigprocmask, SIG_SETMASK, sys::arg(&before), 0, mask_size);
	return result;
}

constexpr int for_alarms[] = {SYS_rt_sigaction, SYS_setitimer};
constexpr int for_signal[] = {SYS_rt_sigprocmask, SYS_tgkill, SYS_getpid, SYS_gettid};
constexpr Memory for_a_minute = {.images = sleeps, .issue = with_alarms, .needs = for_alarms};
constexpr Due time_left = {.yields = fails(EINTR), .by = "nanosleep_copyout", .ends = Ends::ready};

// clang-format off
constexpr Row table[] = {
	{"nanosleep.rmtp", trap(SYS_nanosleep), {image(0), it}, out, one<timespec>, on::itself,
	 for_a_minute, time_left},
	{"clock_nanosleep.rmtp", trap(SYS_clock_nanosleep), {CLOCK_MONOTONIC, 0, image(0), it}, out,
	 one<timespec>, on::itself, for_a_minute, time_left},
	{"rt_sigsuspend.unewset", trap(SYS_rt_sigsuspend), {it, mask_size}, in, one<uint64_t>,
	 on::itself, {.images = no_signal, .holds = 0, .issue = with_alarms, .needs = for_alarms},
	 {.yields = fails(EINTR), .by = "__do_sys_rt_sigsuspend", .ends = Ends::ready}},
	{"rt_sigtimedwait.uinfo", trap(SYS_rt_sigtimedwait), {image(0), it, image(1), mask_size},
	 out, one<siginfo_t>, on::itself,
	 {.images = sets, .issue = with_signal, .needs = for_signal},
	 {.yields = SIGWINCH, .by = "copy_siginfo_to_user", .after = After::consumed,
	  .ends = Ends::ready}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
