// SPDX-License-Identifier: GPL-2.0-only
#include "tests/promises.h"

#include "harness/model/sweep.h"

namespace tagtrap {

namespace {

constexpr std::string_view btrfs_direct =
	"btrfs pins for O_DIRECT, or copies: inline data, and files with checksums since 6.12.y";
constexpr std::string_view f2fs_direct =
	"f2fs pins for O_DIRECT, or copies: encrypted, compressed and verity files, several or "
	"zoned devices (f2fs_force_buffered_io)";

constexpr Promise pins = {.kind = PromiseKind::unchecked,
			  .reason = "O_DIRECT pins the pages of the buffer"};
constexpr Promise exact_in = {
	.kind = PromiseKind::exact,
	.reason = "the write loop calls copy_from_user again until nothing moves"};

/// Data that is on disk and in the page cache.
bool in_cache(const Point &point)
{
	return point.state == FileState::cached || point.state == FileState::page ||
	       point.state == FileState::large;
}

/// Whether a write makes the file longer.
bool crosses_end(const Point &point, const KernelFacts &facts)
{
	return point.from + point.length > size_of_file(point.state, facts.page_size);
}

bool before(const KernelFacts &facts, int major, int minor)
{
	return facts.major < major || (facts.major == major && facts.minor < minor);
}

/// Whether f2fs may go to the device: what is not in whole blocks, which are as large as pages, is
/// copied for O_DIRECT, too (f2fs_should_use_dio; check_direct_IO before 5.17). Small files are
/// never as long.
bool in_blocks(const Point &point, const KernelFacts &facts)
{
	const uint32_t last = last_segment_start(point.length, point.segment);
	const uint32_t each = point.segment > 1 ? last / (point.segment - 1) : 0;
	return (start_in_page(point, facts.page_size) | point.from | point.length | last | each) %
		       facts.page_size ==
	       0;
}

/// O_DIRECT on f2fs, where the page cache would keep `copied`.
Promise f2fs_directly(const Point &point, const KernelFacts &facts, Promise copied)
{
	if (!in_blocks(point, facts))
		return copied;
	if (breaks_page(point.stand)) // by page where it pins: no more than that is promised
		return pins;
	copied.may_be_unchecked = f2fs_direct;
	return copied;
}

Promise f2fs_direct_out(const Point &point, const KernelFacts &facts)
{
	if (point.state != FileState::hole || !in_blocks(point, facts))
		return f2fs_directly(point, facts, copies_to_user(facts));
	Promise hole = {.kind = PromiseKind::granular,
			.bytes = 8 * facts.page_size, // all that the plan reads at once
			.unit = "request",
			.reason = "iomap_dio_hole_iter: clear_user that falls short fails the "
				  "request; filemap_read, where f2fs does not go to the device, "
				  "counts"};
	if (before(facts, 5, 17)) // do_direct_IO clears pages that it has pinned
		hole.may_be_unchecked = f2fs_direct;
	return hole;
}

Promise direct_out(const Point &point, const KernelFacts &facts)
{
	if (point.place->name == "f2fs")
		return f2fs_direct_out(point, facts);
	if (point.place->name == "btrfs") {
		Promise promise = copies_to_user(facts);
		promise.may_be_unchecked = btrfs_direct;
		return promise;
	}
	if (point.place->name == "gfs2") // stuffed files and holes are copied, its loop gets close
		return in_cache(point) ? pins : copies_to_user(facts);
	if (point.state == FileState::hole)
		return {.kind = PromiseKind::all_or_nothing,
			.reason = "iomap_dio_hole_iter: clear_user that falls short fails the "
				  "request"};
	return pins;
}

/// Whether the bad granule holds the first byte of a page or of a segment, where
/// fault_in_readable() probes.
bool probed(const Point &point, const KernelFacts &facts)
{
	return breaks_page(point.stand) || (point.align + point.offset) % facts.page_size == 0 ||
	       point.offset == 0 ||
	       (point.segment != 0 && point.offset == bad_segment_start(point));
}

/// ... or, on kernels before 5.16, the last byte of a page or of the buffer.
bool probed_at_end(const Point &point, const KernelFacts &facts)
{
	const uint32_t begin = (point.align + point.offset) / granule_size * granule_size;
	const uint32_t end = begin + granule_size;
	const auto file_page = [&](uint32_t byte) { return (point.from + byte) / facts.page_size; };
	return end % facts.page_size == 0 || end >= point.align + point.length ||
	       // file pages end where they do, whatever the buffer's alignment is
	       file_page(begin - point.align) != file_page(end - point.align);
}

/// iov_iter_fault_in_readable() of kernels before 5.16 fails when any byte that it probes does.
bool gives_up_early(const Point &point, const KernelFacts &facts)
{
	return before(facts, 5, 16) && (probed(point, facts) || probed_at_end(point, facts) ||
					(point.from + point.offset) % facts.page_size == 0);
}

/// Whether btrfs counts in whole folios of the file.
bool in_whole_folios(const Point &point, const KernelFacts &facts)
{
	const uint32_t first = (point.from + point.offset) / facts.page_size * facts.page_size;
	return facts.major >= 7 && point.place->name == "btrfs" &&
	       (!in_cache(point) || point.direct) && first >= point.from &&
	       first + facts.page_size <= point.from + point.length;
}

Promise through_page_cache(const Point &point, const KernelFacts &facts)
{
	if (in_whole_folios(point, facts))
		return {.kind = PromiseKind::granular,
			.bytes = 8 * facts.page_size, // what the plan writes fits in one
			.unit = "folio of the file",
			.reason = "btrfs counts in whole folios of the file"};
	const bool early = gives_up_early(point, facts);
	if (point.place->name == "btrfs" && (early || probed(point, facts)))
		return {.kind = PromiseKind::granular,
			.bytes = 8 * facts.page_size,
			.unit = "prefaulted chunk",
			.reason = "btrfs_buffered_write gives a chunk up when any page of it "
				  "cannot be faulted in"};
	if (early)
		return {.kind = PromiseKind::granular,
			.bytes = facts.page_size,
			.unit = "page of the file",
			.ahead = point.from % facts.page_size,
			.reason = "before 5.16 a page is not written when a byte that is probed "
				  "cannot be read"};
	return exact_in;
}

} // namespace

Promise copies_out(const Point &point, const KernelFacts &facts)
{
	if (point.place->kind == PlaceKind::stream)
		return {.kind = PromiseKind::all_or_nothing,
			.reason = "unix_stream_read_generic: a message part that cannot be "
				  "copied whole is not taken"};
	if (point.place->kind == PlaceKind::pipe)
		return {.kind = PromiseKind::granular,
			.bytes = facts.page_size,
			.unit = "pipe buffer",
			.reason = "pipe_read: a buffer that cannot be copied whole is not "
				  "counted"};
	return point.direct ? direct_out(point, facts) : copies_to_user(facts);
}

Promise copies_in(const Point &point, const KernelFacts &facts)
{
	if (point.place->kind == PlaceKind::stream)
		return {.kind = PromiseKind::all_or_nothing,
			.reason = "unix_stream_sendmsg: a buffer that cannot be filled whole "
				  "is not sent"};
	if (point.place->kind == PlaceKind::pipe)
		return {.kind = PromiseKind::granular,
			.bytes = facts.page_size,
			.unit = "page",
			.reason = "pipe_write: a page that cannot be filled is not counted"};
	Promise promise = through_page_cache(point, facts);
	if (!point.direct)
		return promise;
	// gfs2 writes new blocks through the page cache, O_DIRECT or not, and all that goes across
	// the end of the file (gfs2_file_direct_write).
	if (point.place->name == "gfs2" && (!in_cache(point) || crosses_end(point, facts)))
		return promise;
	if (point.place->name == "f2fs")
		return f2fs_directly(point, facts, promise);
	if (point.place->name != "btrfs")
		return pins;
	promise.may_be_unchecked = btrfs_direct;
	return promise;
}

Promise pinned(const Point &, const KernelFacts &)
{
	return {.kind = PromiseKind::unchecked,
		.reason = "a registered buffer is pinned and reached by the kernel mapping"};
}

} // namespace tagtrap
