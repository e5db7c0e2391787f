// SPDX-License-Identifier: GPL-2.0-only
// Which kernel function answers for a point that left no stack.
#include <algorithm>
#include <array>

#include "harness/model/case.h"
#include "harness/report/cause.h"

namespace tagtrap {

namespace {

/// What moves the bytes of a transfer on a place. Names of today's kernels; the hash that a cause
/// is known by is made of them, so they stay when a kernel renames them.
struct Mover {
	std::string_view place, reads, writes;
};

constexpr std::array movers = {
	Mover{"tmpfs", "shmem_file_read_iter", "generic_perform_write"},
	Mover{"ext4", "filemap_read", "generic_perform_write"},
	Mover{"xfs", "filemap_read", "iomap_file_buffered_write"},
	Mover{"btrfs", "filemap_read", "btrfs_buffered_write"},
	Mover{"gfs2", "filemap_read", "iomap_file_buffered_write"},
	Mover{"f2fs", "filemap_read", "generic_perform_write"},
	Mover{"pipe", "pipe_read", "pipe_write"},
	Mover{"unix", "unix_stream_read_generic", "unix_stream_sendmsg"},
};

} // namespace

std::string function_of(std::string_view id)
{
	const auto parts = id_parts(id);
	const auto name = parts.call.substr(0, parts.call.find('+'));
	const auto *const call = find_case(name);
	if (call != nullptr && (call->situation != nullptr || call->shape.remount))
		return std::string(call->kernel);
	const bool loads = call != nullptr ? call->direction == Direction::loads
					   : name.find("write") != std::string::npos;
	const auto mover = std::ranges::find(movers, parts.place, &Mover::place);
	if (mover == movers.end())
		return call != nullptr ? std::string(call->kernel) : "call " + name;
	const auto *const place = find_place(parts.place);
	if (place != nullptr && place->on_disk &&
	    ('+' + parts.state + '+').find("+direct+") != std::string::npos)
		return "iomap_dio_rw";
	return std::string(loads ? mover->writes : mover->reads);
}

} // namespace tagtrap
