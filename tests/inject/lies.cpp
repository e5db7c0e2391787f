// SPDX-License-Identifier: GPL-2.0-only
// Calls that end and break a rule: proof that the checks can fail.
#include <csignal>
#include <fcntl.h>
#include <utility>

#include "tests/inject/inject.h"

namespace tagtrap::inject {

namespace {

/// P3: reports less than it moved, and less than it promised.
int64_t count(const ProbeArgs &args)
{
	const int64_t result = honest_read(args);
	return bad(args) && result > 64 ? result - 64 : result;
}

/// P4: stores behind the granule.
int64_t overrun(const ProbeArgs &args)
{
	const int64_t result = honest_read(args);
	if (bad(args)) {
		constexpr uint64_t granule = 16;
		const uint64_t behind =
			(args.buffer.bits + args.good) / granule * granule + granule;
		if (behind < args.buffer.bits + args.length)
			*reinterpret_cast<volatile unsigned char *>(behind) = 0;
	}
	return result;
}

/// M1: a signal where none is due.
int64_t signals(const ProbeArgs &args)
{
	const int64_t result = honest_read(args);
	if (bad(args)) {
		const auto self = static_cast<uint64_t>(sys::raw(SYS_gettid));
		sys::raw(SYS_tgkill, static_cast<uint64_t>(sys::raw(SYS_getpid)), self, SIGSEGV);
	}
	return result;
}

/// P3: reports success and has stored nothing, where the bytes are the kernel's own business.
int64_t hollow(const ProbeArgs &args)
{
	if (bad(args))
		return 1;
	return sys::raw(SYS_read, sys::arg(args.fd), args.buffer.bits, 1);
}

/// Nor does it store anything with a good tag: it proves nothing.
int64_t idle(const ProbeArgs &args)
{
	return bad(args) ? -EFAULT : 1;
}

constexpr Situation structure = {.full = 1};

Promise whole(const Point &, const KernelFacts &)
{
	return {.kind = PromiseKind::all_or_nothing, .reason = "a test of the suite itself"};
}

constexpr Case of_structure(std::string_view name, int64_t (*probe)(const ProbeArgs &))
{
	Case row = on_pipe(name, probe);
	row.situation = &structure;
	row.promise = whole;
	return row;
}

/// P5: leaves a signal blocked.
int64_t mask(const ProbeArgs &args)
{
	if (bad(args)) {
		const uint64_t blocked = uint64_t{1} << (SIGUSR1 - 1);
		sys::raw(SYS_rt_sigprocmask, SIG_BLOCK, sys::arg(&blocked), 0, sizeof(blocked));
	}
	return honest_read(args);
}

/// P5: works once; the same call with a good tag fails afterwards.
int64_t once(const ProbeArgs &args)
{
	static bool spent = false;
	if (bad(args)) {
		spent = true;
		return honest_read(args);
	}
	return std::exchange(spent, false) ? -EIO : honest_read(args);
}

/// P5: leaves a descriptor open, the lowest that is free.
int64_t descriptor(const ProbeArgs &args)
{
	const int64_t result = honest_read(args);
	if (bad(args))
		sys::raw(SYS_fcntl, sys::arg(args.fd), F_DUPFD, 0);
	return result;
}

/// P5: leaves one open behind a gap.
int64_t far_descriptor(const ProbeArgs &args)
{
	constexpr uint64_t far = 100;
	const int64_t result = honest_read(args);
	if (bad(args))
		sys::raw(SYS_fcntl, sys::arg(args.fd), F_DUPFD, far);
	return result;
}

} // namespace

static const Case count_row = on_pipe("inject-count", count);
static const Case overrun_row = on_pipe("inject-overrun", overrun);
static const Case signals_row = on_pipe("inject-signal", signals);
static const Case mask_row = on_pipe("inject-mask", mask);
static const Case once_row = on_pipe("inject-once", once);
static const Case descriptor_row = on_pipe("inject-descriptor", descriptor);
static const Case far_descriptor_row = on_pipe("inject-far-descriptor", far_descriptor);
static const Registered descriptor_registered(descriptor_row);
static const Registered far_descriptor_registered(far_descriptor_row);
static const Case hollow_row = of_structure("inject-hollow", hollow);
static const Case idle_row = of_structure("inject-idle", idle);
static const Registered count_registered(count_row);
static const Registered overrun_registered(overrun_row);
static const Registered signals_registered(signals_row);
static const Registered mask_registered(mask_row);
static const Registered once_registered(once_row);
static const Registered hollow_registered(hollow_row);
static const Registered idle_registered(idle_row);

} // namespace tagtrap::inject
