// SPDX-License-Identifier: GPL-2.0-only
#include "tests/suite.h"

namespace tagtrap {

static const Case row = {
	.name = "pwrite64",
	.man = "pwrite(2)",
	.kernel = "ksys_pwrite64",
	.direction = Direction::loads,
	.on = files_only,
	.shape = {.positioned = true},
	.probe = [](const ProbeArgs &args) -> int64_t {
		return sys::raw(SYS_pwrite64, sys::arg(args.fd), args.buffer.bits, args.length,
				static_cast<uint64_t>(args.offset), sys::probe_cookie);
	},
	.promise = copies_in,
};
static const Registered registered(row);

} // namespace tagtrap
