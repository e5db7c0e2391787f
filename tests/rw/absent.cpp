// SPDX-License-Identifier: GPL-2.0-only
#include <sys/mman.h>

#include "fixtures/pattern.h"
#include "tests/situation.h"

namespace tagtrap {

// F7: I/O that meets no bad granule, with memory that the kernel has to fault in. Loops that copy
// with page faults disabled cannot do without; a SIGSEGV that is blocked and pending is no reason
// for fault-in to fail.
namespace {

constexpr Disposition while_pending[] = {Disposition::pending};
constexpr Situation absent = {.length = 4096,
			      .full = 4096,
			      .dispositions = while_pending,
			      .audience = Audience::uninvited};

/// Memory of this call alone that nobody has touched: zeros.
uint64_t untouched(const ProbeArgs &args)
{
	return arg(done(sys::raw(SYS_mmap, 0, args.length, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, ~uint64_t{0}, 0),
			"mmap"));
}

} // namespace

static const Case read_row = {
	.name = "read-absent",
	.man = "read(2)",
	.kernel = "fault_in_writeable",
	.direction = Direction::stores,
	.on = files_only,
	.situation = &absent,
	.probe = [](const ProbeArgs &args) -> int64_t {
		const uint64_t memory = untouched(args);
		const int64_t result = sys::raw(SYS_read, sys::arg(args.fd), memory, args.length);
		const bool right = std::memcmp(reinterpret_cast<void *>(memory),
					       pattern(Content::fresh), args.length) == 0;
		done(sys::raw(SYS_munmap, memory, args.length), "munmap");
		return result < 0 || right ? result : -EBADMSG;
	},
	.promise = copies_out,
};
static const Case write_row = {
	.name = "write-absent",
	.man = "write(2)",
	.kernel = "fault_in_readable",
	.direction = Direction::loads,
	.on = files_only,
	.situation = &absent,
	.probe = [](const ProbeArgs &args) -> int64_t {
		std::memset(spare_bytes(args), 0, args.length);
		const uint64_t memory = untouched(args);
		const int64_t result = sys::raw(SYS_write, sys::arg(args.fd), memory, args.length);
		done(sys::raw(SYS_munmap, memory, args.length), "munmap");
		return result < 0 || holds_spare(args, args.length, 0) ? result : -EBADMSG;
	},
	.promise = copies_in,
};
static const Registered read_registered(read_row);
static const Registered write_registered(write_row);

} // namespace tagtrap
