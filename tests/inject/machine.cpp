// SPDX-License-Identifier: GPL-2.0-only
// What costs the machine, or makes its kernel complain. In our VM only.
#include <array>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <linux/fs.h>
#include <string_view>
#include <unistd.h>

#include "fixtures/pattern.h"
#include "tests/inject/inject.h"
#include "tests/situation.h"

namespace tagtrap::inject {

namespace {

int64_t write_to(const char *path, std::string_view text)
{
	const int64_t fd = sys::raw(SYS_openat, AT_FDCWD, sys::arg(path), O_WRONLY);
	return fd < 0 ? fd
		      : sys::raw(SYS_write, static_cast<uint64_t>(fd), sys::arg(text.data()),
				 text.size());
}

/// A write to a filesystem that is frozen, and stays it: it sleeps where no signal reaches it.
int64_t unkillable(const ProbeArgs &args)
{
	if (!bad(args))
		return honest_read(args);
	if (const int64_t result = sys::raw(SYS_ioctl, sys::arg(args.fd), FIFREEZE, 0); result < 0)
		return result;
	return sys::raw(SYS_pwrite64, sys::arg(args.fd), args.buffer.bits, args.good, 0);
}

/// The same in a child of the probe's own.
int64_t unkillable_child(const ProbeArgs &args)
{
	if (!bad(args))
		return honest_read(args);
	return run_child(
		0, [](const ProbeArgs &mine) { return unkillable(mine) < 0 ? 1 : 0; }, args);
}

/// The call ends, and its repeat with a good tag waits for what the failing path has kept, where no
/// signal reaches it.
int64_t kept(const ProbeArgs &args)
{
	static bool frozen = false;
	if (bad(args)) {
		const int64_t result = honest_read(args);
		frozen = sys::raw(SYS_ioctl, sys::arg(args.fd), FIFREEZE, 0) == 0;
		return frozen ? result : -EBUSY;
	}
	if (frozen)
		sys::raw(SYS_pwrite64, sys::arg(args.fd), args.buffer.bits, args.good, 0);
	return honest_read(args);
}

constexpr int64_t patience_ms = 3000; ///< shorter than what is taken for a hang
constexpr int64_t nap_ms = 20;

/// Reads on in the kernel's log until it has complained, or patience is at its end.
void await_complaint(int64_t log)
{
	const timespec nap = {0, nap_ms * 1'000'000};
	std::array<char, 8192> record;
	for (int64_t waited = 0; waited < patience_ms;) {
		const int64_t size = sys::raw(SYS_read, static_cast<uint64_t>(log),
					      sys::arg(record.data()), record.size());
		if (size > 0 &&
		    std::string_view(record.data(), static_cast<size_t>(size))
				    .find("blocked for more than") != std::string_view::npos)
			return;
		if (size > 0)
			continue;
		sys::raw(SYS_nanosleep, sys::arg(&nap));
		waited += nap_ms;
	}
}

/// P8: a child sleeps where no signal reaches it, until the kernel has complained of that. With the
/// granule in the middle only: the points around it have done nothing.
int64_t complaint(const ProbeArgs &args)
{
	if (!bad(args) || args.good != args.length / 2)
		return honest_read(args);
	const auto log = sys::raw(SYS_openat, sys::arg(AT_FDCWD), sys::arg("/dev/kmsg"),
				  O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log < 0)
		return log;
	sys::raw(SYS_lseek, static_cast<uint64_t>(log), 0, SEEK_END);
	if (const int64_t result = sys::raw(SYS_ioctl, sys::arg(args.fd), FIFREEZE, 0); result < 0)
		return result;
	const int64_t child = sys::raw(SYS_clone, SIGCHLD);
	if (child == 0) {
		// What the file holds already.
		sys::raw(SYS_pwrite64, sys::arg(args.fd), sys::arg(pattern(Content::fresh)), 1, 0);
		sys::raw(SYS_exit_group, 0);
	}
	await_complaint(log);
	sys::raw(SYS_ioctl, sys::arg(args.fd), FITHAW, 0);
	sys::raw(SYS_wait4, static_cast<uint64_t>(child), 0, 0, 0);
	sys::raw(SYS_close, static_cast<uint64_t>(log));
	return honest_read(args);
}

/// The kernel panics.
int64_t panic(const ProbeArgs &args)
{
	return bad(args) ? write_to("/proc/sysrq-trigger", "c") : honest_read(args);
}

/// The machine falls asleep for good, QEMU does not.
int64_t silent(const ProbeArgs &args)
{
	return bad(args) ? write_to("/sys/power/state", "freeze") : honest_read(args);
}

Case hazardous(Case row)
{
	row.shape.hazardous = true;
	return row;
}

Case on_files(Case row)
{
	row.on = files_only;
	return row;
}

} // namespace

static const Case unkillable_row = on_files(hazardous(on_pipe("inject-unkillable", unkillable)));
// The same by other names: a group is closed after one of them.
static const Case unkillable_fork_row =
	on_files(hazardous(on_pipe("inject-unkillable-fork", unkillable)));
static const Case unkillable_vfork_row =
	on_files(hazardous(on_pipe("inject-unkillable-vfork", unkillable)));
static const Registered unkillable_fork_registered(unkillable_fork_row);
static const Registered unkillable_vfork_registered(unkillable_vfork_row);
static const Case unkillable_child_row =
	on_files(hazardous(on_pipe("inject-unkillable-child", unkillable_child)));
static const Case kept_row = on_files(hazardous(on_pipe("inject-kept", kept)));
static const Registered unkillable_child_registered(unkillable_child_row);
static const Registered kept_registered(kept_row);
static const Case complaint_row = on_files(on_pipe("inject-complaint", complaint));
// Not called hazardous: what nobody knew beforehand is what a block of points is taken apart for.
static const Case panic_row = on_pipe("inject-panic", panic);
static const Case silent_row = hazardous(on_pipe("inject-silent", silent));
static const Registered unkillable_registered(unkillable_row);
static const Registered complaint_registered(complaint_row);
static const Registered panic_registered(panic_row);
static const Registered silent_registered(silent_row);

} // namespace tagtrap::inject
