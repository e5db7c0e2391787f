// SPDX-License-Identifier: GPL-2.0-only
#include "tests/suite.h"

namespace tagtrap {

static const Case row = {
	.name = "read",
	.man = "read(2)",
	.kernel = "ksys_read",
	.direction = Direction::stores,
	.on = files_and_streams,
	.shape = {.representative = true},
	.probe = [](const ProbeArgs &args) -> int64_t {
		return sys::raw(SYS_read, sys::arg(args.fd), args.buffer.bits, args.length, 0,
				sys::probe_cookie);
	},
	.promise = copies_out,
};
static const Registered registered(row);

} // namespace tagtrap
