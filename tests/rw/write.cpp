// SPDX-License-Identifier: GPL-2.0-only
#include "tests/suite.h"

namespace tagtrap {

static const Case row = {
	.name = "write",
	.man = "write(2)",
	.kernel = "ksys_write",
	.direction = Direction::loads,
	.on = files_and_streams,
	.shape = {.representative = true},
	.probe = [](const ProbeArgs &args) -> int64_t {
		return sys::raw(SYS_write, sys::arg(args.fd), args.buffer.bits, args.length, 0,
				sys::probe_cookie);
	},
	.promise = copies_in,
};
static const Registered registered(row);

} // namespace tagtrap
