// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "harness/model/case.h"
#include "harness/model/point.h"
#include "harness/model/promise.h"

namespace tagtrap {

/// How far read-like calls copy out of `point`'s place: generic_file_read_iter and kin, pipes and
/// unix sockets. Kernel files: mm/filemap.c, fs/pipe.c, net/unix/af_unix.c, fs/iomap/.
Promise copies_out(const Point &point, const KernelFacts &facts);

/// How far write-like calls copy in.
Promise copies_in(const Point &point, const KernelFacts &facts);

/// A registered io_uring buffer: pinned when it was registered, reached by the kernel mapping.
Promise pinned(const Point &point, const KernelFacts &facts);

} // namespace tagtrap
