// SPDX-License-Identifier: GPL-2.0-only
// Addresses of sockets, and messages with all their fields.
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint32_t whole_message = on::message_length, half = whole_message / 2;
constexpr uint64_t second_half = 512; ///< of spare memory
constexpr Word address = spare_at(1024);
/// Of a name that the kernel gives to an AF_UNIX socket: family, NUL, five digits.
constexpr uint32_t named = 8;
constexpr int length_of_named = named, length_of_in = sizeof(sockaddr_in);
constexpr int length_of_message = on::message_length;

constexpr sockaddr_in unspecified = {.sin_family = AF_UNSPEC};
/// Refused behind the copy.
constexpr sockaddr_in wrong_family = {.sin_family = 0x7777};
constexpr cmsghdr wrong_control = {sizeof(cmsghdr), SOL_SOCKET, 0x7777};
constexpr Image addresses[] = {like(unspecified), like(wrong_family)};
constexpr Image lengths[] = {like(length_of_named), like(length_of_in), like(length_of_message)};

constexpr iovec halves[] = {{nullptr, half}, {nullptr, half}};
constexpr iovec whole[] = {{nullptr, on::message_length}};
constexpr msghdr two_parts = {.msg_iovlen = 2};
constexpr msghdr one_part = {.msg_iovlen = 1};
constexpr msghdr with_name = {.msg_namelen = sizeof(sockaddr_in)};
constexpr msghdr with_control = {.msg_controllen = sizeof(cmsghdr)};
constexpr uint16_t iov_at = offsetof(msghdr, msg_iov);
constexpr Image two_halves =
	like(halves, {{{0, 8, spare}, {sizeof(iovec), 8, spare_at(second_half)}}});
constexpr mmsghdr many_parts = {two_parts, 0};
constexpr timespec minute = {60, 0};

constexpr Image to_iov[] = {like(two_parts, {{{iov_at, 8, it}}}), two_halves};
constexpr Image to_header[] = {like(two_parts, {{{iov_at, 8, image(1)}}}), two_halves};
constexpr Image to_base[] = {like(one_part, {{{iov_at, 8, image(1)}}}),
			     like(whole, {{{0, 8, it}}})};
/// Behind it there is only padding.
constexpr uint16_t header_end = offsetof(mmsghdr, msg_len) + sizeof(unsigned);
constexpr Image to_headers[] = {
	{&many_parts, header_end, {{{iov_at, 8, image(1)}}}}, two_halves, like(minute)};
constexpr Image to_name[] = {like(with_name, {{{offsetof(msghdr, msg_name), 8, it}}}),
			     like(wrong_family)};
constexpr Image to_control[] = {like(with_control, {{{offsetof(msghdr, msg_control), 8, it}}}),
				like(wrong_control)};

constexpr Due received = {.yields = whole_message,
			  .by = "__unix_dgram_recvmsg",
			  .after = After::consumed,
			  .ends = Ends::ready};

constexpr int closes[] = {SYS_close};

void close_both(Issue &issue, int64_t)
{
	sys::raw(SYS_close, sys::arg(issue.stored<int>()));
	sys::raw(SYS_close, sys::arg(issue.stored<int>(sizeof(int))));
}

// clang-format off
constexpr Row table[] = {
	{"socketpair.usockvec", trap(SYS_socketpair), {AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, it},
	 out, many<int>(2), on::itself, {.undo = close_both, .needs = closes},
	 {.by = "__sys_socketpair"}},
	{"pipe2.fildes", trap(SYS_pipe2), {it, 0}, out, many<int>(2), on::itself,
	 {.undo = close_both, .needs = closes}, {.by = "do_pipe2"}},
	{"getsockname.usockaddr", trap(SYS_getsockname), {object, it, image(1)}, out,
	 one<sockaddr_in>, on::udp, {.images = lengths}, {.by = "move_addr_to_user"}},
	{"getsockname.usockaddr_len", trap(SYS_getsockname), {object, spare, it}, inout, one<int>,
	 on::udp, {.images = lengths, .holds = 1}, {.by = "move_addr_to_user"}},
	{"getpeername.usockaddr", trap(SYS_getpeername), {object, it, image(0)}, out,
	 one<sa_family_t>, on::dgram, {.images = lengths}, {.by = "move_addr_to_user"}},
	{"getpeername.usockaddr_len", trap(SYS_getpeername), {object, spare, it}, inout, one<int>,
	 on::dgram, {.images = lengths, .holds = 1}, {.by = "move_addr_to_user"}},
	{"accept4.upeer_sockaddr", trap(SYS_accept4), {object, it, image(0), SOCK_CLOEXEC}, out,
	 bytes(named), on::listener, {.images = lengths}, {.yields = a_handle,
	 .by = "move_addr_to_user", .after = After::consumed, .ends = Ends::ready}},
	{"accept4.upeer_addrlen", trap(SYS_accept4), {object, spare, it, SOCK_CLOEXEC}, inout,
	 one<int>, on::listener, {.images = lengths, .holds = 0}, {.yields = a_handle,
	 .by = "move_addr_to_user", .after = After::consumed, .ends = Ends::ready}},
	{"accept.upeer_sockaddr", trap(SYS_accept), {object, it, image(0)}, out, bytes(named),
	 on::listener, {.images = lengths}, {.yields = a_handle, .by = "move_addr_to_user",
	 .after = After::consumed, .ends = Ends::ready}},
	{"bind.umyaddr", trap(SYS_bind), {object, it, size}, in, one<sockaddr_in>, on::udp,
	 {.images = addresses, .holds = 1},
	 {.yields = fails(EAFNOSUPPORT), .by = "move_addr_to_kernel"}},
	{"connect.uservaddr", trap(SYS_connect), {object, it, size}, in, one<sockaddr_in>, on::udp,
	 {.images = addresses, .holds = 0}, {.by = "move_addr_to_kernel", .ends = Ends::nonblock}},
	{"sendto.addr", trap(SYS_sendto), {object, spare, 1, MSG_DONTWAIT, it, size}, in,
	 one<sockaddr_in>, on::udp, {.images = addresses, .holds = 1},
	 {.yields = fails(EAFNOSUPPORT), .by = "move_addr_to_kernel", .ends = Ends::nonblock}},
	{"sendto.buff", trap(SYS_sendto), {object, it, size, MSG_DONTWAIT, 0, 0}, in,
	 bytes(whole_message), on::dgram, {},
	 {.yields = whole_message, .by = "unix_dgram_sendmsg", .ends = Ends::nonblock}},
	{"recvfrom.ubuf", trap(SYS_recvfrom), {object, it, size, 0, 0, 0}, out,
	 bytes(whole_message), on::dgram, {}, received, Tries::callers},
	{"recvfrom.addr_len", trap(SYS_recvfrom), {object, spare, whole_message, 0, address, it},
	 inout, one<int>, on::dgram, {.images = lengths, .holds = 2}, {.yields = whole_message,
	 .by = "move_addr_to_user", .after = After::consumed, .ends = Ends::ready}},
	{"recvmsg.msg", trap(SYS_recvmsg), {object, it, 0}, inout, one<msghdr>, on::dgram,
	 {.images = to_header, .holds = 0},
	 {.yields = whole_message, .by = "copy_msghdr_from_user", .ends = Ends::ready}},
	{"recvmsg.iov", trap(SYS_recvmsg), {object, image(0), 0}, in, many<iovec>(2), on::dgram,
	 {.images = to_iov, .holds = 1},
	 {.yields = whole_message, .by = "__import_iovec", .ends = Ends::ready}},
	{"recvmsg.iov_base", trap(SYS_recvmsg), {object, image(0), 0}, out, bytes(whole_message),
	 on::dgram, {.images = to_base}, received},
	{"recvmmsg.mmsg", trap(SYS_recvmmsg), {object, it, 1, 0, 0}, inout, bytes(header_end),
	 on::dgram, {.images = to_headers, .holds = 0},
	 // The message is gone when its length cannot be stored.
	 {.yields = 1, .by = "___sys_recvmsg", .after = After::either, .ends = Ends::ready}},
	{"recvmmsg.timeout", trap(SYS_recvmmsg), {object, image(0), 1, 0, it}, inout, one<timespec>,
	 on::dgram, {.images = to_headers, .holds = 2},
	 {.yields = 1, .by = "get_timespec64", .ends = Ends::ready}},
	{"sendmsg.msg", trap(SYS_sendmsg), {object, it, MSG_DONTWAIT}, in, one<msghdr>, on::dgram,
	 {.images = to_header, .holds = 0},
	 {.yields = whole_message, .by = "copy_msghdr_from_user", .ends = Ends::nonblock}},
	{"sendmsg.iov", trap(SYS_sendmsg), {object, image(0), MSG_DONTWAIT}, in, many<iovec>(2),
	 on::dgram, {.images = to_iov, .holds = 1},
	 {.yields = whole_message, .by = "__import_iovec", .ends = Ends::nonblock}},
	{"sendmsg.iov_base", trap(SYS_sendmsg), {object, image(0), MSG_DONTWAIT}, in,
	 bytes(whole_message), on::dgram, {.images = to_base},
	 {.yields = whole_message, .by = "unix_dgram_sendmsg", .ends = Ends::nonblock}},
	{"sendmsg.msg_name", trap(SYS_sendmsg), {object, image(0), MSG_DONTWAIT}, in,
	 one<sockaddr_in>, on::udp, {.images = to_name, .holds = 1},
	 {.yields = fails(EAFNOSUPPORT), .by = "move_addr_to_kernel", .ends = Ends::nonblock}},
	{"sendmsg.msg_control", trap(SYS_sendmsg), {object, image(0), MSG_DONTWAIT}, in,
	 one<cmsghdr>, on::dgram, {.images = to_control, .holds = 1},
	 {.yields = fails(EINVAL), .by = "____sys_sendmsg", .ends = Ends::nonblock}},
	{"sendmmsg.mmsg", trap(SYS_sendmmsg), {object, it, 1, MSG_DONTWAIT}, inout,
	 bytes(header_end), on::dgram, {.images = to_headers, .holds = 0},
	 // The message is sent when its length cannot be stored.
	 {.yields = 1, .by = "copy_msghdr_from_user", .after = After::either,
	 .ends = Ends::nonblock}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
