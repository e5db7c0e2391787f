// SPDX-License-Identifier: GPL-2.0-only
// Options of sockets, some of each kind. Each has the value that a fresh socket has.
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr int lengths[] = {4, 8, 12, 16, 36};
constexpr Image of_4[] = {like(lengths[0])};
constexpr Image of_8[] = {like(lengths[1])};
constexpr Image of_12[] = {like(lengths[2])};
constexpr Image of_16[] = {like(lengths[3])};
constexpr Image of_36[] = {like(lengths[4])};
constexpr Image zero_4[] = {{nullptr, 4}};
constexpr Image zero_8[] = {{nullptr, 8}};
constexpr Image zero_16[] = {{nullptr, 16}};
constexpr int number = 64;
constexpr Image numbers[] = {like(number)};
constexpr int many_bytes = 16384;
constexpr Image room[] = {like(many_bytes)};

constexpr Due got = {.by = "sk_getsockopt"};
constexpr Due set = {.by = "sk_setsockopt"};
constexpr Due got_ip = {.by = "do_ip_getsockopt"};
constexpr Due set_ip = {.by = "do_ip_setsockopt"};

constexpr Row get(std::string_view name, int level, int option, Extent extent,
		  std::span<const Image> length, const Due &due, const Setting &on = on::udp)
{
	return {name,
		trap(SYS_getsockopt),
		{object, level, option, it, image(0)},
		out,
		extent,
		on,
		{.images = length},
		due};
}

constexpr Row put(std::string_view name, int level, int option, Extent extent,
		  std::span<const Image> value, const Due &due)
{
	return {name,
		trap(SYS_setsockopt),
		{object, level, option, it, size},
		in,
		extent,
		on::udp,
		{.images = value, .holds = 0},
		due};
}

// clang-format off
constexpr Row table[] = {
	{"getsockopt.optlen", trap(SYS_getsockopt), {object, SOL_SOCKET, SO_RCVBUF, spare, it},
	 inout, one<int>, on::udp, {.images = of_4, .holds = 0}, {.by = "sk_getsockopt"}},
	{"getsockopt.SO_RCVBUF", trap(SYS_getsockopt),
	 {object, SOL_SOCKET, SO_RCVBUF, it, image(0)}, out, one<int>, on::udp, {.images = of_4},
	 {.by = "sk_getsockopt"}, Tries::callers},
	get("getsockopt.SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, one<int>, of_4, got),
	get("getsockopt.SO_TYPE", SOL_SOCKET, SO_TYPE, one<int>, of_4, got),
	get("getsockopt.SO_ERROR", SOL_SOCKET, SO_ERROR, one<int>, of_4, got),
	get("getsockopt.SO_DOMAIN", SOL_SOCKET, SO_DOMAIN, one<int>, of_4, got),
	get("getsockopt.SO_PROTOCOL", SOL_SOCKET, SO_PROTOCOL, one<int>, of_4, got),
	get("getsockopt.SO_LINGER", SOL_SOCKET, SO_LINGER, one<linger>, of_8, got),
	get("getsockopt.SO_COOKIE", SOL_SOCKET, SO_COOKIE, one<uint64_t>, of_8, got),
	get("getsockopt.SO_PEERCRED", SOL_SOCKET, SO_PEERCRED, one<ucred>, of_12, got, on::dgram),
	get("getsockopt.SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, one<timeval>, of_16, got),
	get("getsockopt.SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, one<timeval>, of_16, got),
	get("getsockopt.SO_MEMINFO", SOL_SOCKET, SO_MEMINFO, bytes(36), of_36, got),
	get("getsockopt.IP_TOS", IPPROTO_IP, IP_TOS, one<int>, of_4, got_ip),
	get("getsockopt.IP_TTL", IPPROTO_IP, IP_TTL, one<int>, of_4, got_ip),
	get("getsockopt.IP_MULTICAST_TTL", IPPROTO_IP, IP_MULTICAST_TTL, one<int>, of_4, got_ip),
	put("setsockopt.SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, one<int>, room, set),
	put("setsockopt.SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, one<int>, room, set),
	put("setsockopt.SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, one<int>, zero_4, set),
	put("setsockopt.SO_BROADCAST", SOL_SOCKET, SO_BROADCAST, one<int>, zero_4, set),
	put("setsockopt.SO_PRIORITY", SOL_SOCKET, SO_PRIORITY, one<int>, zero_4, set),
	put("setsockopt.SO_LINGER", SOL_SOCKET, SO_LINGER, one<linger>, zero_8, set),
	put("setsockopt.SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, one<timeval>, zero_16, set),
	put("setsockopt.SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, one<timeval>, zero_16, set),
	put("setsockopt.IP_TOS", IPPROTO_IP, IP_TOS, one<int>, zero_4, set_ip),
	put("setsockopt.IP_TTL", IPPROTO_IP, IP_TTL, one<int>, numbers, set_ip),
	put("setsockopt.IP_MULTICAST_TTL", IPPROTO_IP, IP_MULTICAST_TTL, one<int>, numbers, set_ip),
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
