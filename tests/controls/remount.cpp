// SPDX-License-Identifier: GPL-2.0-only
#include "tests/suite.h"

namespace tagtrap {

// P5: after all that was done to it, the mount can be unmounted and mounted again.
static const Case row = {
	.name = "remount",
	.man = "umount(2)",
	.kernel = "path_umount",
	.direction = Direction::stores,
	.on = files_only,
	.shape = {.once = true, .remount = true},
	.promise = copies_out,
};
static const Registered registered(row);

} // namespace tagtrap
