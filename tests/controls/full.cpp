// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <system_error>

#include "harness/sys/owned.h"
#include "tests/situation.h"

namespace tagtrap {

// F8: the buffer is faulted in before the filesystem turns out to be full (6.12; 7.3 looks for room
// first).
namespace {

int64_t configure(const sys::Fd &context, unsigned command, const char *key, const char *value)
{
	return sys::raw(SYS_fsconfig, sys::arg(context.get()), command, sys::arg(key),
			sys::arg(value), 0);
}

/// A tmpfs of one page that is mounted nowhere: gone with its descriptor.
sys::Fd one_page()
{
	const sys::Fd context(static_cast<int>(
		done(sys::raw(SYS_fsopen, sys::arg("tmpfs"), FSOPEN_CLOEXEC), "fsopen")));
	done(configure(context, FSCONFIG_SET_STRING, "nr_blocks", "1"), "fsconfig");
	done(configure(context, FSCONFIG_CMD_CREATE, nullptr, nullptr), "fsconfig");
	return sys::Fd(static_cast<int>(done(
		sys::raw(SYS_fsmount, sys::arg(context.get()), FSMOUNT_CLOEXEC, 0), "fsmount")));
}

/// A file there, which takes all there is.
sys::Fd full_file(const ProbeArgs &args)
{
	const sys::Fd directory = one_page();
	sys::Fd file(static_cast<int>(
		done(sys::raw(SYS_openat, sys::arg(directory.get()), sys::arg("file"),
			      O_CREAT | O_RDWR | O_CLOEXEC, 0600),
		     "a file of a full filesystem")));
	done(sys::raw(SYS_write, sys::arg(file.get()), args.spare.bits, args.page_size),
	     "filling a filesystem");
	return file;
}

int64_t write_more(const ProbeArgs &args)
{
	const sys::Fd file = full_file(args);
	const int64_t result =
		sys::raw(SYS_write, sys::arg(file.get()), args.buffer.bits, args.length);
	return result == -ENOSPC ? 0 : result;
}

std::string no_mounts()
{
	try {
		one_page();
		return other_pages();
	} catch (const std::system_error &error) {
		return fmt::format("no filesystem that could be full: {}", error.what());
	}
}

// Both pages of the buffer are faulted in, of the second one its first byte.
constexpr uint32_t page_edge[] = {4080};
constexpr Situation situation = {.length = 4096,
				 .align = 16,
				 .offsets = page_edge,
				 .audience = Audience::uninvited,
				 .needs_root = true,
				 .lacks = no_mounts};
constexpr int needs[] = {SYS_fsopen, SYS_fsconfig, SYS_fsmount};

} // namespace

static const Case row = {
	.name = "write-full",
	.man = "write(2), ENOSPC",
	.kernel = "generic_perform_write",
	.direction = Direction::loads,
	.on = itself,
	.situation = &situation,
	.needs = needs,
	.probe = write_more,
	.promise = whole,
};
static const Registered registered(row);

} // namespace tagtrap
