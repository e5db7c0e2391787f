// SPDX-License-Identifier: GPL-2.0-only
#include "tests/suite.h"

namespace tagtrap {

static const Case row = {
	.name = "uring-write",
	.man = "io_uring_enter(2)",
	.kernel = "io_write",
	.direction = Direction::loads,
	.on = files_and_streams,
	.shape = {.vectored = false, .positioned = true, .uring = true, .fixed = false},
	.probe = [](const ProbeArgs &args) -> int64_t {
		return args.ring->issue(
			[&](io_uring_sqe *sqe) {
				io_uring_prep_write(sqe, args.fd,
						    reinterpret_cast<void *>(args.buffer.bits),
						    static_cast<unsigned>(args.length),
						    static_cast<uint64_t>(args.offset));
			},
			*args.submit_result);
	},
	.promise = copies_in,
};
static const Registered registered(row);

} // namespace tagtrap
