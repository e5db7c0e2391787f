// SPDX-License-Identifier: GPL-2.0-only
// What transfers are given besides their bytes, counters that are read and written, fcntl and
// ioctl.
#include <cerrno>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint32_t half = 64;
constexpr iovec halves[] = {{nullptr, half}, {nullptr, half}};
constexpr Image two_halves[] = {
	like(halves, {{{0, 8, spare}, {sizeof(iovec), 8, spare_at(half)}}})};
constexpr int64_t start = 0, behind = 2048;
constexpr Image positions_in_file[] = {like(start), like(behind)};
constexpr uint64_t one_more = 1;
constexpr Image counter[] = {like(one_more)};
constexpr struct flock whole_file = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
constexpr struct flock shared_lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
constexpr Image locks[] = {like(whole_file), like(shared_lock)};
constexpr f_owner_ex nobody = {F_OWNER_PID, 0};
constexpr Image owners[] = {like(nobody)};
constexpr int yes = 1;
constexpr Image flags[] = {like(yes)};
constexpr Image no_hint[] = {{nullptr, 8}};

constexpr int get_hint = 1024 + 11; ///< F_GET_RW_HINT
constexpr int set_hint = 1024 + 12; ///< F_SET_RW_HINT

// clang-format off
constexpr Row table[] = {
	{"readv.vec", trap(SYS_readv), {second, it, count}, in, many<iovec>(2), on::pipe,
	 {.images = two_halves, .holds = 0},
	 {.yields = 1, .by = "__import_iovec", .ends = Ends::ready}},
	{"writev.vec", trap(SYS_writev), {object, it, count}, in, many<iovec>(2), on::pipe,
	 {.images = two_halves, .holds = 0},
	 {.yields = 2 * half, .by = "__import_iovec", .ends = Ends::nonblock}},
	{"preadv.vec", trap(SYS_preadv), {object, it, count, 0}, in, many<iovec>(2), on::files,
	 {.images = two_halves, .holds = 0},
	 {.yields = 2 * half, .by = "__import_iovec", .ends = Ends::ready}},
	{"pwritev.vec", trap(SYS_pwritev), {object, it, count, 0}, in, many<iovec>(2), on::files,
	 {.images = two_halves, .holds = 0},
	 {.yields = 2 * half, .by = "__import_iovec", .ends = Ends::ready}},
	{"preadv2.vec", trap(SYS_preadv2), {object, it, count, 0, 0, 0}, in, many<iovec>(2),
	 on::files, {.images = two_halves, .holds = 0},
	 {.yields = 2 * half, .by = "__import_iovec", .ends = Ends::ready}},
	{"pwritev2.vec", trap(SYS_pwritev2), {object, it, count, 0, 0, 0}, in, many<iovec>(2),
	 on::files, {.images = two_halves, .holds = 0},
	 {.yields = 2 * half, .by = "__import_iovec", .ends = Ends::ready}},
	{"vmsplice.uiov", trap(SYS_vmsplice), {object, it, count, 0}, in, many<iovec>(2), on::pipe,
	 {.images = two_halves, .holds = 0},
	 {.yields = 2 * half, .by = "__import_iovec", .ends = Ends::nonblock}},
	{"copy_file_range.off_in", trap(SYS_copy_file_range), {object, it, object, image(1), 512},
	 inout, one<int64_t>, on::files, {.images = positions_in_file, .holds = 0},
	 {.yields = 512, .by = "__do_sys_copy_file_range"}},
	{"copy_file_range.off_out", trap(SYS_copy_file_range), {object, image(0), object, it, 512},
	 inout, one<int64_t>, on::files, {.images = positions_in_file, .holds = 1},
	 {.yields = 512, .by = "__do_sys_copy_file_range"}},
	{"sendfile.offset", trap(SYS_sendfile), {second, object, it, 512}, inout, one<int64_t>,
	 on::source, {.images = positions_in_file, .holds = 1},
	 {.yields = 512, .by = "__do_sys_sendfile64", .ends = Ends::nonblock}},
	{"splice.off_in", trap(SYS_splice), {object, it, second, 0, 512, 0}, inout, one<int64_t>,
	 on::source, {.images = positions_in_file, .holds = 1},
	 {.yields = 512, .by = "__do_splice", .ends = Ends::nonblock}},
	{"splice.off_out", trap(SYS_splice), {second, 0, object, it, 1, 0}, inout, one<int64_t>,
	 on::sink, {.images = positions_in_file, .holds = 1},
	 {.yields = 1, .by = "__do_splice", .ends = Ends::ready}},
	{"read.eventfd", trap(SYS_read), {object, it, size}, out, one<uint64_t>, on::events, {},
	 {.yields = 8, .by = "eventfd_read", .after = After::consumed, .ends = Ends::ready}},
	{"write.eventfd", trap(SYS_write), {object, it, size}, in, one<uint64_t>, on::events,
	 {.images = counter, .holds = 0},
	 {.yields = 8, .by = "eventfd_write", .ends = Ends::ready}},
	{"fcntl.F_GETLK", trap(SYS_fcntl), {object, F_GETLK, it}, inout, one<struct flock>,
	 on::files, {.images = locks, .holds = 1}, {.by = "do_fcntl"}},
	{"fcntl.F_SETLK", trap(SYS_fcntl), {object, F_SETLK, it}, in, one<struct flock>, on::files,
	 {.images = locks, .holds = 0}, {.by = "do_fcntl"}},
	{"fcntl.F_OFD_GETLK", trap(SYS_fcntl), {object, F_OFD_GETLK, it}, inout, one<struct flock>,
	 on::files, {.images = locks, .holds = 1}, {.by = "do_fcntl"}},
	{"fcntl.F_OFD_SETLK", trap(SYS_fcntl), {object, F_OFD_SETLK, it}, in, one<struct flock>,
	 on::files, {.images = locks, .holds = 0}, {.by = "do_fcntl"}},
	{"fcntl.F_GETOWN_EX", trap(SYS_fcntl), {object, F_GETOWN_EX, it}, out, one<f_owner_ex>,
	 on::udp, {}, {.by = "f_getown_ex"}},
	{"fcntl.F_SETOWN_EX", trap(SYS_fcntl), {object, F_SETOWN_EX, it}, in, one<f_owner_ex>,
	 on::udp, {.images = owners, .holds = 0}, {.by = "f_setown_ex"}},
	{"fcntl.F_GET_RW_HINT", trap(SYS_fcntl), {object, get_hint, it}, out, one<uint64_t>,
	 on::files, {}, {.by = "fcntl_get_rw_hint"}},
	{"fcntl.F_SET_RW_HINT", trap(SYS_fcntl), {object, set_hint, it}, in, one<uint64_t>,
	 on::files, {.images = no_hint, .holds = 0}, {.by = "fcntl_set_rw_hint"}},
	{"ioctl.FIONREAD", trap(SYS_ioctl), {second, FIONREAD, it}, out, one<int>, on::pipe, {},
	 {.by = "pipe_ioctl"}},
	{"ioctl.FIONBIO", trap(SYS_ioctl), {second, FIONBIO, it}, in, one<int>, on::pipe,
	 {.images = flags, .holds = 0}, {.by = "ioctl_fionbio"}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
