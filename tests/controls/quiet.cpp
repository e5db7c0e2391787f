// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "tests/situation.h"

namespace tagtrap {

// F8: accesses that nobody asked for, or that the call turns out not to need.
namespace {

/// "/./././." and a NUL at `end`.
void path(unsigned char *bytes, uint64_t end)
{
	for (uint64_t i = 0; i < end; ++i)
		bytes[i] = i % 2 == 0 ? '/' : '.';
	bytes[end] = 0;
}

constexpr uint32_t page_edge[] = {4080};
constexpr uint32_t middle[] = {2048};
constexpr uint32_t half[] = {512};
constexpr uint32_t odd_half[] = {508}; // words of eight bytes straddle the granule's edge

constexpr Situation ends_before = {
	.align = 4,
	.offsets = odd_half,
	.audience = Audience::uninvited,
	.fill = [](const ProbeArgs &args, unsigned char *bytes) { path(bytes, args.good - 1); }};
constexpr Situation runs_into = {
	.align = 4, .offsets = odd_half, .fill = [](const ProbeArgs &args, unsigned char *bytes) {
		path(bytes, args.length - 1);
	}};
// Both pages of the buffer are faulted in, of the second one its first byte.
constexpr Situation refused = {.length = 4096,
			       .align = 16,
			       .offsets = page_edge,
			       .audience = Audience::uninvited,
			       .lacks = other_pages};
constexpr Situation dry = {.length = 4096,
			   .full = 1024,
			   .state = FileState::small,
			   .offsets = middle,
			   .audience = Audience::uninvited,
			   .opaque = false};
constexpr Situation limited = {.length = 4096,
			       .full = 1024,
			       .offsets = middle,
			       .audience = Audience::uninvited,
			       .opaque = false};
constexpr Situation options = {
	.offsets = half,
	.audience = Audience::uninvited,
	.fill = [](const ProbeArgs &, unsigned char *bytes) { std::memcpy(bytes, "size=4k", 8); }};

constexpr int path_needs[] = {SYS_faccessat};
constexpr int sealed_needs[] = {SYS_memfd_create};
constexpr int limit_needs[] = {SYS_prlimit64};
constexpr int mount_needs[] = {SYS_mount};

int64_t access_path(const ProbeArgs &args)
{
	return sys::raw(SYS_faccessat, sys::arg(AT_FDCWD), args.buffer.bits, F_OK);
}

} // namespace

// A string that ends before the granule; words of eight bytes are read behind its end.
static const Case ends_row = {
	.name = "faccessat-before",
	.man = "access(2)",
	.kernel = "strncpy_from_user",
	.direction = Direction::loads,
	.on = itself,
	.situation = &ends_before,
	.needs = path_needs,
	.probe = access_path,
	.promise = whole,
};
// The other side of it: a string that does not end before the granule is asked for.
static const Case runs_row = {
	.name = "faccessat",
	.man = "access(2)",
	.kernel = "strncpy_from_user",
	.direction = Direction::loads,
	.on = itself,
	.situation = &runs_into,
	.needs = path_needs,
	.probe = access_path,
	.promise = whole,
};
// The buffer is faulted in before the file turns out to be sealed.
static const Case refused_row = {
	.name = "write-sealed",
	.man = "fcntl(2), F_SEAL_GROW",
	.kernel = "generic_perform_write",
	.direction = Direction::loads,
	.on = itself,
	.situation = &refused,
	.needs = sealed_needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		const int64_t file =
			done(sys::raw(SYS_memfd_create, sys::arg("sealed"), MFD_ALLOW_SEALING),
			     "memfd_create");
		done(sys::raw(SYS_fcntl, arg(file), F_ADD_SEALS, F_SEAL_GROW), "F_ADD_SEALS");
		const int64_t result =
			sys::raw(SYS_write, arg(file), args.buffer.bits, args.length);
		sys::raw(SYS_close, arg(file));
		return result == -EPERM ? 0 : result;
	},
	.promise = whole,
};
// The file or the message is shorter than the buffer.
static const Case dry_row = {
	.name = "read-short",
	.man = "read(2)",
	.kernel = "ksys_read",
	.direction = Direction::stores,
	.on = files_and_streams,
	.situation = &dry,
	.probe = [](const ProbeArgs &args) -> int64_t {
		return sys::raw(SYS_read, sys::arg(args.fd), args.buffer.bits, args.length);
	},
	.promise = copies_out,
};
// RLIMIT_FSIZE ends the write before the granule.
static const Case limited_row = {
	.name = "write-limit",
	.man = "setrlimit(2), RLIMIT_FSIZE",
	.kernel = "generic_write_checks",
	.direction = Direction::loads,
	.on = files_only,
	.situation = &limited,
	.needs = limit_needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		std::array<uint64_t, 2> before = {};
		done(sys::raw(SYS_prlimit64, 0, RLIMIT_FSIZE, 0, sys::arg(before.data())),
		     "prlimit64");
		const std::array<uint64_t, 2> low = {1024, before[1]};
		done(sys::raw(SYS_prlimit64, 0, RLIMIT_FSIZE, sys::arg(low.data()), 0),
		     "prlimit64");
		const int64_t result =
			sys::raw(SYS_write, sys::arg(args.fd), args.buffer.bits, args.length);
		sys::raw(SYS_prlimit64, 0, RLIMIT_FSIZE, sys::arg(before.data()), 0);
		return result;
	},
	.promise = copies_in,
};
// mount(2) reads a page for the options, which end long before. There is no such place to mount at:
// that is found out afterwards.
static const Case options_row = {
	.name = "mount-options",
	.man = "mount(2)",
	.kernel = "copy_mount_options",
	.direction = Direction::loads,
	.on = itself,
	.situation = &options,
	.needs = mount_needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		const int64_t result =
			sys::raw(SYS_mount, sys::arg("none"), sys::arg("/nowhere/to/be/found"),
				 sys::arg("tmpfs"), 0, args.buffer.bits);
		return result == -ENOENT ? 0 : result;
	},
	.promise = whole,
};
static const Registered ends_registered(ends_row);
static const Registered runs_registered(runs_row);
static const Registered refused_registered(refused_row);
static const Registered dry_registered(dry_row);
static const Registered limited_registered(limited_row);
static const Registered options_registered(options_row);

} // namespace tagtrap
