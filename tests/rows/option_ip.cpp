// SPDX-License-Identifier: GPL-2.0-only
// Options of IP and IPv6, by the numbers of linux/in.h and linux/in6.h.
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/rows/options.h"
#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint32_t group_request = 136, group_source = 264; ///< group_req, group_source_req
constexpr uint32_t group_filter = 144;                      ///< with one source
/// An option of a kind that must not stand there.
constexpr uint64_t wrong_option = 0x00000183;
constexpr uint64_t padding = 0x04010000; ///< an IPv6 extension header that says nothing
constexpr uint64_t wrong_routing = 77 << 16;

/// in6_flowlabel_req: an action that there is not.
constexpr uint32_t wrong_action[8] = {0, 0, 0, 0, 0, 7};
constexpr Image flow_labels[] = {like(wrong_action)};
/// group_filter: gf_numsrc is 1, and there is no room for it.
constexpr Image group_filters[] = {{nullptr, group_filter, {{{140, 4, 1}}}}};
constexpr int lengths[] = {16, group_filter};
constexpr Image source_filters[] = {like(lengths[0]), {nullptr, 16}};
constexpr Image no_group[] = {like(lengths[1]), {nullptr, group_filter}};

// clang-format off
constexpr Row table[] = {
	{"getsockopt.IP_MSFILTER", trap(SYS_getsockopt), {object, IPPROTO_IP, 41, it, image(0)}, in,
	 bytes(16), on::udp, {.images = source_filters, .holds = 1},
	 {.yields = fails(EINVAL), .by = "do_ip_getsockopt"}},
	{"getsockopt.MCAST_MSFILTER", trap(SYS_getsockopt), {object, IPPROTO_IP, 48, it, image(0)},
	 in, bytes(group_filter), on::udp, {.images = no_group, .holds = 1},
	 {.yields = fails(EINVAL), .by = "ip_get_mcast_msfilter"}},
	{"setsockopt.MCAST_MSFILTER", trap(SYS_setsockopt), {object, IPPROTO_IP, 48, it, size},
	 in, bytes(group_filter), on::udp, {.images = group_filters, .holds = 0},
	 {.yields = fails(EINVAL), .by = "ip_set_mcast_msfilter"}},
	{"getsockopt.IPV6_MSFILTER", trap(SYS_getsockopt), {object, IPPROTO_IPV6, 48, it, image(0)},
	 in, bytes(group_filter), on::udp6, {.images = no_group, .holds = 1},
	 {.yields = fails(EADDRNOTAVAIL), .by = "ipv6_get_msfilter"}},
	{"setsockopt.IPV6_MSFILTER", trap(SYS_setsockopt), {object, IPPROTO_IPV6, 48, it, size},
	 in, bytes(group_filter), on::udp6, {.images = group_filters, .holds = 0},
	 {.yields = fails(EINVAL), .by = "ipv6_set_mcast_msfilter"}},
	{"setsockopt.IPV6_FLOWLABEL_MGR", trap(SYS_setsockopt),
	 {object, IPPROTO_IPV6, 32, it, size}, in, bytes(32), on::udp6,
	 {.images = flow_labels, .holds = 0}, {.yields = fails(EINVAL),
	 .by = "ipv6_flowlabel_opt"}},
};

// Name, number, bytes that are read, bytes that are set, value, error, root.
constexpr Option ip[] = {
	{"IP_TOS", 1},
	{"IP_TTL", 2, 4, 4, 64},
	{"IP_HDRINCL", 3, 4, 0},
	{"IP_OPTIONS", 4, 0, 4, wrong_option, EINVAL},
	{"IP_ROUTER_ALERT", 5, 4, 0},
	{"IP_RECVOPTS", 6},
	{"IP_RETOPTS", 7},
	{"IP_PKTINFO", 8},
	{"IP_MTU_DISCOVER", 10, 4, 4, 1},
	{"IP_RECVERR", 11},
	{"IP_RECVTTL", 12},
	{"IP_RECVTOS", 13},
	{"IP_FREEBIND", 15},
	{"IP_XFRM_POLICY", 17, 0, 64, 0, EINVAL, true},
	{"IP_PASSSEC", 18},
	{"IP_TRANSPARENT", 19, 4, 4, 0, 0, true},
	{"IP_ORIGDSTADDR", 20},
	{"IP_MINTTL", 21},
	{"IP_NODEFRAG", 22, 4, 0},
	{"IP_CHECKSUM", 23},
	{"IP_BIND_ADDRESS_NO_PORT", 24},
	{"IP_RECVFRAGSIZE", 25},
	{"IP_RECVERR_RFC4884", 26},
	{"IP_MULTICAST_IF", 32, 4, 12},
	{"IP_MULTICAST_TTL", 33, 4, 4, 1},
	{"IP_MULTICAST_LOOP", 34, 4, 4, 1},
	{"IP_ADD_MEMBERSHIP", 35, 0, 12, 0, EINVAL},
	{"IP_DROP_MEMBERSHIP", 36, 0, 12, 0, EADDRNOTAVAIL},
	{"IP_UNBLOCK_SOURCE", 37, 0, 12, 0, EINVAL},
	{"IP_BLOCK_SOURCE", 38, 0, 12, 0, EINVAL},
	{"IP_ADD_SOURCE_MEMBERSHIP", 39, 0, 12, 0, EINVAL},
	{"IP_DROP_SOURCE_MEMBERSHIP", 40, 0, 12, 0, EINVAL},
	{"IP_MSFILTER", 41, 0, 16, 0, EINVAL},
	{"MCAST_JOIN_GROUP", 42, 0, group_request, 0, EINVAL},
	{"MCAST_BLOCK_SOURCE", 43, 0, group_source, 0, EADDRNOTAVAIL},
	{"MCAST_LEAVE_GROUP", 45, 0, group_request, 0, EINVAL},
	{"MCAST_JOIN_SOURCE_GROUP", 46, 0, group_source, 0, EADDRNOTAVAIL},
	{"IP_MULTICAST_ALL", 49, 4, 4, 1},
	{"IP_UNICAST_IF", 50},
	{"IP_LOCAL_PORT_RANGE", 51},
	{"IP_PROTOCOL", 52, 4, 0},
};
constexpr Option udp_options[] = {
	{"UDP_CORK", 1},
	{"UDP_ENCAP", 100},
	{"UDP_NO_CHECK6_TX", 101},
	{"UDP_NO_CHECK6_RX", 102},
	{"UDP_SEGMENT", 103},
	{"UDP_GRO", 104},
};
constexpr Option ipv6[] = {
	{"IPV6_2292PKTINFO", 2},
	{"IPV6_2292HOPOPTS", 3},
	{"IPV6_2292DSTOPTS", 4},
	{"IPV6_2292RTHDR", 5},
	{"IPV6_2292HOPLIMIT", 8},
	{"IPV6_FLOWINFO", 11},
	{"IPV6_UNICAST_HOPS", 16, 4, 4, 64},
	{"IPV6_MULTICAST_IF", 17},
	{"IPV6_MULTICAST_HOPS", 18, 4, 4, 1},
	{"IPV6_MULTICAST_LOOP", 19, 4, 4, 1},
	{"IPV6_JOIN_GROUP", 20, 0, 20, 0, EINVAL},
	{"IPV6_LEAVE_GROUP", 21, 0, 20, 0, EINVAL},
	{"IPV6_ROUTER_ALERT", 22, 4, 0},
	{"IPV6_MTU_DISCOVER", 23, 4, 4, 1},
	{"IPV6_RECVERR", 25},
	{"IPV6_V6ONLY", 26},
	{"IPV6_JOIN_ANYCAST", 27, 0, 20, 0xff, EINVAL, true},
	{"IPV6_MULTICAST_ALL", 29, 4, 4, 1},
	{"IPV6_ROUTER_ALERT_ISOLATE", 30},
	{"IPV6_RECVERR_RFC4884", 31},
	{"IPV6_FLOWINFO_SEND", 33},
	{"IPV6_XFRM_POLICY", 35, 0, 64, 0, EINVAL, true},
	{"IPV6_MCAST_JOIN_GROUP", 42, 0, group_request, 0, EADDRNOTAVAIL},
	{"IPV6_MCAST_BLOCK_SOURCE", 43, 0, group_source, 0, EADDRNOTAVAIL},
	{"IPV6_MCAST_LEAVE_GROUP", 45, 0, group_request, 0, EADDRNOTAVAIL},
	{"IPV6_MCAST_JOIN_SOURCE_GROUP", 46, 0, group_source, 0, EADDRNOTAVAIL},
	{"IPV6_RECVPKTINFO", 49},
	{"IPV6_PKTINFO", 50, 0, 20},
	{"IPV6_RECVHOPLIMIT", 51},
	{"IPV6_RECVHOPOPTS", 53},
	{"IPV6_HOPOPTS", 54, 0, 8, padding, 0, true},
	{"IPV6_RTHDRDSTOPTS", 55, 0, 8, padding, 0, true},
	{"IPV6_RECVRTHDR", 56},
	{"IPV6_RTHDR", 57, 0, 8, wrong_routing, EINVAL},
	{"IPV6_RECVDSTOPTS", 58},
	{"IPV6_DSTOPTS", 59, 0, 8, padding, 0, true},
	{"IPV6_RECVPATHMTU", 60},
	{"IPV6_DONTFRAG", 62},
	{"IPV6_RECVTCLASS", 66},
	{"IPV6_TCLASS", 67},
	{"IPV6_AUTOFLOWLABEL", 70, 4, 4, 1},
	{"IPV6_ADDR_PREFERENCES", 72, 4, 4, 0x500},
	{"IPV6_MINHOPCOUNT", 73},
	{"IPV6_RECVORIGDSTADDR", 74},
	{"IPV6_TRANSPARENT", 75, 4, 4, 0, 0, true},
	{"IPV6_UNICAST_IF", 76},
	{"IPV6_RECVFRAGSIZE", 77},
	{"IPV6_FREEBIND", 78},
};
constexpr Option of_ping[] = {{"ICMP_FILTER", 1}};
constexpr Option of_ping6[] = {{"ICMPV6_FILTER", 1, 32, 32}};
constexpr Option of_raw6[] = {
	{"IPV6_CHECKSUM", 7, 4, 0},
	{"IPV6_HDRINCL", 36},
};
// clang-format on

const RegisteredRows registered(table);
const RegisteredOptions ip_options({.level = IPPROTO_IP,
				    .on = on::udp,
				    .getter = "do_ip_getsockopt",
				    .setter = "do_ip_setsockopt",
				    .options = ip});
const RegisteredOptions of_udp({.level = IPPROTO_UDP,
				.on = on::udp,
				.getter = "udp_lib_getsockopt",
				.setter = "udp_lib_setsockopt",
				.options = udp_options});
const RegisteredOptions ipv6_options({.level = IPPROTO_IPV6,
				      .on = on::udp6,
				      .getter = "do_ipv6_getsockopt",
				      .setter = "do_ipv6_setsockopt",
				      .options = ipv6});
const RegisteredOptions ping_options({.level = SOL_RAW,
				      .on = on::ping,
				      .getter = "raw_geticmpfilter",
				      .setter = "raw_seticmpfilter",
				      .options = of_ping,
				      .care = Care::root});
const RegisteredOptions ping6_options({.level = IPPROTO_ICMPV6,
				       .on = on::ping6,
				       .getter = "rawv6_geticmpfilter",
				       .setter = "rawv6_seticmpfilter",
				       .options = of_ping6,
				       .care = Care::root});
const RegisteredOptions raw6_options({.level = SOL_RAW,
				      .on = on::ping6,
				      .getter = "do_rawv6_getsockopt",
				      .setter = "do_rawv6_setsockopt",
				      .options = of_raw6,
				      .care = Care::root});

} // namespace

} // namespace tagtrap::rows
