// SPDX-License-Identifier: GPL-2.0-only
// Options of SOL_SOCKET, by the numbers of asm-generic/socket.h.
#include <cerrno>
#include <linux/filter.h>
#include <sys/socket.h>

#include "tests/rows/options.h"
#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint64_t all_ones = ~uint64_t{0};
constexpr int option_word = 4, option_name = 2;

/// Refused behind the copy: no instruction is like this.
constexpr sock_filter wrong_filter = {0xffff, 0, 0, 0};
constexpr sock_fprog one_instruction = {.len = 1};
constexpr uint16_t filter_at = offsetof(sock_fprog, filter);
constexpr Image filters[] = {like(one_instruction, {{{filter_at, 8, image(1)}}}),
			     like(wrong_filter)};
constexpr Image to_filter[] = {like(one_instruction, {{{filter_at, 8, it}}}), like(wrong_filter)};
constexpr Image lengths[] = {like(option_word), like(option_name)};
constexpr int closes[] = {SYS_close};
constexpr int attach_filter = 26, peer_name = 28, attach_reuseport_cbpf = 51, peer_pidfd = 77;

void close_stored(Issue &issue, int64_t)
{
	sys::raw(SYS_close, sys::arg(issue.stored<int>()));
}

// clang-format off
constexpr Row table[] = {
	{"getsockopt.optlen", trap(SYS_getsockopt), {object, SOL_SOCKET, SO_RCVBUF, spare, it},
	 inout, one<int>, on::udp, {.images = lengths, .holds = 0}, {.by = "sk_getsockopt"}},
	{"getsockopt.SO_RCVBUF", trap(SYS_getsockopt),
	 {object, SOL_SOCKET, SO_RCVBUF, it, image(0)}, out, one<int>, on::udp, {.images = lengths},
	 {.by = "sk_getsockopt"}, Tries::callers},
	{"getsockopt.SO_PEERNAME", trap(SYS_getsockopt),
	 {object, SOL_SOCKET, peer_name, it, image(1)}, out, one<sa_family_t>, on::dgram,
	 {.images = lengths}, {.by = "sk_getsockopt"}},
	{"getsockopt.SO_PEERPIDFD", trap(SYS_getsockopt),
	 {object, SOL_SOCKET, peer_pidfd, it, image(0)}, out, one<int>, on::stream,
	 {.images = lengths, .undo = close_stored, .needs = closes}, {.by = "sk_getsockopt"}},
	{"setsockopt.SO_ATTACH_FILTER", trap(SYS_setsockopt),
	 {object, SOL_SOCKET, attach_filter, it, size}, in, one<sock_fprog>, on::udp,
	 {.images = filters, .holds = 0}, {.yields = fails(EINVAL),
	 .by = "copy_bpf_fprog_from_user"}},
	{"setsockopt.SO_ATTACH_FILTER.filter", trap(SYS_setsockopt),
	 {object, SOL_SOCKET, attach_filter, image(0), sizeof(sock_fprog)}, in, one<sock_filter>,
	 on::udp, {.images = to_filter, .holds = 1}, {.yields = fails(EINVAL),
	 .by = "__get_filter"}},
	{"setsockopt.SO_ATTACH_REUSEPORT_CBPF", trap(SYS_setsockopt),
	 {object, SOL_SOCKET, attach_reuseport_cbpf, it, size}, in, one<sock_fprog>, on::udp,
	 {.images = filters, .holds = 0}, {.yields = fails(EINVAL),
	 .by = "copy_bpf_fprog_from_user"}},
};

// Name, number, bytes that are read, bytes that are set, value, error, root.
constexpr Option common[] = {
	{"SO_DEBUG", 1},
	{"SO_REUSEADDR", 2},
	{"SO_TYPE", 3, 4, 0},
	{"SO_ERROR", 4, 4, 0},
	{"SO_DONTROUTE", 5},
	{"SO_BROADCAST", 6},
	{"SO_SNDBUF", 7, 4, 4, 16384},
	{"SO_RCVBUF", 8, 0, 4, 16384}, // read above
	{"SO_KEEPALIVE", 9},
	{"SO_OOBINLINE", 10},
	{"SO_NO_CHECK", 11},
	{"SO_PRIORITY", 12},
	{"SO_LINGER", 13, 8, 8},
	{"SO_BSDCOMPAT", 14, 4, 4},
	{"SO_REUSEPORT", 15},
	{"SO_RCVLOWAT", 18, 4, 4, 1},
	{"SO_SNDLOWAT", 19, 4, 0},
	{"SO_RCVTIMEO", 20, 16, 16},
	{"SO_SNDTIMEO", 21, 16, 16},
	{"SO_BINDTODEVICE", 25, 0, 15},
	{"SO_DETACH_FILTER", 27, 0, 4, 0, ENOENT},
	{"SO_TIMESTAMP", 29},
	{"SO_ACCEPTCONN", 30, 4, 0},
	{"SO_SNDBUFFORCE", 32, 0, 4, 16384, 0, true},
	{"SO_RCVBUFFORCE", 33, 0, 4, 16384, 0, true},
	{"SO_TIMESTAMPNS", 35},
	{"SO_MARK", 36, 4, 4, 0, 0, true},
	{"SO_TIMESTAMPING", 37, 8, 8},
	{"SO_PROTOCOL", 38, 4, 0},
	{"SO_DOMAIN", 39, 4, 0},
	{"SO_RXQ_OVFL", 40},
	{"SO_WIFI_STATUS", 41},
	{"SO_PEEK_OFF", 42, 4, 4, all_ones},
	{"SO_NOFCS", 43},
	{"SO_LOCK_FILTER", 44},
	{"SO_SELECT_ERR_QUEUE", 45},
	{"SO_BUSY_POLL", 46},
	{"SO_MAX_PACING_RATE", 47, 8, 8, all_ones},
	{"SO_BPF_EXTENSIONS", 48, 4, 0},
	{"SO_INCOMING_CPU", 49, 4, 4, all_ones},
	{"SO_ATTACH_BPF", 50, 0, 4, all_ones, EBADF},
	{"SO_ATTACH_REUSEPORT_EBPF", 52, 0, 4, all_ones, EBADF},
	{"SO_CNX_ADVICE", 53, 0, 4},
	{"SO_MEMINFO", 55, 36, 0},
	{"SO_INCOMING_NAPI_ID", 56, 4, 0},
	{"SO_COOKIE", 57, 8, 0},
	{"SO_ZEROCOPY", 60},
	{"SO_TXTIME", 61, 8, 8, 0, 0, true},
	{"SO_BINDTOIFINDEX", 62},
	{"SO_TIMESTAMP_NEW", 63},
	{"SO_TIMESTAMPNS_NEW", 64},
	{"SO_TIMESTAMPING_NEW", 65, 8, 8},
	{"SO_RCVTIMEO_NEW", 66, 16, 16},
	{"SO_SNDTIMEO_NEW", 67, 16, 16},
	{"SO_PREFER_BUSY_POLL", 69},
	{"SO_BUSY_POLL_BUDGET", 70, 0, 4},
	{"SO_NETNS_COOKIE", 71, 8, 0},
	{"SO_BUF_LOCK", 72},
	{"SO_RESERVE_MEM", 73},
	{"SO_TXREHASH", 74, 4, 0},
	{"SO_RCVMARK", 75},
	{"SO_RCVPRIORITY", 82},
};
constexpr Option of_unix[] = {
	{"SO_PASSCRED", 16},
	{"SO_PEERCRED", 17, 12, 0},
	{"SO_PASSSEC", 34},
	{"SO_PASSPIDFD", 76},
	{"SO_PASSRIGHTS", 83, 4, 4, 1},
	{"SO_INQ", 84, 0, 4},
};
/// mptcp_setsockopt_sol_socket() has copies of its own.
constexpr Option of_mptcp[] = {
	{"SO_KEEPALIVE", 9, 0, 4},
	{"SO_LINGER", 13, 0, 8},
	{"SO_TIMESTAMP", 29, 0, 4},
	{"SO_TIMESTAMPING", 37, 0, 8},
};
// clang-format on

const RegisteredRows registered(table);
const RegisteredOptions common_options({.level = SOL_SOCKET,
					.on = on::udp,
					.getter = "sk_getsockopt",
					.setter = "sk_setsockopt",
					.options = common});
const RegisteredOptions unix_options({.level = SOL_SOCKET,
				      .on = on::stream,
				      .getter = "sk_getsockopt",
				      .setter = "sk_setsockopt",
				      .options = of_unix});
const RegisteredOptions mptcp_options({.level = SOL_SOCKET,
				       .on = on::mptcp,
				       .getter = "sk_getsockopt",
				       .setter = "mptcp_setsockopt_sol_socket",
				       .options = of_mptcp,
				       .prefix = "mptcp-"});

} // namespace

} // namespace tagtrap::rows
