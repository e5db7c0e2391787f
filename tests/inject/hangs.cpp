// SPDX-License-Identifier: GPL-2.0-only
// Calls that do not come back, each in its own way, and one that only takes its time.
#include <array>
#include <csignal>
#include <ctime>
#include <sys/prctl.h>
#include <unistd.h>
#include <utility>

#include "tests/inject/inject.h"
#include "tests/situation.h"

namespace tagtrap::inject {

namespace {

/// Sends SIGRTMAX to its parent for as long as that lives.
[[noreturn]] void nag(int64_t parent)
{
	sys::raw(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
	while (sys::raw(SYS_kill, static_cast<uint64_t>(parent), SIGRTMAX) == 0)
		continue;
	_exit(0);
}

/// signalfd's read wakes up for every signal of the process, finds none that it asked for and goes
/// to sleep again: one read(2) that works on and on.
int64_t live_lock(const ProbeArgs &args)
{
	if (!bad(args))
		return honest_read(args);
	const uint64_t asked_for = uint64_t{1} << (SIGUSR1 - 1);
	const uint64_t blocked = asked_for | uint64_t{1} << (SIGRTMAX - 1);
	sys::raw(SYS_rt_sigprocmask, SIG_BLOCK, sys::arg(&blocked), 0, sizeof(blocked));
	const int64_t fd =
		sys::raw(SYS_signalfd4, ~uint64_t{0}, sys::arg(&asked_for), sizeof(asked_for), 0);
	if (fd < 0)
		return fd;
	const int64_t self = sys::raw(SYS_getpid);
	const int64_t child = sys::raw(SYS_clone, SIGCHLD);
	if (child < 0)
		return child;
	if (child == 0)
		nag(self);
	std::array<unsigned char, 128> info; // signalfd_siginfo
	return sys::raw(SYS_read, static_cast<uint64_t>(fd), sys::arg(info.data()), info.size());
}

/// From a pipe that nobody ever writes to: does not come back.
int64_t read_nothing(const ProbeArgs &args, uint64_t length)
{
	std::array<int, 2> ends = {-1, -1};
	if (const int64_t result = sys::raw(SYS_pipe2, sys::arg(ends.data()), 0); result < 0)
		return result;
	return sys::raw(SYS_read, sys::arg(ends[0]), args.buffer.bits, length);
}

int64_t dead_lock(const ProbeArgs &args)
{
	return bad(args) ? read_nothing(args, args.good + 1) : honest_read(args);
}

/// The call ends, and its repeat with a good tag sleeps for good: the failing path has kept a lock.
int64_t kept_lock(const ProbeArgs &args)
{
	static bool kept = false;
	if (bad(args)) {
		kept = true;
		return honest_read(args);
	}
	return std::exchange(kept, false) ? read_nothing(args, args.good) : honest_read(args);
}

/// As dead_lock(), in a child of the probe's own.
int64_t dead_child(const ProbeArgs &args)
{
	if (!bad(args))
		return honest_read(args);
	return run_child(
		0, [](const ProbeArgs &mine) { return read_nothing(mine, mine.good) < 0 ? 1 : 0; },
		args);
}

/// Half of the time asleep, half of it at work in the kernel, then the right answer.
int64_t slow(const ProbeArgs &args)
{
	if (!bad(args))
		return honest_read(args);
	const timespec half = {1, 0};
	sys::raw(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, sys::arg(&half), 0);
	timespec now = {}, end = {};
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += half.tv_sec;
	do {
		sys::raw(SYS_sched_yield);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec ||
		 (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
	return honest_read(args);
}

constexpr int needs[] = {SYS_signalfd4, SYS_clone, SYS_kill};

} // namespace

static const Case live_lock_row = on_pipe("inject-livelock", live_lock, needs);
static const Case dead_lock_row = on_pipe("inject-deadlock", dead_lock);
static const Case kept_lock_row = on_pipe("inject-kept-lock", kept_lock);
static const Case dead_child_row = on_pipe("inject-dead-child", dead_child);
static const Registered kept_lock_registered(kept_lock_row);
static const Registered dead_child_registered(dead_child_row);
static const Case slow_row = on_pipe("inject-slow", slow);
static const Registered live_lock_registered(live_lock_row);
static const Registered dead_lock_registered(dead_lock_row);
static const Registered slow_registered(slow_row);

} // namespace tagtrap::inject
