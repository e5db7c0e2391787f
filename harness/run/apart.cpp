// SPDX-License-Identifier: GPL-2.0-only
#include <array>
#include <csignal>
#include <cstring>
#include <elf.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/run/recorder.h"
#include "harness/run/stage.h"
#include "harness/sys/caller.h"
#include "harness/sys/must.h"
#include "harness/sys/raw.h"

namespace tagtrap {

namespace {

using sys::must;

/// A fork; init of a PID namespace where that is asked for, in a user namespace for those who may
/// not make one otherwise. Returns as fork(2) does.
pid_t split(bool init)
{
	if (!init)
		return fork();
	const unsigned user = getuid() == 0 ? 0 : CLONE_NEWUSER;
	const int64_t child = sys::raw(SYS_clone, CLONE_NEWPID | user | SIGCHLD);
	if (child < 0)
		errno = static_cast<int>(-child);
	return child < 0 ? -1 : static_cast<pid_t>(child);
}

/// What the tracer can see of a signal stop.
void note_stop(pid_t child, Observation &seen)
{
	if (seen.stop_count++ != 0)
		return;
	SignalSeen stop;
	siginfo_t info = {};
	must(ptrace(PTRACE_GETSIGINFO, child, nullptr, &info), "PTRACE_GETSIGINFO");
	stop.number = info.si_signo;
	stop.code = info.si_code;
	stop.address = reinterpret_cast<uint64_t>(info.si_addr);
	stop.before_return = seen.phase == Phase::entered;
#if defined(__aarch64__)
	constexpr uint32_t svc_0 = 0xd4000001;
	user_regs_struct registers = {};
	iovec range = {&registers, sizeof(registers)};
	must(ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &range), "PTRACE_GETREGSET");
	// Eight bytes at a multiple of eight, whatever the pc is.
	const uint64_t at = registers.pc - 4;
	errno = 0;
	const long word = ptrace(PTRACE_PEEKTEXT, child, at & ~uint64_t{7}, nullptr);
	const auto code = static_cast<uint32_t>(static_cast<uint64_t>(word) >> (at & 4) * 8);
	stop.behind_svc = errno == 0 && code == svc_0;
	stop.frame_x0 = static_cast<int64_t>(registers.regs[0]);
#endif
	seen.stop = stop;
}

/// Waits for the child; as its tracer lets it go on from every stop.
int accompany(pid_t child, Caller caller, Observation &seen)
{
	const auto next_stop = [child](int &status) {
		// A signal to the worker, which comes late, is no end of the child.
		while (waitpid(child, &status, 0) < 0)
			if (errno != EINTR)
				must(-1, "waiting for the child");
		return WIFSTOPPED(status);
	};
	int status = 0;
	while (next_stop(status)) {
		int number = WSTOPSIG(status);
		const bool during = seen.phase == Phase::entered || seen.phase == Phase::returned;
		if (during && (number == SIGSEGV || number == SIGBUS)) {
			note_stop(child, seen);
			if (caller == Caller::suppressed)
				number = 0;
		}
		must(ptrace(PTRACE_CONT, child, nullptr, number), "PTRACE_CONT");
	}
	return status;
}

} // namespace

void fail_setup(Observation &seen, int error, std::string_view step)
{
	seen.end = End::setup_failed;
	seen.failure = {.error = error};
	step.copy(seen.failure.step.data(), seen.failure.step.size() - 1);
}

void note_death(Observation &seen, int status)
{
	const int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	const bool begun = seen.phase == Phase::entered || seen.phase == Phase::returned;
	const bool late = seen.phase == Phase::checking && is_forced_death(status);
	if (number == SIGSYS) {
		fail_setup(seen, 0,
			   "the worker made a system call that its seccomp filter forbids");
	} else if (number != 0 && (begun || late)) {
		seen.end = End::killed;
		seen.death_signal = number;
	} else if (number != 0) {
		fail_setup(seen, 0,
			   fmt::format("the worker died of signal {} outside of the call", number));
	} else if (WEXITSTATUS(status) != exit_user_fault) {
		fail_setup(seen, 0,
			   fmt::format("the worker left with status {}", WEXITSTATUS(status)));
	} else if (seen.phase == Phase::entered && seen.signal_count > 100) {
		seen.end = End::returned; // the signals that were recorded tell the judge
	} else {
		fail_setup(seen, 0, "a tag check fault in the suite's own code");
	}
}

bool is_forced_death(int status)
{
	return WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS);
}

void run_apart(Caller caller, const std::function<void()> &work, Observation &seen)
{
	const pid_t child = must(split(caller == Caller::init), "a process for the call");
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (is_traced(caller) && ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0)
			_exit(1);
		work();
		_exit(0);
	}
	int status = 0;
	{
		const sys::CallerIs this_one(child);
		try {
			status = accompany(child, caller, seen);
		} catch (...) { // it must not write into what belongs to later points
			kill(child, SIGKILL);
			while (waitpid(child, nullptr, __WALL) < 0 && errno == EINTR)
				continue;
			throw;
		}
	}
	if (seen.end == End::none)
		note_death(seen, status);
	else if (is_forced_death(status))
		seen.late_death = WTERMSIG(status);
}

std::string try_namespace()
{
	const pid_t child = split(true);
	if (child < 0)
		return fmt::format("a PID namespace is refused: {}", std::strerror(errno));
	if (child == 0)
		_exit(0);
	int status = 0;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return "";
}

} // namespace tagtrap
