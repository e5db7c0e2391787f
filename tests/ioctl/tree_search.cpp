// SPDX-License-Identifier: GPL-2.0-only
#include <linux/btrfs.h>

#include "tests/situation.h"

namespace tagtrap {

namespace {

void everything(const ProbeArgs &args, unsigned char *bytes)
{
	btrfs_ioctl_search_args_v2 search = {};
	search.key.max_objectid = search.key.max_offset = search.key.max_transid = ~uint64_t{0};
	search.key.max_type = ~uint32_t{0};
	search.key.nr_items = ~uint32_t{0};
	search.buf_size = args.length - sizeof(search);
	std::memcpy(bytes, &search, sizeof(search));
}

// In the first record. Not its first granule: that one is looked at when the page is faulted in.
constexpr uint32_t in_record[] = {sizeof(btrfs_ioctl_search_args_v2) + 16};
constexpr Situation situation = {.length = 4096,
				 .offsets = in_record,
				 .place = "btrfs",
				 .needs_root = true,
				 .fill = everything};
constexpr std::string_view tags[] = {"kernel:18788e34642e"};

} // namespace

// Records are copied with page faults disabled, and faulted in by page: btrfs retries until
// upstream made it look at every granule.
static const Case row = {
	.name = "tree_search_v2",
	.man = "ioctl(2)",
	.kernel = "copy_to_sk",
	.direction = Direction::stores,
	.on = files_only,
	.tags = tags,
	.situation = &situation,
	.probe = [](const ProbeArgs &args) -> int64_t {
		return sys::raw(SYS_ioctl, sys::arg(args.fd), BTRFS_IOC_TREE_SEARCH_V2,
				args.buffer.bits);
	},
	.promise = whole,
};
static const Registered registered(row);

} // namespace tagtrap
