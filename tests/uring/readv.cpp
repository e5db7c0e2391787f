// SPDX-License-Identifier: GPL-2.0-only
#include "tests/suite.h"

namespace tagtrap {

static const Case row = {
	.name = "uring-readv",
	.man = "io_uring_enter(2)",
	.kernel = "io_read",
	.direction = Direction::stores,
	.on = files_and_streams,
	.shape = {.vectored = true, .positioned = true, .uring = true, .fixed = false},
	.probe = [](const ProbeArgs &args) -> int64_t {
		return args.ring->issue(
			[&](io_uring_sqe *sqe) {
				io_uring_prep_readv(sqe, args.fd, args.vector,
						    static_cast<unsigned>(args.segments),
						    static_cast<uint64_t>(args.offset));
			},
			*args.submit_result);
	},
	.promise = copies_out,
};
static const Registered registered(row);

} // namespace tagtrap
