// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/buffer.h"

#include <algorithm>
#include <cstring>

#include "harness/model/case.h"
#include "harness/model/row.h"
#include "harness/model/sweep.h"
#include "harness/mte/tags.h"

namespace tagtrap {

namespace {

constexpr size_t margin = 64; ///< bytes before and behind the buffer that nobody may touch

/// Checks off for the harness's own accesses, as they were afterwards.
class Unchecked {
public:
	Unchecked() : before_(mte::set_tag_check_override(true)) {}
	Unchecked(const Unchecked &) = delete;
	Unchecked &operator=(const Unchecked &) = delete;
	~Unchecked() { mte::set_tag_check_override(before_); }

private:
	bool before_;
};

mte::PageFault page_fault(Stand stand)
{
	switch (stand) {
	case Stand::unmapped:
		return mte::PageFault::unmapped;
	case Stand::protnone:
		return mte::PageFault::protnone;
	case Stand::rdonly:
		return mte::PageFault::rdonly;
	case Stand::eof:
		return mte::PageFault::eof;
	case Stand::pkey:
		return mte::PageFault::pkey;
	case Stand::gcs:
		return mte::PageFault::gcs;
	case Stand::pfn:
		return mte::PageFault::pfn;
	default:
		return mte::PageFault::none;
	}
}

/// Whether what stands in the way can be read: a granule, and a page that is read-only.
bool can_be_looked_at(const Point &point, const BufferLayout &layout)
{
	return !layout.page || point.stand == Stand::rdonly;
}

} // namespace

bool opaque(const Point &point)
{
	return point.call->situation != nullptr && point.call->situation->opaque;
}

ProbeBuffer::ProbeBuffer(uint32_t page_size) : page_size_(page_size), mapping_(9ul * page_size) {}

BufferLayout ProbeBuffer::lay_out(const Point &point) const
{
	BufferLayout layout = {};
	layout.start = page_size_ + start_in_page(point, page_size_);
	layout.page = breaks_page(point.stand);
	const size_t unit = layout.page ? page_size_ : granule_size;
	layout.bad_start = (layout.start + point.offset) / unit * unit;
	layout.bad_end = std::min<size_t>(point.length, layout.bad_start + unit - layout.start);
	return layout;
}

void ProbeBuffer::take(const Point &point)
{
	leave();
	if (point.memory != Memory::plain)
		stated_ = std::make_unique<StatedMemory>(point.memory, point.length, page_size_,
							 point.call->direction == Direction::loads
								 ? Content::fresh
								 : Content::stale);
}

void ProbeBuffer::reach()
{
	const Unchecked unchecked;
	if (stated_)
		stated_->reach();
}

void ProbeBuffer::rest()
{
	if (stated_)
		stated_->rest();
}

sys::UserPtr ProbeBuffer::pointer(const Point &point, const BufferLayout &layout) const
{
	const sys::UserPtr base =
		stated_ ? stated_->start(point.stand == Stand::good) : mapping_.start();
	return {base.bits + layout.start};
}

Content ProbeBuffer::content(const Point &point) const
{
	if (stated_ && row_of(point.memory).zero)
		return Content::zero;
	return point.call->direction == Direction::loads ? Content::fresh : Content::stale;
}

void ProbeBuffer::fill(const Point &point, const BufferLayout &layout, const ProbeArgs &args)
{
	const Unchecked unchecked;
	unsigned char *const first = bytes(layout.start);
	std::memset(first - margin, 0xee, margin);
	if (!stated_ || row_of(point.memory).filled)
		std::memcpy(first, pattern(content(point)), point.length);
	std::memset(first + point.length, 0xee, margin);
	if (!opaque(point))
		return;
	if (point.call->situation->fill != nullptr)
		point.call->situation->fill(args, first);
	filled_.assign(first, first + point.length);
}

/// As look(), where only the case knows what the bytes mean.
void ProbeBuffer::compare(const Point &point, const BufferLayout &layout, Observation &seen) const
{
	const unsigned char *const first = bytes(layout.start);
	const auto changed = [&](size_t from, size_t to) {
		return !std::equal(first + from, first + to, filled_.data() + from);
	};
	const rows::Row *const row = point.call->row;
	if (row != nullptr && row->flow == rows::Flow::in) // up to a page that cannot be looked at
		seen.buffer_changed =
			changed(0, std::min<size_t>(point.length,
						    layout.page ? point.offset : point.length));
	if (point.offset >= point.length || !can_be_looked_at(point, layout))
		return;
	seen.granule_changed = changed(point.offset, layout.bad_end);
	if (layout.page)
		return;
	seen.behind_changed = changed(layout.bad_end, point.length);
}

void ProbeBuffer::look(const Point &point, const BufferLayout &layout, Content delivered,
		       Observation &seen) const
{
	const Unchecked unchecked;
	const unsigned char *const first = bytes(layout.start);
	const Content before = content(point);
	const size_t length = point.length;
	// A missing page cannot be looked at.
	const size_t reach = layout.page ? std::min<size_t>(length, point.offset) : length;
	const auto untouched = [](const unsigned char *at, size_t count) {
		return std::all_of(at, at + count, [](unsigned char byte) { return byte == 0xee; });
	};
	const bool margin_is_gone =
		layout.page && layout.bad_start + page_size_ > layout.start + length;
	seen.around_changed = !untouched(first - margin, margin) ||
			      (!margin_is_gone && !untouched(first + length, margin));
	if (opaque(point))
		return compare(point, layout, seen);
	if (point.call->direction == Direction::loads) {
		seen.buffer_changed = leading(first, reach, before) != reach;
		return;
	}
	seen.arrived = static_cast<int64_t>(leading(first, reach, delivered));
	const size_t told = seen.result > 0 ? std::min(static_cast<size_t>(seen.result), reach) : 0;
	const size_t good = std::min<size_t>(point.offset, reach);
	seen.stored_beyond = static_cast<int64_t>(last_difference(first, told, good, before));
	if (!layout.page && point.stand != Stand::bad)
		return;
	seen.behind_changed = last_difference(first, layout.bad_end, length, before) != 0;
	if (can_be_looked_at(point, layout))
		seen.granule_changed = last_difference(first, good, layout.bad_end, before) != 0;
}

void ProbeBuffer::spoil(const Point &point, const BufferLayout &layout)
{
	if (stated_ && point.stand == Stand::bad)
		stated_->spoil(layout.bad_start);
	else if (point.stand == Stand::bad)
		mapping_.spoil(layout.bad_start);
	else if (layout.page)
		mapping_.break_page(layout.bad_start, page_fault(point.stand));
}

void ProbeBuffer::mend(const Point &point, const BufferLayout &layout)
{
	if (stated_)
		leave();
	else if (point.stand == Stand::bad)
		mapping_.mend(layout.bad_start);
	else if (layout.page)
		mapping_.mend_page(layout.bad_start);
}

void ProbeBuffer::look_at_tags(const Point &point, const BufferLayout &layout,
			       Observation &seen) const
{
	if (layout.page) // a page that is gone has no tags
		return;
	const size_t end = layout.start + point.length;
	const size_t bad = point.stand == Stand::bad ? layout.bad_start : mte::TaggedMapping::npos;
	if (!stated_) {
		seen.tags_kept = mapping_.tags_right(layout.start, end, bad);
		return;
	}
	(row_of(point.memory).untagged ? seen.tags_gained : seen.tags_lost) =
		stated_->wrong_tags(layout.start, end, bad);
}

} // namespace tagtrap
