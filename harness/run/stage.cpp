// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/stage.h"

#include <array>
#include <csignal>
#include <exception>
#include <sched.h>
#include <span>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

#include "harness/run/recorder.h"
#include "harness/sys/caller.h"
#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "harness/sys/raw.h"

namespace tagtrap {

namespace {

using sys::must;

sigset_t watched_and(int more = 0)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGSEGV);
	sigaddset(&set, SIGBUS);
	if (more != 0)
		sigaddset(&set, more);
	return set;
}

int32_t this_thread()
{
	return static_cast<int32_t>(sys::raw(SYS_gettid));
}

/// An errand of a caller that is gone when its result is asked for.
struct Sent {
	const Errand &errand;
	Observation &seen;
	int64_t result = 0;
	std::exception_ptr failure = nullptr;

	void run() noexcept
	{
		try {
			result = errand.call();
			seen.phase = Phase::returned;
			sys::raw(SYS_gettid); // a signal that comes late comes here
			errand.look();
		} catch (...) {
			failure = std::current_exception();
		}
	}

	int64_t answer() const
	{
		if (failure)
			std::rethrow_exception(failure);
		return result;
	}
};

int64_t from_thread(const Errand &errand, Observation &seen)
{
	Sent sent = {errand, seen};
	std::thread([&sent] {
		Recorder::expect_from(this_thread());
		sent.run();
	}).join();
	Recorder::expect_from(0);
	return sent.answer();
}

/// A child that dies in its call leaves frames behind, which AddressSanitizer would take for those
/// of the next one.
void forget_frames([[maybe_unused]] std::span<const unsigned char> stack)
{
#if defined(__SANITIZE_ADDRESS__)
	ASAN_UNPOISON_MEMORY_REGION(stack.data(), stack.size());
#endif
}

/// The child of a vfork has this memory and this stack's owner asleep: it makes the call and
/// leaves.
int64_t from_vforked(const Errand &errand, Observation &seen)
{
	alignas(16) static std::array<unsigned char, 65536> stack;
	forget_frames(stack);
	Sent sent = {errand, seen};
	const sys::CallerIs the_child; // tells by itself
	const auto run = [](void *argument) -> int {
		sys::tell_caller(static_cast<int32_t>(sys::raw(SYS_getpid)));
		static_cast<Sent *>(argument)->run();
		sys::raw(SYS_exit_group, 0);
		return 0;
	};
	const pid_t child = must(
		clone(run, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | SIGCHLD, &sent),
		"vfork");
	int status = 0;
	must(waitpid(child, &status, 0), "waiting for the child of a vfork");
	if (status != 0)
		note_death(seen, status);
	return sent.answer();
}

const std::function<int64_t()> *nested_call = nullptr;
int64_t nested_result = 0;

void make_nested_call(int)
{
	nested_result = (*nested_call)();
}

/// The call is made by a handler that masks SIGSEGV and SIGBUS.
int64_t from_handler(const std::function<int64_t()> &call)
{
	struct sigaction action = {}, before = {};
	action.sa_handler = make_nested_call;
	action.sa_mask = watched_and();
	nested_call = &call;
	must(sigaction(SIGUSR1, &action, &before), "sigaction");
	must(tgkill(getpid(), this_thread(), SIGUSR1), "tgkill");
	must(sigaction(SIGUSR1, &before, nullptr), "sigaction");
	return nested_result;
}

/// Another thread waits for the signals, which every thread blocks.
int64_t awaited(const std::function<int64_t()> &call, Observation &seen)
{
	constexpr int enough = SIGUSR2;
	sigset_t mask = {};
	const sigset_t wanted = watched_and(enough);
	must(sigprocmask(SIG_BLOCK, &wanted, &mask), "sigprocmask");
	std::atomic<int32_t> tid = 0;
	std::thread waiter([&] {
		tid = this_thread();
		int number = 0;
		while (number != enough) {
			number = sigwaitinfo(&wanted, nullptr);
			if (number == SIGSEGV || number == SIGBUS)
				seen.awaited = true;
		}
	});
	while (tid == 0)
		std::this_thread::yield();
	const int64_t result = call();
	const int told = tgkill(getpid(), tid, enough);
	waiter.join();
	must(told, "tgkill");
	must(sigprocmask(SIG_SETMASK, &mask, nullptr), "sigprocmask");
	return result;
}

int64_t with_signalfd(const std::function<int64_t()> &call)
{
	const sigset_t wanted = watched_and();
	const sys::Fd reader(must(signalfd(-1, &wanted, SFD_CLOEXEC), "signalfd"));
	return call();
}

} // namespace

int64_t issue(const Point &point, const Errand &errand, Observation &seen)
{
	if (point.caller == Caller::thread)
		return from_thread(errand, seen);
	if (point.caller == Caller::vfork)
		return from_vforked(errand, seen);
	switch (point.disposition) {
	case Disposition::nested:
		return from_handler(errand.call);
	case Disposition::sigwait:
		return awaited(errand.call, seen);
	case Disposition::signalfd:
		return with_signalfd(errand.call);
	default:
		return errand.call();
	}
}

} // namespace tagtrap
