// SPDX-License-Identifier: GPL-2.0-only
// Faults of the suite itself: BROKEN, never a verdict about the kernel.
#include <csignal>
#include <utility>

#include "tests/inject/inject.h"

namespace tagtrap::inject {

namespace {

/// Dies of a stray signal while the suite looks at what the call did.
int64_t death(const ProbeArgs &args)
{
	static bool doomed = false;
	if (bad(args))
		doomed = true;
	else if (std::exchange(doomed, false))
		sys::raw(SYS_tgkill, static_cast<uint64_t>(sys::raw(SYS_getpid)),
			 static_cast<uint64_t>(sys::raw(SYS_gettid)), SIGTERM);
	return honest_read(args);
}

/// Makes a system call that the worker may not make.
int64_t forbidden(const ProbeArgs &args)
{
	if (bad(args))
		sys::raw(SYS_getppid);
	return honest_read(args);
}

/// Meets the bad granule in user mode.
int64_t user_fault(const ProbeArgs &args)
{
	const int64_t result = honest_read(args);
	if (bad(args))
		*reinterpret_cast<volatile unsigned char *>(args.buffer.bits + args.good) = 0;
	return result;
}

/// Fails with a good tag: whatever it does with a bad granule means nothing then.
int64_t control(const ProbeArgs &args)
{
	return bad(args) ? honest_read(args) : -EIO;
}

/// The suite's own preparations die of what a sub-page fault may raise, each time.
void die_in_fill(const ProbeArgs &args, unsigned char *)
{
	if (bad(args))
		sys::raw(SYS_tgkill, static_cast<uint64_t>(sys::raw(SYS_getpid)),
			 static_cast<uint64_t>(sys::raw(SYS_gettid)), SIGSEGV);
}

constexpr Situation arming = {.full = 1024, .fill = die_in_fill};

Case arms(Case row)
{
	row.situation = &arming;
	return row;
}

} // namespace

static const Case arming_row = arms(on_pipe("inject-arming", honest_read));
static const Registered arming_registered(arming_row);
static const Case death_row = on_pipe("inject-death", death);
static const Case forbidden_row = on_pipe("inject-forbidden", forbidden);
static const Case user_fault_row = on_pipe("inject-user-fault", user_fault);
static const Case control_row = on_pipe("inject-control", control);
static const Registered death_registered(death_row);
static const Registered forbidden_registered(forbidden_row);
static const Registered user_fault_registered(user_fault_row);
static const Registered control_registered(control_row);

} // namespace tagtrap::inject
