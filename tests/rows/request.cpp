// SPDX-License-Identifier: GPL-2.0-only
// Requests of ioctl(2) to files, sockets and some devices, by number where headers lack them.
#include <cerrno>
#include <linux/ethtool.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/random.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint64_t all_ones = ~uint64_t{0};
constexpr int no_file = -1;

constexpr fiemap all_of_it = {.fm_length = all_ones};
constexpr Image mapping[] = {like(all_of_it)};
constexpr Image block[] = {{nullptr, sizeof(int)}};
constexpr file_clone_range from_nowhere = {.src_fd = no_file};
constexpr Image clones[] = {like(from_nowhere)};
/// file_dedupe_range: 512 bytes, one destination, which is no file.
struct Duplicate {
	uint64_t offset = 0, length = 512;
	uint16_t count = 1, reserved = 0;
	uint32_t reserved2 = 0;
	int64_t to = no_file;
	uint64_t to_offset = 0, deduped = 0;
	int32_t status = 0;
	uint32_t reserved3 = 0;
};
constexpr Duplicate to_nowhere;
constexpr Image duplicates[] = {like(to_nowhere)};
constexpr fstrim_range behind_the_end = {all_ones, 0, 0};
constexpr Image ranges[] = {like(behind_the_end)};
/// space_resv: l_whence is none that there is.
constexpr uint64_t wrong_whence[6] = {7 << 16};
constexpr Image space[] = {like(wrong_whence)};

struct Request {
	char name[IFNAMSIZ];
	uint64_t value[3];
};
constexpr Request loopback = {"lo", {}}, first_device = {"", {1}};
constexpr Image devices[] = {like(loopback)};
constexpr Image names[] = {like(first_device)};
constexpr Image no_list[] = {{nullptr, sizeof(ifconf)}};
constexpr uint32_t asks_link[2] = {ETHTOOL_GLINK};
constexpr Image link[] = {like(loopback, {{{16, 8, it}}}), like(asks_link)};
/// arpreq: AF_INET, by way of "lo", where nobody is.
struct Neighbour {
	uint16_t family = 2, port = 0;
	uint8_t address[4] = {127, 0, 0, 77};
	uint8_t rest[44] = {};
	char device[16] = "lo";
};
constexpr Neighbour nobody;
constexpr Image neighbours[] = {like(nobody)};
constexpr Image zero[] = {{nullptr, sizeof(int)}};
constexpr int minus_one = -1;
constexpr Image minus[] = {like(minus_one)};

constexpr Row get(std::string_view name, uint64_t request, Extent extent, const Setting &on,
		  std::string_view by, Word of = object, int absent = 0)
{
	return {name,
		trap(SYS_ioctl),
		{of, request, it},
		out,
		extent,
		on,
		{},
		{.by = by, .absent = absent}};
}

constexpr Row pass(std::string_view name, uint64_t request, Flow flow, Extent extent,
		   const Setting &on, std::span<const Image> value, const Due &due,
		   Care care = Care::none)
{
	return {name,
		trap(SYS_ioctl),
		{object, request, it},
		flow,
		extent,
		on,
		{.images = value, .holds = 0},
		due,
		Tries::plain,
		care};
}

constexpr Due of_device = {.by = "sock_do_ioctl"};
constexpr Due of_ethtool = {.by = "dev_ethtool"};

// clang-format off
constexpr Row table[] = {
	get("ioctl.FS_IOC_GETFLAGS", FS_IOC_GETFLAGS, one<int>, on::files, "ioctl_getflags"),
	get("ioctl.FS_IOC_FSGETXATTR", FS_IOC_FSGETXATTR, one<fsxattr>, on::files,
	    "copy_fsxattr_to_user"),
	get("ioctl.FS_IOC_GETVERSION", FS_IOC_GETVERSION, one<int>, on::files,
	    "ext4_ioctl_getversion"),
	get("ioctl.FS_IOC_GETFSUUID", 0x80111500, bytes(17), on::files, "ioctl_getfsuuid"),
	get("ioctl.FS_IOC_GETFSSYSFSPATH", 0x81811501, bytes(129), on::files,
	    "ioctl_get_fs_sysfs_path"),
	get("ioctl.FIGETBSZ", FIGETBSZ, one<int>, on::files, "do_vfs_ioctl"),
	get("ioctl.FIOQSIZE", FIOQSIZE, one<uint64_t>, on::files, "do_vfs_ioctl"),
	get("ioctl.FIONREAD.file", FIONREAD, one<int>, on::files, "file_ioctl"),
	pass("ioctl.FS_IOC_FIEMAP", FS_IOC_FIEMAP, inout, one<fiemap>, on::files, mapping,
	     {.by = "ioctl_fiemap"}),
	pass("ioctl.FIBMAP", FIBMAP, inout, one<int>, on::files, block,
	     {.by = "ioctl_fibmap", .absent = EINVAL}, Care::root),
	pass("ioctl.FICLONERANGE", FICLONERANGE, in, one<file_clone_range>, on::files, clones,
	     {.yields = fails(EBADF), .by = "ioctl_file_clone_range"}),
	pass("ioctl.FIDEDUPERANGE", FIDEDUPERANGE, inout, one<Duplicate>, on::files, duplicates,
	     {.by = "ioctl_file_dedupe_range"}),
	pass("ioctl.FITRIM", FITRIM, in, one<fstrim_range>, on::files, ranges,
	     {.yields = fails(EINVAL), .by = "ext4_ioctl_trim"}, Care::root),
	pass("ioctl.FS_IOC_RESVSP", 0x40305828, in, bytes(48), on::files, space,
	     {.yields = fails(EINVAL), .by = "ioctl_preallocate"}),

	pass("ioctl.SIOCGIFCONF", SIOCGIFCONF, inout, one<ifconf>, on::udp, no_list,
	     {.by = "dev_ifconf"}),
	pass("ioctl.SIOCGIFNAME", SIOCGIFNAME, inout, one<Request>, on::udp, names, of_device),
	pass("ioctl.SIOCGIFFLAGS", SIOCGIFFLAGS, inout, one<Request>, on::udp, devices, of_device),
	pass("ioctl.SIOCGIFMETRIC", SIOCGIFMETRIC, inout, one<Request>, on::udp, devices,
	     of_device),
	pass("ioctl.SIOCGIFMTU", SIOCGIFMTU, inout, one<Request>, on::udp, devices, of_device),
	pass("ioctl.SIOCGIFHWADDR", SIOCGIFHWADDR, inout, one<Request>, on::udp, devices,
	     of_device),
	pass("ioctl.SIOCGIFINDEX", SIOCGIFINDEX, inout, one<Request>, on::udp, devices, of_device),
	pass("ioctl.SIOCGIFMAP", SIOCGIFMAP, inout, one<Request>, on::udp, devices, of_device),
	pass("ioctl.SIOCGIFTXQLEN", SIOCGIFTXQLEN, inout, one<Request>, on::udp, devices,
	     of_device),
	{"ioctl.SIOCETHTOOL.GLINK", trap(SYS_ioctl), {object, 0x8946, image(0)}, inout, bytes(8),
	 on::udp, {.images = link, .holds = 1}, of_ethtool},
	pass("ioctl.SIOCGARP", SIOCGARP, in, one<Neighbour>, on::udp, neighbours,
	     {.yields = fails(ENXIO), .by = "arp_ioctl"}),
	pass("ioctl.SIOCSPGRP", 0x8902, in, one<int>, on::udp, zero, {.by = "sock_ioctl"}),
	get("ioctl.SIOCGPGRP", 0x8904, one<int>, on::udp, "sock_ioctl"),
	get("ioctl.SIOCINQ.udp", FIONREAD, one<int>, on::udp, "udp_ioctl"),
	get("ioctl.SIOCOUTQ.udp", TIOCOUTQ, one<int>, on::udp, "udp_ioctl"),
	get("ioctl.SIOCATMARK.tcp", 0x8905, one<int>, on::tcp, "tcp_ioctl"),
	get("ioctl.SIOCINQ.unix", FIONREAD, one<int>, on::stream, "unix_ioctl"),
	get("ioctl.SIOCOUTQ.unix", TIOCOUTQ, one<int>, on::stream, "unix_ioctl"),
	get("ioctl.SIOCATMARK.unix", 0x8905, one<int>, on::stream, "unix_ioctl"),

	get("ioctl.RNDGETENTCNT", RNDGETENTCNT, one<int>, on::random, "random_ioctl"),
	pass("ioctl.RNDADDTOENTCNT", RNDADDTOENTCNT, in, one<int>, on::random, minus,
	     {.yields = fails(EINVAL), .by = "random_ioctl"}, Care::root),
	pass("ioctl.RNDADDENTROPY", RNDADDENTROPY, in, one<int>, on::random, minus,
	     {.yields = fails(EINVAL), .by = "random_ioctl"}, Care::root),
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
