// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/stage.h"

#include <array>
#include <csignal>
#include <sched.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

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

int64_t from_thread(const std::function<int64_t()> &call)
{
	int64_t result = 0;
	std::thread([&] {
		Recorder::expect_from(this_thread());
		result = call();
	}).join();
	Recorder::expect_from(0);
	return result;
}

struct Vforked {
	const std::function<int64_t()> *call;
	int64_t result;
};

/// The child of a vfork has this memory and this stack's owner asleep: it makes the call and
/// leaves.
int64_t from_vforked(const std::function<int64_t()> &call, Observation &seen)
{
	alignas(16) static std::array<unsigned char, 65536> stack;
	Vforked work = {&call, 0};
	const sys::CallerIs this_one(sys::caller != nullptr ? sys::caller->load() : 0);
	const auto run = [](void *argument) -> int {
		sys::tell_caller(static_cast<int32_t>(sys::raw(SYS_getpid)));
		auto *const vforked = static_cast<Vforked *>(argument);
		vforked->result = (*vforked->call)();
		_exit(0);
	};
	const pid_t child = must(
		clone(run, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | SIGCHLD, &work),
		"vfork");
	int status = 0;
	must(waitpid(child, &status, 0), "waiting for the child of a vfork");
	if (WIFSIGNALED(status)) {
		seen.end = End::killed;
		seen.death_signal = WTERMSIG(status);
	}
	return work.result;
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

int64_t issue(Disposition disposition, const std::function<int64_t()> &call, Observation &seen)
{
	switch (disposition) {
	case Disposition::thread:
		return from_thread(call);
	case Disposition::vfork:
		return from_vforked(call, seen);
	case Disposition::nested:
		return from_handler(call);
	case Disposition::sigwait:
		return awaited(call, seen);
	case Disposition::signalfd:
		return with_signalfd(call);
	default:
		return call();
	}
}

} // namespace tagtrap
