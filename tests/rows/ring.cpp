// SPDX-License-Identifier: GPL-2.0-only
// What io_uring_enter(2) and io_uring_register(2) are given, beside requests.
#include <cerrno>
#include <ctime>
#include <linux/io_uring.h>
#include <sys/uio.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint32_t get_with_argument = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
constexpr uint64_t mask_size = 8;
constexpr timespec moment = {0, 1000};
/// io_uring_getevents_arg: sigmask, its size, ts.
constexpr Image argument[] = {{nullptr, 24, {{{8, 4, mask_size}}}}};
constexpr Image to_time[] = {{nullptr, 24, {{{8, 4, mask_size}, {16, 8, it}}}}, like(moment)};
constexpr Image to_mask[] = {
	{nullptr, 24, {{{0, 8, it}, {8, 4, mask_size}, {16, 8, image(1)}}}},
	like(moment),
	{nullptr, mask_size},
};

constexpr int probe_length = 24; ///< of an io_uring_probe for one operation
constexpr Image probe[] = {{nullptr, probe_length}};
constexpr iovec buffer = {nullptr, 64};
constexpr Image buffers[] = {like(buffer, {{{0, 8, spare}}})};
constexpr int no_file = -1;
constexpr Image no_files[] = {like(no_file)};
/// io_uring_files_update: the first one, which is none afterwards as well.
constexpr Image update[] = {like(no_file), {nullptr, 16, {{{8, 8, image(0)}}}}};
constexpr Image to_files[] = {like(no_file), {nullptr, 16, {{{8, 8, it}}}}};
/// io_uring_rsrc_update: any offset, no descriptor.
constexpr uint32_t no_ring[4] = {~0u, 0, ~0u, 0};
constexpr Image no_rings[] = {like(no_ring)};
constexpr Image no_limits[] = {{nullptr, 8}};
/// io_uring_sync_cancel_reg: no descriptor; it does not wait.
constexpr uint32_t cancel[16] = {0, 0, ~0u, 0, ~0u, ~0u, ~0u, ~0u};
constexpr Image cancels[] = {like(cancel)};

constexpr int registers[] = {SYS_io_uring_register};

template <int operation> void unregister(Issue &issue, int64_t)
{
	sys::raw(SYS_io_uring_register, issue.value(object), operation, 0, 0);
}

/// io_uring_register(ring, FILES_UPDATE, word 2, 1), where one file is registered meanwhile.
int64_t update_files(Issue &issue)
{
	const uint64_t ring = issue.value(object);
	const int64_t there = sys::raw(SYS_io_uring_register, ring, IORING_REGISTER_FILES,
				       issue.value(image(0)), 1);
	if (there < 0)
		return there;
	const int64_t result = sys::raw(SYS_io_uring_register, ring, IORING_REGISTER_FILES_UPDATE,
					issue.word(2), 1);
	sys::raw(SYS_io_uring_register, ring, IORING_UNREGISTER_FILES, 0, 0);
	return result;
}

// clang-format off
constexpr Row table[] = {
	{"io_uring_enter.argp", trap(SYS_io_uring_enter),
	 {object, 0, 0, get_with_argument, it, size}, in, bytes(24), on::ring,
	 {.images = argument, .holds = 0},
	 {.by = "io_get_ext_arg", .ends = Ends::nonblock, .absent = EINVAL}},
	{"io_uring_enter.ts", trap(SYS_io_uring_enter),
	 {object, 0, 1, get_with_argument, image(0), 24}, in, one<timespec>, on::ring,
	 {.images = to_time, .holds = 1}, {.yields = fails(ETIME), .by = "get_timespec64",
	 .ends = Ends::timeout, .absent = EINVAL}},
	{"io_uring_enter.sigmask", trap(SYS_io_uring_enter),
	 {object, 0, 1, get_with_argument, image(0), 24}, in, one<uint64_t>, on::ring,
	 {.images = to_mask, .holds = 2}, {.yields = fails(ETIME), .by = "set_user_sigmask",
	 .ends = Ends::timeout, .absent = EINVAL}},
	{"io_uring_register.BUFFERS", trap(SYS_io_uring_register),
	 {object, IORING_REGISTER_BUFFERS, it, 1}, in, one<iovec>, on::ring,
	 {.images = buffers, .holds = 0, .undo = unregister<IORING_UNREGISTER_BUFFERS>,
	 .needs = registers}, {.by = "io_sqe_buffers_register"}},
	{"io_uring_register.FILES", trap(SYS_io_uring_register),
	 {object, IORING_REGISTER_FILES, it, 1}, in, one<int>, on::ring, {.images = no_files,
	 .holds = 0, .undo = unregister<IORING_UNREGISTER_FILES>, .needs = registers},
	 {.by = "io_sqe_files_register"}},
	{"io_uring_register.EVENTFD", trap(SYS_io_uring_register),
	 {object, IORING_REGISTER_EVENTFD, it, 1}, in, one<int>, on::ring,
	 {.images = no_files, .holds = 0}, {.yields = fails(EBADF), .by = "io_eventfd_register"}},
	{"io_uring_register.FILES_UPDATE", trap(SYS_io_uring_register), {object, 0, it}, in,
	 bytes(16), on::ring, {.images = update, .holds = 1, .issue = update_files,
	 .needs = registers}, {.yields = 1, .by = "io_register_files_update"}},
	{"io_uring_register.FILES_UPDATE.fds", trap(SYS_io_uring_register), {object, 0, image(1)},
	 in, one<int>, on::ring, {.images = to_files, .holds = 0, .issue = update_files,
	 .needs = registers}, {.yields = 1, .by = "__io_sqe_files_update"}},
	{"io_uring_register.PROBE", trap(SYS_io_uring_register),
	 {object, IORING_REGISTER_PROBE, it, 1}, inout, bytes(probe_length), on::ring,
	 {.images = probe, .holds = 0}, {.by = "io_probe"}},
	{"io_uring_register.IOWQ_MAX_WORKERS", trap(SYS_io_uring_register), {object, 19, it, 2},
	 inout, bytes(8), on::ring, {.images = no_limits, .holds = 0},
	 {.by = "io_register_iowq_max_workers", .absent = EINVAL}},
	{"io_uring_register.RING_FDS", trap(SYS_io_uring_register), {object, 20, it, 1}, in,
	 bytes(16), on::ring, {.images = no_rings, .holds = 0},
	 {.yields = fails(EBADF), .by = "io_ringfd_register", .absent = EINVAL}},
	{"io_uring_register.SYNC_CANCEL", trap(SYS_io_uring_register), {object, 24, it, 1}, in,
	 bytes(64), on::ring, {.images = cancels, .holds = 0},
	 {.yields = fails(ENOENT), .by = "io_sync_cancel", .absent = EINVAL}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
