// SPDX-License-Identifier: GPL-2.0-only
// What costs the machine. In our VM only.
#include <fcntl.h>
#include <linux/fs.h>
#include <string_view>
#include <unistd.h>

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
	const int64_t result = honest_read(args);
	if (bad(args))
		sys::raw(SYS_ioctl, sys::arg(args.fd), FIFREEZE, 0);
	return result;
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
static const Case unkillable_child_row =
	on_files(hazardous(on_pipe("inject-unkillable-child", unkillable_child)));
static const Case kept_row = on_files(hazardous(on_pipe("inject-kept", kept)));
static const Registered unkillable_child_registered(unkillable_child_row);
static const Registered kept_registered(kept_row);
// Not called hazardous: what nobody knew beforehand is what a block of points is taken apart for.
static const Case panic_row = on_pipe("inject-panic", panic);
static const Case silent_row = hazardous(on_pipe("inject-silent", silent));
static const Registered unkillable_registered(unkillable_row);
static const Registered panic_registered(panic_row);
static const Registered silent_registered(silent_row);

} // namespace tagtrap::inject
