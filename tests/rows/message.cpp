// SPDX-License-Identifier: GPL-2.0-only
// What messages come with: addresses and control data of those that are received, the vectors of
// several in one call, one to the kernel.
#include <cerrno>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint32_t whole_message = on::message_length, half = whole_message / 2;
/// Of a name that the kernel gives to an AF_UNIX socket: family, NUL, five digits.
constexpr uint32_t named = 8;
constexpr uint32_t credentials = CMSG_LEN(sizeof(ucred));
constexpr uint16_t name_at = offsetof(msghdr, msg_name), iov_at = offsetof(msghdr, msg_iov),
		   control_at = offsetof(msghdr, msg_control);
constexpr int room_for_name = 128;
constexpr Image lengths[] = {like(room_for_name)};

constexpr iovec halves[] = {{nullptr, half}, {nullptr, half}}, whole = {nullptr, whole_message};
constexpr Image spare_halves = like(halves, {{{0, 8, spare}, {16, 8, spare_at(512)}}});
constexpr Image spare_whole = like(whole, {{{0, 8, spare}}});
constexpr mmsghdr two_parts = {{.msg_iovlen = 2}, 0}, one_part = {{.msg_iovlen = 1}, 0};
constexpr mmsghdr with_name = {{.msg_namelen = room_for_name, .msg_iovlen = 1}, 0};
constexpr mmsghdr with_control = {{.msg_iovlen = 1, .msg_controllen = credentials}, 0};
constexpr mmsghdr to_wrong_name = {{.msg_namelen = sizeof(sockaddr_in), .msg_iovlen = 1}, 0};
constexpr mmsghdr to_wrong_control = {{.msg_iovlen = 1, .msg_controllen = sizeof(cmsghdr)}, 0};
/// Refused behind the copy.
constexpr sockaddr_in wrong_family = {.sin_family = 0x7777};
constexpr cmsghdr wrong_message = {sizeof(cmsghdr), SOL_SOCKET, 0x7777};

constexpr Image to_name[] = {like(with_name, {{{name_at, 8, it}, {iov_at, 8, image(1)}}}),
			     spare_whole};
constexpr Image to_control[] = {like(with_control, {{{control_at, 8, it}, {iov_at, 8, image(1)}}}),
				spare_whole};
constexpr Image to_iov[] = {like(two_parts, {{{iov_at, 8, it}}}), spare_halves};
constexpr Image to_base[] = {like(one_part, {{{iov_at, 8, image(1)}}}),
			     like(whole, {{{0, 8, it}}})};
constexpr Image from_name[] = {like(to_wrong_name, {{{name_at, 8, it}, {iov_at, 8, image(1)}}}),
			       spare_whole, like(wrong_family)};
constexpr Image from_control[] = {
	like(to_wrong_control, {{{control_at, 8, it}, {iov_at, 8, image(1)}}}), spare_whole,
	like(wrong_message)};
/// A message to the kernel that says nothing.
constexpr nlmsghdr no_operation = {sizeof(nlmsghdr), NLMSG_NOOP, 0, 0, 0};
constexpr Image to_kernel[] = {like(no_operation)};

constexpr Due received = {
	.yields = 1, .by = "__unix_dgram_recvmsg", .after = After::consumed, .ends = Ends::ready};
constexpr Due addressed = {.yields = whole_message,
			   .by = "move_addr_to_user",
			   .after = After::consumed,
			   .ends = Ends::ready};

// clang-format off
constexpr Row table[] = {
	{"accept.upeer_addrlen", trap(SYS_accept), {object, spare, it}, inout, one<int>,
	 on::listener, {.images = lengths, .holds = 0}, {.yields = a_handle,
	 .by = "move_addr_to_user", .after = After::consumed, .ends = Ends::ready}},
	{"recvfrom.addr", trap(SYS_recvfrom), {object, spare, whole_message, 0, it, image(0)}, out,
	 bytes(named), on::named, {.images = lengths}, addressed},
	{"recvmsg.msg_name", trap(SYS_recvmsg), {object, image(0), 0}, out, bytes(named),
	 on::named, {.images = to_name}, addressed},
	{"recvmsg.msg_control", trap(SYS_recvmsg), {object, image(0), 0}, out, bytes(credentials),
	 on::named, {.images = to_control}, {.yields = whole_message, .by = "put_cmsg",
	 .promise = PromiseKind::ignored, .after = After::consumed, .ends = Ends::ready}},
	{"recvmmsg.msg_name", trap(SYS_recvmmsg), {object, image(0), 1, 0, 0}, out, bytes(named),
	 on::named, {.images = to_name}, {.yields = 1, .by = "move_addr_to_user",
	 .after = After::consumed, .ends = Ends::ready}},
	{"recvmmsg.iov", trap(SYS_recvmmsg), {object, image(0), 1, 0, 0}, in, many<iovec>(2),
	 on::dgram, {.images = to_iov, .holds = 1},
	 {.yields = 1, .by = "__import_iovec", .ends = Ends::ready}},
	{"recvmmsg.iov_base", trap(SYS_recvmmsg), {object, image(0), 1, 0, 0}, out,
	 bytes(whole_message), on::dgram, {.images = to_base}, received},
	{"sendmmsg.iov", trap(SYS_sendmmsg), {object, image(0), 1, MSG_DONTWAIT}, in,
	 many<iovec>(2), on::dgram, {.images = to_iov, .holds = 1},
	 {.yields = 1, .by = "__import_iovec", .ends = Ends::nonblock}},
	{"sendmmsg.iov_base", trap(SYS_sendmmsg), {object, image(0), 1, MSG_DONTWAIT}, in,
	 bytes(whole_message), on::dgram, {.images = to_base},
	 {.yields = 1, .by = "unix_dgram_sendmsg", .ends = Ends::nonblock}},
	{"sendmmsg.msg_name", trap(SYS_sendmmsg), {object, image(0), 1, MSG_DONTWAIT}, in,
	 one<sockaddr_in>, on::udp, {.images = from_name, .holds = 2},
	 {.yields = fails(EAFNOSUPPORT), .by = "move_addr_to_kernel", .ends = Ends::nonblock}},
	{"sendmmsg.msg_control", trap(SYS_sendmmsg), {object, image(0), 1, MSG_DONTWAIT}, in,
	 one<cmsghdr>, on::dgram, {.images = from_control, .holds = 2},
	 {.yields = fails(EINVAL), .by = "____sys_sendmsg", .ends = Ends::nonblock}},
	{"sendto.netlink", trap(SYS_sendto), {object, it, size, MSG_DONTWAIT, 0, 0}, in,
	 one<nlmsghdr>, on::netlink, {.images = to_kernel, .holds = 0},
	 {.yields = sizeof(nlmsghdr), .by = "netlink_sendmsg", .ends = Ends::nonblock}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
