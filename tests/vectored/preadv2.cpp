// SPDX-License-Identifier: GPL-2.0-only
#include "tests/suite.h"

namespace tagtrap {

static const Case row = {
	.name = "preadv2",
	.man = "preadv2(2)",
	.kernel = "do_preadv",
	.direction = Direction::stores,
	.on = files_and_streams,
	.shape = {.vectored = true},
	.probe = [](const ProbeArgs &args) -> int64_t {
		return sys::raw(SYS_preadv2, sys::arg(args.fd), sys::arg(args.vector),
				args.segments, sys::arg(-1), sys::probe_cookie, 0);
	},
	.promise = copies_out,
};
static const Registered registered(row);

} // namespace tagtrap
