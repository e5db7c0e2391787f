// SPDX-License-Identifier: GPL-2.0-only
#include "tests/suite.h"

namespace tagtrap {

static const Case row = {
	.name = "writev",
	.man = "writev(2)",
	.kernel = "do_writev",
	.direction = Direction::loads,
	.on = files_and_streams,
	.shape = {.vectored = true},
	.probe = [](const ProbeArgs &args) -> int64_t {
		return sys::raw(SYS_writev, sys::arg(args.fd), sys::arg(args.vector), args.segments,
				0, sys::probe_cookie);
	},
	.promise = copies_in,
};
static const Registered registered(row);

} // namespace tagtrap
