// SPDX-License-Identifier: GPL-2.0-only
#include "tests/suite.h"

namespace tagtrap {

static const Case row = {
	.name = "pwritev2",
	.man = "pwritev2(2)",
	.kernel = "do_pwritev",
	.direction = Direction::loads,
	.on = files_and_streams,
	.shape = {.vectored = true},
	.probe = [](const ProbeArgs &args) -> int64_t {
		return sys::raw(SYS_pwritev2, sys::arg(args.fd), sys::arg(args.vector),
				args.segments, sys::arg(-1), sys::probe_cookie, 0);
	},
	.promise = copies_in,
};
static const Registered registered(row);

} // namespace tagtrap
