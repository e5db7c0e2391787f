// SPDX-License-Identifier: GPL-2.0-only
#include "tests/suite.h"

namespace tagtrap {

// P6: while this reads into a bad granule, a second task works on the same mount.
static const Case row = {
	.name = "together",
	.man = "pread(2)",
	.kernel = "ksys_pread64",
	.direction = Direction::stores,
	.on = files_only,
	.shape = {.positioned = true, .once = true, .together = true},
	.probe = [](const ProbeArgs &args) -> int64_t {
		return sys::raw(SYS_pread64, sys::arg(args.fd), args.buffer.bits, args.length,
				static_cast<uint64_t>(args.offset), sys::probe_cookie);
	},
	.promise = copies_out,
};
static const Registered registered(row);

} // namespace tagtrap
