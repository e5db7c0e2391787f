// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <linux/stat.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr char nothing = 0;
constexpr Image empty_path[] = {like(nothing)};
constexpr pollfd may_write = {-1, POLLOUT, 0};
constexpr Image writable[] = {like(may_write, {{{0, 4, object}}})};
constexpr iovec halves[] = {{nullptr, on::message_length / 2}, {nullptr, on::message_length / 2}};
constexpr msghdr two_parts = {.msg_iovlen = 2};
constexpr Image to_iov[] = {
	like(two_parts, {{{offsetof(msghdr, msg_iov), 8, it}}}),
	like(halves, {{{0, 8, spare}, {sizeof(iovec), 8, spare_at(512)}}}),
};
constexpr int length_of_int = sizeof(int);
constexpr Image int_length[] = {like(length_of_int)};

// clang-format off
constexpr Row table[] = {
	{"statx.buf", trap(SYS_statx), {object, image(0), AT_EMPTY_PATH, STATX_ALL, it}, out,
	 one<struct statx>, on::files, {.images = empty_path}, {.by = "cp_statx"}},
	{"ppoll.fds", trap(SYS_ppoll), {it, 1, 0, mask, 8}, inout, one<pollfd>, on::pipe,
	 {.images = writable, .holds = 0},
	 {.yields = 1, .by = "do_sys_poll", .ends = Ends::ready}, Tries::masks},
	{"msgrcv.msgp", trap(SYS_msgrcv), {object, it, on::queued_length, 0, 0}, out,
	 bytes(8 + on::queued_length), on::message_queue, {},
	 {.yields = on::queued_length, .by = "do_msg_fill", .after = After::consumed,
	  .ends = Ends::ready}},
	{"recvmsg.iov", trap(SYS_recvmsg), {object, image(0), 0}, in, many<iovec>(2), on::dgram,
	 {.images = to_iov, .holds = 1},
	 {.yields = on::message_length, .by = "__import_iovec", .ends = Ends::ready}},
	{"getsockopt.SO_RCVBUF", trap(SYS_getsockopt), {object, SOL_SOCKET, SO_RCVBUF, it, image(0)},
	 out, one<int>, on::udp, {.images = int_length}, {.by = "sk_getsockopt"}, Tries::callers},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
