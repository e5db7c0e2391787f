// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>

#include "harness/sys/owned.h"
#include "tests/situation.h"

namespace tagtrap {

// /proc/PID/mem: the caller's buffer is one side of the copy, memory of a process the other.
namespace {

constexpr const char *file = "/proc/self/mem";

std::string no_memory()
{
	return cannot_open(file);
}

constexpr uint32_t half[] = {512};
constexpr Situation stores = {.full = 1024, .offsets = half, .opaque = false, .lacks = no_memory};
constexpr Situation loads = {.full = 1024, .offsets = half, .fill = put_fresh, .lacks = no_memory};
constexpr Situation loads_remote = {.full = 1024,
				    .offsets = half,
				    .audience = Audience::uninvited,
				    .fill = put_fresh,
				    .lacks = no_memory};

sys::Fd open_memory(int flags)
{
	return sys::Fd(static_cast<int>(
		done(sys::raw(SYS_openat, sys::arg(AT_FDCWD), sys::arg(file), arg(flags)), file)));
}

/// From `from` of this process to `to`.
int64_t read_memory(const ProbeArgs &args, uint64_t to, uint64_t from)
{
	const sys::Fd memory = open_memory(O_RDONLY | O_CLOEXEC);
	return sys::raw(SYS_pread64, sys::arg(memory.get()), to, args.length, untagged(from));
}

int64_t write_memory(const ProbeArgs &args, uint64_t from, uint64_t to)
{
	const sys::Fd memory = open_memory(O_WRONLY | O_CLOEXEC);
	return sys::raw(SYS_pwrite64, sys::arg(memory.get()), from, args.length, untagged(to));
}

/// The result, if the spare memory agrees with it: all of it has arrived, or nothing was touched.
int64_t agreed(const ProbeArgs &args, int64_t result)
{
	const size_t arrived = leading(spare_bytes(args), args.length, Content::fresh);
	return arrived == (result == -EFAULT ? 0 : static_cast<uint64_t>(result)) ? result
										  : -EBADMSG;
}

Promise by_mapping(const Point &, const KernelFacts &)
{
	return {.kind = PromiseKind::unchecked,
		.reason = "access_remote_vm: the remote side is reached by the kernel's mapping"};
}

constexpr Case copies(std::string_view name, Direction direction, const Situation &situation,
		      int64_t (*probe)(const ProbeArgs &),
		      Promise (*promise)(const Point &, const KernelFacts &) = whole)
{
	return {.name = name,
		.man = "proc_pid_mem(5)",
		.kernel = "mem_rw",
		.direction = direction,
		.on = itself,
		.situation = &situation,
		.probe = probe,
		.promise = promise};
}

} // namespace

static const Case read_row =
	copies("proc-mem-read", Direction::stores, stores, [](const ProbeArgs &args) {
		put_fresh(args, spare_bytes(args));
		return read_memory(args, args.buffer.bits, args.spare.bits);
	});
static const Case write_row =
	copies("proc-mem-write", Direction::loads, loads, [](const ProbeArgs &args) {
		std::memset(spare_bytes(args), 0, args.length);
		return agreed(args, write_memory(args, args.buffer.bits, args.spare.bits));
	});
// F8: the remote side is not checked at all.
static const Case read_remote_row =
	copies("proc-mem-read-remote", Direction::loads, loads_remote, [](const ProbeArgs &args) {
		std::memset(spare_bytes(args), 0, args.length);
		return agreed(args, read_memory(args, args.spare.bits, args.buffer.bits));
	});
static const Case write_remote_row = copies(
	"proc-mem-write-remote", Direction::stores, stores,
	[](const ProbeArgs &args) {
		put_fresh(args, spare_bytes(args));
		return write_memory(args, args.spare.bits, args.buffer.bits);
	},
	by_mapping);
static const Registered read_registered(read_row);
static const Registered write_registered(write_row);
static const Registered read_remote_registered(read_remote_row);
static const Registered write_remote_registered(write_remote_row);

} // namespace tagtrap
