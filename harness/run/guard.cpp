// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/guard.h"

#include <algorithm>
#include <array>
#include <linux/seccomp.h>
#include <poll.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <system_error>

#include "harness/mte/mapping.h"
#include "harness/sys/must.h"
#include "harness/sys/raw.h"

namespace tagtrap {

namespace {

/// What the worker child may call, besides the calls under test.
constexpr std::array allowed = {
	// the harness's own work
	SCMP_SYS(brk),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(clone),
	SCMP_SYS(clone3),
	SCMP_SYS(close),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(fadvise64),
	SCMP_SYS(fcntl),
	SCMP_SYS(fdatasync),
	SCMP_SYS(fstat),
	SCMP_SYS(ftruncate),
	SCMP_SYS(futex),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(ioctl),
	SCMP_SYS(kill),
	SCMP_SYS(lseek),
	SCMP_SYS(madvise),
	SCMP_SYS(mmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	SCMP_SYS(nanosleep),
	SCMP_SYS(newfstatat),
	SCMP_SYS(openat),
	SCMP_SYS(pipe2),
	SCMP_SYS(ppoll),
	SCMP_SYS(prctl),
	SCMP_SYS(ptrace),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigpending),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(signalfd4),
	SCMP_SYS(socketpair),
	SCMP_SYS(unlinkat),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rseq),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(getrandom),
	SCMP_SYS(tgkill),
	SCMP_SYS(wait4),
	// what memory goes through
	SCMP_SYS(memfd_create),
	SCMP_SYS(mincore),
	SCMP_SYS(mlock),
	SCMP_SYS(move_pages),
	SCMP_SYS(pkey_alloc),
	SCMP_SYS(pkey_free),
	SCMP_SYS(pkey_mprotect),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_setaffinity),
	SCMP_SYS(userfaultfd),
	mte::number_of_map_shadow_stack,
	// under test, and used to look at the other side
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),
	SCMP_SYS(readv),
	SCMP_SYS(writev),
	SCMP_SYS(preadv),
	SCMP_SYS(pwritev),
	SCMP_SYS(preadv2),
	SCMP_SYS(pwritev2),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register),
#if defined(__SANITIZE_ADDRESS__) // looks up each new thread's stack
	SCMP_SYS(prlimit64),
#endif
#if !defined(__aarch64__)
	SCMP_SYS(open),
	SCMP_SYS(unlink),
	SCMP_SYS(stat),
#endif
};

/// The calls that carry the cookie in their fifth argument.
constexpr std::array counted_calls = {SCMP_SYS(read),     SCMP_SYS(write),   SCMP_SYS(pread64),
				      SCMP_SYS(pwrite64), SCMP_SYS(readv),   SCMP_SYS(writev),
				      SCMP_SYS(preadv2),  SCMP_SYS(pwritev2)};

constexpr unsigned long set_flags = SECCOMP_IOW(4, __u64); ///< SECCOMP_IOCTL_NOTIF_SET_FLAGS
constexpr unsigned long sync_wake_up = 1;                  ///< SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP

void check(int result, const char *step)
{
	if (result < 0)
		throw std::system_error(-result, std::generic_category(), step);
}

} // namespace

sys::Fd confine(bool counting, std::span<const int> more)
{
	using Filter = sys::Owned<scmp_filter_ctx, seccomp_release, nullptr>;
	const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
	if (!filter)
		throw std::system_error(ENOMEM, std::generic_category(), "seccomp_init");
	for (const int number : allowed) {
		const bool notified =
			counting && std::ranges::find(counted_calls, number) != counted_calls.end();
		if (!notified) {
			check(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, number, 0),
			      "seccomp_rule_add");
			continue;
		}
		const scmp_arg_cmp other = {4, SCMP_CMP_NE, sys::counted_cookie, 0};
		const scmp_arg_cmp same = {4, SCMP_CMP_EQ, sys::counted_cookie, 0};
		check(seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, number, 1, &other),
		      "seccomp_rule_add");
		check(seccomp_rule_add_array(filter.get(), SCMP_ACT_NOTIFY, number, 1, &same),
		      "seccomp_rule_add");
	}
	for (const int number : more) {
		if (std::ranges::find(allowed, number) != allowed.end())
			continue; // counted, perhaps
		check(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, number, 0),
		      "seccomp_rule_add");
	}
	// A binary tree: some forty rules are looked at for every call.
	seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
	check(seccomp_load(filter.get()), "seccomp_load");
	if (!counting)
		return {};
	sys::Fd listener(seccomp_notify_fd(filter.get()));
	// Child and parent take turns: on one CPU that is much faster. A hint; Linux 6.6 and later.
	ioctl(listener.get(), set_flags, sync_wake_up);
	return listener;
}

void count_entry(int listener, Observation &in_hand)
{
	seccomp_notif request = {};
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0)
		return;
	if (in_hand.phase == Phase::entered)
		in_hand.entries++;
	seccomp_notif_resp answer = {};
	answer.id = request.id;
	answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

} // namespace tagtrap
