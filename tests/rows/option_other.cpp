// SPDX-License-Identifier: GPL-2.0-only
// Options of TCP, and of families beside those of the internet, by the numbers of linux/tcp.h,
// linux/netlink.h, linux/if_packet.h, linux/vm_sockets.h, linux/mptcp.h and linux/if_xdp.h.
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/rows/options.h"
#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr int level_netlink = 270, level_packet = 263, level_vsock = AF_VSOCK, level_xdp = 283,
	      level_mptcp = 284;
constexpr int receive_length = 24, header_length = 4;
constexpr uint64_t reno = 0x6f6e6572; ///< as text
constexpr uint32_t md5_key = 216;     ///< struct tcp_md5sig

/// tcp_zerocopy_receive, its first version; nothing is asked for.
constexpr Image receive[] = {like(receive_length), {nullptr, receive_length}};
constexpr int first_version = 0;
constexpr Image versions[] = {like(header_length), like(first_version)};

// clang-format off
constexpr Row table[] = {
	{"getsockopt.TCP_ZEROCOPY_RECEIVE", trap(SYS_getsockopt),
	 {object, IPPROTO_TCP, 35, it, image(0)}, inout, bytes(receive_length), on::tcp,
	 {.images = receive, .holds = 1}, {.by = "do_tcp_getsockopt", .absent = EINVAL}},
	{"getsockopt.PACKET_HDRLEN", trap(SYS_getsockopt), {object, level_packet, 11, it, image(0)},
	 inout, one<int>, on::packet, {.images = versions, .holds = 1},
	 {.by = "packet_getsockopt"}, {}, Care::root},
	{"setsockopt.TCP_ULP", trap(SYS_setsockopt), {object, IPPROTO_TCP, 31, it, size}, in,
	 text(15), on::tcp, {.text = "tagtrap"}, {.yields = fails(ENOENT),
	 .by = "do_tcp_setsockopt"}},
};

// Name, number, bytes that are read, bytes that are set, value, error, root.
constexpr Option tcp[] = {
	{"TCP_NODELAY", 1},
	{"TCP_MAXSEG", 2},
	{"TCP_CORK", 3},
	{"TCP_KEEPIDLE", 4, 4, 4, 7200},
	{"TCP_KEEPINTVL", 5, 4, 4, 75},
	{"TCP_KEEPCNT", 6, 4, 4, 9},
	{"TCP_SYNCNT", 7, 4, 4, 6},
	{"TCP_LINGER2", 8},
	{"TCP_DEFER_ACCEPT", 9},
	{"TCP_WINDOW_CLAMP", 10},
	{"TCP_INFO", 11, 104, 0},
	{"TCP_QUICKACK", 12, 4, 4, 1},
	{"TCP_CONGESTION", 13, 16, 4, reno},
	{"TCP_MD5SIG", 14, 0, md5_key, 0, EINVAL},
	{"TCP_THIN_LINEAR_TIMEOUTS", 16},
	{"TCP_THIN_DUPACK", 17},
	{"TCP_USER_TIMEOUT", 18},
	{"TCP_REPAIR", 19, 4, 4, 0, 0, true},
	{"TCP_FASTOPEN", 23},
	{"TCP_TIMESTAMP", 24, 4, 0},
	{"TCP_NOTSENT_LOWAT", 25},
	{"TCP_SAVE_SYN", 27},
	{"TCP_FASTOPEN_CONNECT", 30},
	{"TCP_MD5SIG_EXT", 32, 0, md5_key, 0, EINVAL},
	{"TCP_FASTOPEN_KEY", 33, 0, 16},
	{"TCP_FASTOPEN_NO_COOKIE", 34},
	{"TCP_INQ", 36},
	{"TCP_TX_DELAY", 37},
	{"TCP_IS_MPTCP", 43, 4, 0},
	{"TCP_RTO_MAX_MS", 44, 4, 4, 120'000},
	{"TCP_RTO_MIN_US", 45, 4, 4, 200'000},
	{"TCP_DELACK_MAX_US", 46, 4, 4, 200'000},
};
constexpr Option tcp_of_mptcp[] = {
	{"TCP_CORK", 3},
	{"TCP_INFO", 11, 104, 0},
	{"TCP_CONGESTION", 13, 16, 4, reno},
	{"TCP_NOTSENT_LOWAT", 25},
	{"TCP_INQ", 36},
};
constexpr Option mptcp[] = {
	{"MPTCP_INFO", 1, 48, 0},
};
constexpr Option netlink[] = {
	{"NETLINK_ADD_MEMBERSHIP", 1, 0, 4, 0, EINVAL},
	{"NETLINK_DROP_MEMBERSHIP", 2, 0, 4, 0, EINVAL},
	{"NETLINK_PKTINFO", 3},
	{"NETLINK_BROADCAST_ERROR", 4},
	{"NETLINK_NO_ENOBUFS", 5},
	{"NETLINK_LISTEN_ALL_NSID", 8, 4, 4, 0, 0, true},
	{"NETLINK_CAP_ACK", 10},
	{"NETLINK_EXT_ACK", 11},
	{"NETLINK_GET_STRICT_CHK", 12},
};
constexpr Option packet[] = {
	{"PACKET_ADD_MEMBERSHIP", 1, 0, 16, 0, ENODEV},
	{"PACKET_STATISTICS", 6, 8, 0},
	{"PACKET_COPY_THRESH", 7, 0, 4},
	{"PACKET_AUXDATA", 8},
	{"PACKET_ORIGDEV", 9},
	{"PACKET_VERSION", 10},
	{"PACKET_RESERVE", 12},
	{"PACKET_LOSS", 14},
	{"PACKET_VNET_HDR", 15},
	{"PACKET_TIMESTAMP", 17},
	{"PACKET_FANOUT", 18, 4, 4, 0, EINVAL},
	{"PACKET_TX_HAS_OFF", 19},
	{"PACKET_QDISC_BYPASS", 20},
	{"PACKET_IGNORE_OUTGOING", 23},
	{"PACKET_VNET_HDR_SZ", 24},
};
constexpr Option vsock[] = {
	{"SO_VM_SOCKETS_BUFFER_SIZE", 0, 8, 8, 0x40000},
	{"SO_VM_SOCKETS_BUFFER_MIN_SIZE", 1, 8, 8, 128},
	{"SO_VM_SOCKETS_BUFFER_MAX_SIZE", 2, 8, 8, 0x40000},
	{"SO_VM_SOCKETS_CONNECT_TIMEOUT", 6, 16, 16, 2},
	{"SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW", 8, 16, 16, 2},
};
constexpr Option xdp[] = {
	{"XDP_MMAP_OFFSETS", 1, 128, 0},
	{"XDP_RX_RING", 2, 0, 4, 0, EINVAL},
	{"XDP_UMEM_REG", 4, 0, 24, 0, EINVAL},
	{"XDP_UMEM_FILL_RING", 5, 0, 4, 0, EINVAL},
	{"XDP_STATISTICS", 7, 24, 0},
	{"XDP_OPTIONS", 8, 4, 0},
};
// clang-format on

const RegisteredRows registered(table);
const RegisteredOptions tcp_options({.level = IPPROTO_TCP,
				     .on = on::tcp,
				     .getter = "do_tcp_getsockopt",
				     .setter = "do_tcp_setsockopt",
				     .options = tcp});
const RegisteredOptions mptcp_tcp_options({.level = IPPROTO_TCP,
					   .on = on::mptcp,
					   .getter = "mptcp_getsockopt_sol_tcp",
					   .setter = "mptcp_setsockopt_sol_tcp",
					   .options = tcp_of_mptcp,
					   .prefix = "mptcp-"});
const RegisteredOptions mptcp_options({.level = level_mptcp,
				       .on = on::mptcp,
				       .getter = "mptcp_getsockopt_sol_mptcp",
				       .options = mptcp});
const RegisteredOptions netlink_options({.level = level_netlink,
					 .on = on::netlink,
					 .getter = "netlink_getsockopt",
					 .setter = "netlink_setsockopt",
					 .options = netlink});
const RegisteredOptions packet_options({.level = level_packet,
					.on = on::packet,
					.getter = "packet_getsockopt",
					.setter = "packet_setsockopt",
					.options = packet,
					.care = Care::root});
const RegisteredOptions vsock_options({.level = level_vsock,
				       .on = on::vsock,
				       .getter = "vsock_connectible_getsockopt",
				       .setter = "vsock_connectible_setsockopt",
				       .options = vsock});
const RegisteredOptions xdp_options({.level = level_xdp,
				     .on = on::xdp,
				     .getter = "xsk_getsockopt",
				     .setter = "xsk_setsockopt",
				     .options = xdp,
				     .care = Care::root});

} // namespace

} // namespace tagtrap::rows
