// SPDX-License-Identifier: GPL-2.0-only
#include "tests/suite.h"

namespace tagtrap {

static const Case row = {
	.name = "uring-read_fixed",
	.man = "io_uring_enter(2)",
	.kernel = "io_read_fixed",
	.direction = Direction::stores,
	.on = files_and_streams,
	.shape = {.vectored = false, .positioned = true, .uring = true, .fixed = true},
	.probe = [](const ProbeArgs &args) -> int64_t {
		return args.ring->issue(
			[&](io_uring_sqe *sqe) {
				io_uring_prep_read_fixed(sqe, args.fd,
							 reinterpret_cast<void *>(args.buffer.bits),
							 static_cast<unsigned>(args.length),
							 static_cast<uint64_t>(args.offset), 0);
			},
			*args.submit_result);
	},
	.promise = pinned,
};
static const Registered registered(row);

} // namespace tagtrap
