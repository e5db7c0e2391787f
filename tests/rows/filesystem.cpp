// SPDX-License-Identifier: GPL-2.0-only
// Requests of ioctl(2) that one filesystem alone knows, by the numbers of linux/btrfs.h,
// linux/f2fs.h and of fs/xfs/libxfs/xfs_fs.h and fs/ext4/ext4.h in the kernel. The other ones say
// ENOTTY.
#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint32_t btrfs_page = 4096, btrfs_info = 1024;
/// btrfs_ioctl_ino_lookup_args: the root of the tree that the file is in.
constexpr uint64_t first_object[2] = {0, 256};
constexpr Image root_of_tree[] = {like(first_object)};
/// btrfs_ioctl_dev_info_args: a number, and no UUID.
constexpr uint64_t first_number[3] = {1, 0, 0};
constexpr Image first_device[] = {like(first_number)};
constexpr Image zeros[] = {{nullptr, 128}};
constexpr Image few_zeros[] = {{nullptr, 8}};
/// What f2fs turns down behind the copy. f2fs_move_range: to no descriptor; f2fs_defragment: from
/// no block's edge; zeros: f2fs_gc_range before the main area, f2fs_sectrim_range without a flag.
constexpr uint64_t to_nowhere[4] = {0xffffffff, 0, 0, 0}, askew[2] = {1, 0};
constexpr Image no_move[] = {like(to_nowhere)}, no_defragment[] = {like(askew)},
		no_range[] = {{nullptr, 24}};

constexpr Row get(std::string_view name, uint64_t request, uint32_t size, std::string_view by)
{
	return {name, trap(SYS_ioctl), {object, request, it}, out, bytes(size), on::files,
		{},   {.by = by}};
}

constexpr Row pass(std::string_view name, uint64_t request, uint32_t size,
		   std::span<const Image> value, std::string_view by)
{
	return {name,        trap(SYS_ioctl), {object, request, it},         inout,
		bytes(size), on::files,       {.images = value, .holds = 0}, {.by = by}};
}

constexpr Row refused(std::string_view name, uint64_t request, std::span<const Image> value,
		      int error, std::string_view by, Care care = Care::none)
{
	return {name,
		trap(SYS_ioctl),
		{object, request, it},
		in,
		bytes(value.front().size),
		on::files,
		{.images = value, .holds = 0},
		{.yields = fails(error), .by = by},
		{},
		care};
}

// clang-format off
constexpr Row table[] = {
	pass("ioctl.BTRFS_IOC_FS_INFO", 0x8400941f, btrfs_info, zeros, "btrfs_ioctl_fs_info"),
	pass("ioctl.BTRFS_IOC_DEV_INFO", 0xd000941e, btrfs_page, first_device,
	     "btrfs_ioctl_dev_info"),
	pass("ioctl.BTRFS_IOC_INO_LOOKUP", 0xd0009412, btrfs_page, root_of_tree,
	     "btrfs_ioctl_ino_lookup"),
	pass("ioctl.BTRFS_IOC_SPACE_INFO", 0xc0109414, 16, few_zeros, "btrfs_ioctl_space_info"),
	get("ioctl.BTRFS_IOC_GET_FEATURES", 0x80189439, 24, "btrfs_ioctl_get_features"),
	get("ioctl.BTRFS_IOC_GET_SUPPORTED_FEATURES", 0x80489439, 72,
	    "btrfs_ioctl_get_supported_features"),
	get("ioctl.BTRFS_IOC_GET_SUBVOL_INFO", 0x81f8943c, 504, "btrfs_ioctl_get_subvol_info"),
	get("ioctl.XFS_IOC_FSGEOMETRY", 0x8100587e, 256, "xfs_ioc_fsgeometry"),
	get("ioctl.XFS_IOC_FSGEOMETRY_V1", 0x80705864, 112, "xfs_ioc_fsgeometry"),
	get("ioctl.XFS_IOC_FSCOUNTS", 0x80205871, 32, "xfs_file_ioctl"),
	get("ioctl.XFS_IOC_DIOINFO", 0x800c581e, 12, "xfs_file_ioctl"),
	pass("ioctl.XFS_IOC_AG_GEOMETRY", 0xc080583d, 128, zeros, "xfs_ioc_ag_geometry"),
	get("ioctl.EXT4_IOC_GETSTATE", 0x40046629, 4, "ext4_ioctl_getstate"),
	pass("ioctl.EXT4_IOC_GETFSUUID", 0x8008662c, 8, few_zeros, "ext4_ioctl_getuuid"),
	get("ioctl.F2FS_IOC_GET_FEATURES", 0x8004f50c, 4, "f2fs_ioc_get_features"),
	get("ioctl.F2FS_IOC_GET_PIN_FILE", 0x8004f50e, 4, "f2fs_ioc_get_pin_file"),
	refused("ioctl.F2FS_IOC_MOVE_RANGE", 0xc020f509, no_move, EBADF, "f2fs_ioc_move_range"),
	refused("ioctl.F2FS_IOC_DEFRAGMENT", 0xc010f508, no_defragment, EINVAL,
		"f2fs_ioc_defragment", Care::root),
	refused("ioctl.F2FS_IOC_GARBAGE_COLLECT_RANGE", 0x4018f50b, no_range, EINVAL,
		"f2fs_ioc_gc_range", Care::root),
	refused("ioctl.F2FS_IOC_SEC_TRIM_FILE", 0x4018f514, no_range, EINVAL, "f2fs_sec_trim_file"),
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
