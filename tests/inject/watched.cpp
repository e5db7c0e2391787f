// SPDX-License-Identifier: GPL-2.0-only
// Calls that are watched, and what has to be seen beside them: that they come back at the last
// moment, that a good tag does not help, that the failing path holds what others need.
#include <array>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <string_view>
#include <utility>

#include "tests/inject/inject.h"

namespace tagtrap::inject {

namespace {

constexpr std::string_view kept_name = "inject-kept-open";
constexpr std::string_view others_name = "tagtrap-other-"; // harness/run/others.cpp

/// From a pipe that nobody ever writes to: does not come back.
int64_t never(const ProbeArgs &args)
{
	std::array<int, 2> ends = {-1, -1};
	if (const int64_t result = sys::raw(SYS_pipe2, sys::arg(ends.data()), 0); result < 0)
		return result;
	return sys::raw(SYS_read, sys::arg(ends[0]), args.buffer.bits, args.good + 1);
}

/// The directory in which the file lies that the call acts upon; empty: it cannot be told.
std::array<char, 512> directory_of(const ProbeArgs &args)
{
	std::array<char, 32> link = {"/proc/self/fd/"};
	size_t end = std::strlen(link.data());
	for (int unit = 1000; unit > 0; unit /= 10)
		if (args.fd >= unit || unit == 1)
			link[end++] = static_cast<char>('0' + args.fd / unit % 10);
	std::array<char, 512> path = {};
	sys::raw(SYS_readlinkat, sys::arg(AT_FDCWD), sys::arg(link.data()), sys::arg(path.data()),
		 path.size() - 64);
	char *const slash = std::strrchr(path.data(), '/');
	*(slash == nullptr ? path.data() : slash) = '\0';
	return path;
}

/// Opens NAME beside the file that the call acts upon.
int64_t open_beside(const ProbeArgs &args, std::string_view name, int flags)
{
	auto path = directory_of(args);
	std::strcat(path.data(), "/");
	std::strncat(path.data(), name.data(), name.size());
	return sys::raw(SYS_openat, sys::arg(AT_FDCWD), sys::arg(path.data()), sys::arg(flags),
			0600);
}

/// Whether a file whose name begins so lies beside the one that the call acts upon.
bool lies_beside(const ProbeArgs &args, std::string_view beginning)
{
	const int64_t fd = open_beside(args, "", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	constexpr size_t name_at = 19; // linux_dirent64: ino, off, reclen, type
	std::array<char, 8192> entries = {};
	bool found = false;
	for (int64_t size = 0; (size = sys::raw(SYS_getdents64, static_cast<uint64_t>(fd),
						sys::arg(entries.data()), entries.size())) > 0;)
		for (int64_t at = 0; at < size;) {
			uint16_t length = 0;
			std::memcpy(&length, &entries[static_cast<size_t>(at) + 16],
				    sizeof(length));
			const std::string_view name = &entries[static_cast<size_t>(at) + name_at];
			found |= name.starts_with(beginning);
			at += length;
		}
	sys::raw(SYS_close, static_cast<uint64_t>(fd));
	return found;
}

/// Comes back when the watch is over: while a second task is given its time (P6).
int64_t last_look(const ProbeArgs &args)
{
	const timespec nap = {0, 1'000'000};
	if (bad(args))
		while (!lies_beside(args, others_name))
			sys::raw(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, sys::arg(&nap), 0);
	return honest_read(args);
}

/// Does not end with a good tag either.
int64_t anyway(const ProbeArgs &args)
{
	return never(args);
}

/// Does not end, and holds what the same call with a good tag needs, until the filesystem is
/// another one.
int64_t holds(const ProbeArgs &args)
{
	if (bad(args)) {
		open_beside(args, kept_name, O_RDWR | O_CREAT | O_CLOEXEC);
		return never(args);
	}
	return lies_beside(args, kept_name) ? never(args) : honest_read(args);
}

constexpr int third = 3;

/// Wrong at the third time only, of many beside a second task.
int64_t once_wrong(const ProbeArgs &args)
{
	static int times = 0;
	const int64_t result = honest_read(args);
	return bad(args) && ++times == third ? result - 64 : result;
}

/// Does not come back the third time.
int64_t once_late(const ProbeArgs &args)
{
	static int times = 0;
	return bad(args) && ++times == third ? never(args) : honest_read(args);
}

constexpr int needs[] = {SYS_getdents64, SYS_readlinkat};

constexpr Case on_files(std::string_view name, int64_t (*probe)(const ProbeArgs &))
{
	Case row = on_pipe(name, probe, needs);
	row.on = files_only;
	return row;
}

/// A complaint of the kernel's that another point makes would be taken for that of one that hangs.
constexpr Case alone(Case row)
{
	row.shape.hazardous = true;
	return row;
}

constexpr Case beside_others(Case row)
{
	row.shape.together = true;
	return row;
}

} // namespace

static const Case last_look_row = on_files("inject-last-look", last_look);
static const Case anyway_row = on_pipe("inject-anyway", anyway);
static const Case holds_row = alone(on_files("inject-holds", holds));
static const Case wrong_row = beside_others(on_files("inject-once-wrong", once_wrong));
static const Case late_row = beside_others(on_files("inject-once-late", once_late));
static const Registered last_look_registered(last_look_row);
static const Registered anyway_registered(anyway_row);
static const Registered holds_registered(holds_row);
static const Registered wrong_registered(wrong_row);
static const Registered late_registered(late_row);

} // namespace tagtrap::inject
