// SPDX-License-Identifier: GPL-2.0-only
#include "tests/promises.h"

namespace tagtrap {

namespace {

constexpr Promise pins = {.kind = PromiseKind::unchecked,
			  .reason = "O_DIRECT pins the pages of the buffer"};

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
	if (point.direct && point.state == FileState::cached)
		return pins;
	return {.kind = PromiseKind::close,
		.bytes = 15,
		.reason = "copy_to_user: 0..15 bytes short"};
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
	if (point.direct)
		return pins;
	return {.kind = PromiseKind::exact,
		.reason = "the write loop calls copy_from_user again until nothing moves"};
}

Promise pinned(const Point &, const KernelFacts &)
{
	return {.kind = PromiseKind::unchecked,
		.reason = "a registered buffer is pinned and reached by the kernel mapping"};
}

} // namespace tagtrap
