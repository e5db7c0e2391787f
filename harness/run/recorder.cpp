// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/recorder.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <signal.h>
#include <sys/ucontext.h>
#include <unistd.h>

#include "harness/sys/must.h"
#include "harness/sys/raw.h"

namespace tagtrap {

namespace {

constexpr std::array watched = {SIGSEGV, SIGBUS};
constexpr int expose_tagbits = 0x800; ///< SA_EXPOSE_TAGBITS, linux/signal.h since 5.11

std::atomic<Observation *> sink = nullptr;
std::atomic<Strays *> standing_by = nullptr;
std::atomic<int32_t> caller = 0;
std::atomic<uint64_t> last_pc = 0; ///< of a frame that was not in the kernel

alignas(16) std::array<unsigned char, 65536> alternate_stack;

#if defined(__aarch64__)
constexpr uint32_t svc_0 = 0xd4000001;
constexpr uint32_t esr_magic = 0x45535201; ///< asm/sigcontext.h

/// Notes what the frame says of the interrupted call. `pc` behind an SVC: it was in the kernel.
/// Returns `pc` where it is neither behind an SVC nor at one (a call about to be restarted).
uint64_t read_frame(const ucontext_t &context, SignalSeen &signal)
{
	const auto &machine = context.uc_mcontext;
	const auto *const pc = reinterpret_cast<const uint32_t *>(machine.pc);
	signal.behind_svc = pc[-1] == svc_0;
	const uint64_t elsewhere = signal.behind_svc || pc[0] == svc_0 ? 0 : machine.pc;
	signal.frame_x0 = static_cast<int64_t>(machine.regs[0]);
	signal.fault_address = machine.fault_address;
	const unsigned char *at = machine.__reserved;
	const unsigned char *const end = at + sizeof(machine.__reserved);
	while (at + 16 <= end) {
		std::array<uint32_t, 2> head; // magic, size
		std::memcpy(head.data(), at, sizeof(head));
		if (head[0] == 0 || head[1] == 0)
			break;
		if (head[0] == esr_magic) {
			std::memcpy(&signal.esr, at + 8, sizeof(signal.esr));
			signal.has_esr = true;
			break;
		}
		at += head[1];
	}
	return elsewhere;
}
#elif defined(__x86_64__)
/// As on arm64: behind a `syscall` instruction the process was in the kernel.
uint64_t read_frame(const ucontext_t &context, SignalSeen &signal)
{
	const auto pc = static_cast<uint64_t>(context.uc_mcontext.gregs[REG_RIP]);
	const auto *const code = reinterpret_cast<const unsigned char *>(pc);
	signal.behind_svc = code[-2] == 0x0f && code[-1] == 0x05;
	signal.frame_x0 = context.uc_mcontext.gregs[REG_RAX];
	return signal.behind_svc || (code[0] == 0x0f && code[1] == 0x05) ? 0 : pc;
}
#else
uint64_t read_frame(const ucontext_t &, SignalSeen &)
{
	return 1;
}
#endif

/// When the caller has seen the result: the call of this point is over.
void record_late(Observation &seen, const SignalSeen &signal)
{
	if (seen.late_count++ == 0)
		seen.late = signal;
}

/// The handler: integers only.
void record(int number, siginfo_t *info, void *context)
{
	Observation *const seen = sink.load();
	Strays *const strays = standing_by.load();
	if (seen == nullptr && strays == nullptr)
		_exit(exit_user_fault);
	SignalSeen signal;
	signal.number = number;
	signal.code = info->si_code;
	signal.address = reinterpret_cast<uint64_t>(info->si_addr);
	const auto self = static_cast<int32_t>(sys::raw(SYS_gettid));
	const int32_t due = caller.load();
	const bool right = self == (due != 0 ? due : static_cast<int32_t>(sys::raw(SYS_getpid)));
	signal.thread = right ? 0 : self;
	signal.before_return = seen != nullptr && seen->phase == Phase::entered;
	const uint64_t elsewhere = read_frame(*static_cast<ucontext_t *>(context), signal);
	// A fault of user code comes back with the same instruction: leave then, and let the parent
	// tell. A signal that hits user code once is the kernel's doing, except a fault that the
	// CPU had put off: the suite makes the kernel tell those of its own right before each call.
	const bool sent = info->si_code == SI_USER || info->si_code == SI_TKILL;
	const bool put_off = number == SIGSEGV && info->si_code == SEGV_MTEAERR &&
			     !signal.before_return &&
			     (elsewhere != 0 || seen == nullptr || seen->phase == Phase::done);
	const bool again = elsewhere != 0 && elsewhere == last_pc.exchange(elsewhere);
	const bool user_fault = put_off || (!sent && again);
	if (seen == nullptr) {
		if (user_fault)
			_exit(exit_user_fault);
		strays->number = number;
		strays->count++;
		return;
	}
	const bool over = seen->phase == Phase::done || seen->end == End::setup_failed ||
			  (seen->phase != Phase::entered && elsewhere != 0 && !sent);
	if (!over) {
		const uint32_t index = seen->signal_count++;
		if (index < max_signals)
			seen->signals[index] = signal;
	} else if (!user_fault) {
		record_late(*seen, signal);
	} else if (again && seen->late_count > 0) {
		--seen->late_count; // the first one was the same fault of ours
	}
	if (user_fault || seen->signal_count > 100)
		_exit(exit_user_fault);
}

struct sigaction action_for(Disposition disposition)
{
	struct sigaction action = {};
	sigemptyset(&action.sa_mask);
	switch (disposition) {
	case Disposition::handler:
	case Disposition::nested:
	case Disposition::mask_open:
	case Disposition::mask_shut:
		action.sa_flags = SA_SIGINFO | expose_tagbits;
		break;
	case Disposition::altstack:
		action.sa_flags = SA_SIGINFO | SA_ONSTACK | expose_tagbits;
		break;
	case Disposition::nodefer:
		action.sa_flags = SA_SIGINFO | SA_NODEFER | expose_tagbits;
		break;
	case Disposition::restart:
		action.sa_flags = SA_SIGINFO | SA_RESTART | expose_tagbits;
		break;
	case Disposition::noexpose:
		action.sa_flags = SA_SIGINFO;
		break;
	case Disposition::noexpose_restart:
		action.sa_flags = SA_SIGINFO | SA_RESTART;
		break;
	case Disposition::ignored:
		action.sa_handler = SIG_IGN;
		return action;
	case Disposition::blocked:
	case Disposition::sigwait:
	case Disposition::signalfd:
	case Disposition::pending:
	case Disposition::fatal:
		action.sa_handler = SIG_DFL;
		return action;
	}
	action.sa_sigaction = record;
	return action;
}

bool blocked_by(Disposition disposition)
{
	switch (disposition) {
	case Disposition::blocked:
	case Disposition::sigwait:
	case Disposition::signalfd:
	case Disposition::pending:
	case Disposition::mask_open:
		return true;
	default:
		return false;
	}
}

sigset_t mask_for(Disposition disposition)
{
	sigset_t mask;
	sigemptyset(&mask);
	if (blocked_by(disposition))
		for (const int number : watched)
			sigaddset(&mask, number);
	return mask;
}

} // namespace

void Recorder::reset_all()
{
	for (int number = 1; number < NSIG; ++number)
		signal(number, SIG_DFL); // SIGKILL, SIGSTOP and libc's own refuse: harmless
	sigset_t none;
	sigemptyset(&none);
	sys::must(sigprocmask(SIG_SETMASK, &none, nullptr), "sigprocmask");
}

void Recorder::record_into(Observation *seen)
{
	sink.store(seen);
	last_pc.store(0);
}

void Recorder::stand_by(Strays *strays)
{
	standing_by.store(strays);
	sink.store(nullptr);
	last_pc.store(0);
}

void Recorder::expect_from(int32_t thread)
{
	caller.store(thread);
}

void Recorder::send_blocked()
{
	sys::must(kill(getpid(), SIGSEGV), "kill");
	sys::must(tgkill(getpid(), gettid(), SIGSEGV), "tgkill");
}

bool Recorder::blocks() const
{
	return any_ && blocked_by(now_);
}

void Recorder::dispose(Disposition disposition)
{
	if (any_ && now_ == disposition)
		return;
	const struct sigaction action = action_for(disposition);
	for (const int number : watched)
		sys::must(sigaction(number, &action, nullptr), "sigaction");
	stack_t stack = {
		.ss_sp = alternate_stack.data(), .ss_flags = 0, .ss_size = alternate_stack.size()};
	if (disposition != Disposition::altstack)
		stack.ss_flags = SS_DISABLE;
	sys::must(sigaltstack(&stack, nullptr), "sigaltstack");
	const sigset_t mask = mask_for(disposition);
	sys::must(sigprocmask(SIG_SETMASK, &mask, nullptr), "sigprocmask");
	now_ = disposition;
	any_ = true;
}

bool Recorder::dispositions_kept() const
{
	const struct sigaction wanted = action_for(now_);
	for (const int number : watched) {
		struct sigaction seen = {};
		sys::must(sigaction(number, nullptr, &seen), "sigaction");
		if (seen.sa_handler != wanted.sa_handler)
			return false;
	}
	return true;
}

bool Recorder::mask_kept() const
{
	sigset_t seen;
	sys::must(sigprocmask(SIG_SETMASK, nullptr, &seen), "sigprocmask");
	const sigset_t wanted = mask_for(now_);
	constexpr size_t kernel_size = 8; // of a mask; libc's is longer
	return std::memcmp(&seen, &wanted, kernel_size) == 0;
}

bool Recorder::pending() const
{
	sigset_t set;
	sys::must(sigpending(&set), "sigpending");
	return std::ranges::any_of(watched,
				   [&set](int number) { return sigismember(&set, number) == 1; });
}

bool Recorder::take_pending()
{
	const bool found = pending();
	if (found) { // ignoring a pending signal drops it
		for (const int number : watched)
			signal(number, SIG_IGN);
		any_ = false;
		dispose(now_);
	}
	return found;
}

} // namespace tagtrap
