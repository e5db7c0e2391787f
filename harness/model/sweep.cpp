// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/sweep.h"

#include <algorithm>

namespace tagtrap {

namespace {

/// A ring belongs to the thread that made it; situations make one in every call.
bool leader_only(const Case &call)
{
	return call.shape.uring && call.situation == nullptr;
}

/// Whether a buffer like this can be made of memory that has been through something, for a call of
/// the leader's own.
bool stated(const Point &point, uint32_t page_size)
{
	const Shape &shape = point.call->shape;
	const bool granule = point.stand == Stand::good || point.stand == Stand::bad;
	// Where no tag is right, all of the buffer is bad; and its last page is nobody else's.
	const bool fresh = row_of(point.memory).untagged;
	const bool fits = !fresh || (point.length % page_size == 0 &&
				     (point.stand == Stand::good || point.offset == 0));
	return granule && point.call->situation == nullptr && !shape.fixed && !shape.once &&
	       !shape.hidden && point.caller == Caller::leader && point.align == 0 &&
	       point.disposition != Disposition::pending && fits;
}

/// Whether the granule lies wholly in its segment, or the first byte that is missing, and every
/// segment holds something.
bool segments_fit(const Point &point)
{
	if (point.segment == 0)
		return point.bad_one == 0;
	const uint32_t last = last_segment_start(point.length, point.segment);
	if (!point.call->shape.vectored || point.segment < 2 || point.segment > most_segments ||
	    point.bad_one >= point.segment || last == 0)
		return false;
	const uint32_t start = bad_segment_start(point);
	if (point.direct && (start % direct_unit != 0 || last % direct_unit != 0))
		return false;
	const uint32_t unit = breaks_page(point.stand) ? 1 : granule_size;
	const uint32_t first = (point.align + point.offset) / unit * unit;
	if (first < point.align + start)
		return false;
	if (point.bad_one == 0)
		return true;
	const uint32_t end = segment_start(point.length, point.segment, point.bad_one);
	return first + unit <= point.align + end && point.offset < end;
}

/// Whether a transfer of `point` can start where it says: a read where there is a byte, a write not
/// behind the end of the file but into a new one. Whether O_DIRECT pins what lies behind the end of
/// the file is the kernel's business: no fault there.
bool starts_there(const Point &point, uint32_t page_size)
{
	const Shape &shape = point.call->shape;
	if (point.place->kind != PlaceKind::file || point.call->situation != nullptr ||
	    shape.once || shape.hidden || point.memory != Memory::plain ||
	    (point.direct && point.from % direct_unit != 0))
		return false;
	const uint64_t size = size_of_file(point.state, page_size);
	if (point.call->direction == Direction::stores)
		return point.from < size && !(point.direct && point.stand != Stand::good &&
					      point.offset >= full_result(point, page_size));
	return point.state == FileState::fresh ? point.from < large_file_size : point.from <= size;
}

} // namespace

std::vector<Path> paths(const Case &call, const Place &place)
{
	if (place.kind != PlaceKind::file)
		return {{}};
	const bool writes = call.direction == Direction::loads;
	std::vector<Path> rows = {{.state = FileState::cached}};
	if (writes)
		rows.push_back({.state = FileState::fresh});
	rows.push_back({.state = FileState::hole});
	rows.push_back({.state = FileState::small});
	if (!place.on_disk)
		return rows;
	rows.push_back({.state = FileState::cold});
	rows.push_back({.state = FileState::cached, .direct = true});
	if (writes)
		rows.push_back({.state = FileState::fresh, .direct = true});
	rows.push_back({.state = FileState::hole, .direct = true});
	rows.push_back({.state = FileState::small, .direct = true});
	return rows;
}

std::vector<Submission> submissions(const Case &call)
{
	if (call.shape.uring)
		return {Submission::inline_, Submission::worker, Submission::sqpoll};
	return {Submission::inline_};
}

std::vector<uint32_t> lengths(const Path &path, uint32_t page_size)
{
	std::vector<uint32_t> all;
	if (path.direct)
		all = {direct_unit, page_size, 4 * page_size};
	else
		all = {1, granule_size, 100, 1000, page_size, page_size + 904, 4 * page_size};
	if (path.state == FileState::small)
		std::erase_if(all, [](uint32_t length) { return length > small_file_size; });
	return all;
}

std::vector<uint32_t> offsets(uint32_t length, uint32_t align, uint32_t page_size)
{
	std::vector<uint32_t> all;
	const auto add = [&](uint32_t byte) { // the granule that holds this byte of the buffer
		if (byte >= length)
			return;
		const uint32_t start = (align + byte) / granule_size * granule_size;
		all.push_back(start <= align ? 0 : start - align);
	};
	const uint32_t edge = page_size - align % page_size;
	add(0);
	add(length / 2);
	add(length - 1);
	add(edge - 1);
	add(edge);
	std::ranges::sort(all);
	all.erase(std::unique(all.begin(), all.end()), all.end());
	return all;
}

std::vector<Caller> callers_of(const Case &call)
{
	if (leader_only(call))
		return {Caller::leader};
	std::vector<Caller> all;
	for (const auto &row : callers())
		all.push_back(row.caller);
	return all;
}

uint32_t size_of_file(FileState state, uint32_t page_size)
{
	switch (state) {
	case FileState::fresh:
		return 0;
	case FileState::small:
		return small_file_size;
	case FileState::page:
		return page_size;
	case FileState::large:
		return large_file_size;
	case FileState::plain:
	case FileState::cached:
	case FileState::cold:
	case FileState::hole:
		break;
	}
	return 8 * page_size;
}

int64_t full_result(const Point &point, uint32_t page_size)
{
	if (const Situation *const situation = point.call->situation)
		return situation->full * (situation->in_pages ? page_size : 1);
	const int64_t length = point.length;
	if (point.from == 0 || point.call->direction != Direction::stores)
		return length;
	return std::min(length, int64_t{size_of_file(point.state, page_size)} - point.from);
}

uint32_t last_segment_start(uint32_t length, uint32_t segments)
{
	if (segments < 2)
		return 0;
	return length / segments * (segments - 1) / granule_size * granule_size;
}

uint32_t segment_start(uint32_t length, uint32_t segments, uint32_t index)
{
	if (index == 0)
		return 0;
	if (index >= segments)
		return length;
	return last_segment_start(length, segments) / (segments - 1) * index;
}

uint32_t bad_segment_start(const Point &point)
{
	const uint32_t index = point.bad_one != 0 ? point.bad_one - 1u : point.segment - 1u;
	return point.segment == 0 ? 0 : segment_start(point.length, point.segment, index);
}

bool breaks_page(Stand stand)
{
	return stand != Stand::bad && stand != Stand::good;
}

bool forbids_stores_only(Stand stand)
{
	return stand == Stand::rdonly || stand == Stand::gcs;
}

bool has_holes(const Point &point)
{
	const Holes holes = row_of(point.memory).holes;
	return holes == Holes::all || (holes == Holes::stores && may_store(*point.call));
}

uint32_t start_in_page(const Point &point, uint32_t page_size)
{
	if (!breaks_page(point.stand))
		return point.align;
	return (page_size - point.offset % page_size) % page_size;
}

bool applicable(const Point &point, uint32_t page_size)
{
	const Shape &shape = point.call->shape;
	const Situation *const situation = point.call->situation;
	const bool row = point.call->row != nullptr;
	if (row != (point.position != Position::byte) ||
	    (row && (point.direct || point.state != FileState::plain)))
		return false;
	if (point.length == 0 ||
	    (point.offset >= point.length && point.position != Position::behind))
		return false;
	if (point.caller != Caller::leader &&
	    (leader_only(*point.call) || row_of(point.disposition).leader_only))
		return false;
	if (has_temporary_mask(point.disposition) &&
	    (situation == nullptr ||
	     std::ranges::find(situation->dispositions, point.disposition) ==
		     situation->dispositions.end()))
		return false;
	if (point.disposition == Disposition::pending && point.mode != TagCheckMode::sync)
		return false;
	if (!segments_fit(point))
		return false;
	if (point.direct &&
	    (start_in_page(point, page_size) % direct_unit != 0 || point.length % direct_unit != 0))
		return false;
	if (point.submission != Submission::inline_ && (!shape.uring || point.tco))
		return false;
	if (point.tco && point.mode != TagCheckMode::sync)
		return false;
	if (point.memory != Memory::plain && !stated(point, page_size))
		return false;
	if (point.stand == Stand::bad && has_holes(point)) // which fault stops it would be chance
		return false;
	if (situation == nullptr && point.state == FileState::small &&
	    point.length > small_file_size)
		return false;
	if (point.state == FileState::page && point.from == 0 && point.length > page_size)
		return false;
	if (point.from != 0 && !starts_there(point, page_size))
		return false;
	if (point.stand == Stand::pfn && !point.direct)
		return false;
	switch (point.stand) {
	case Stand::bad:
	case Stand::good:
		return (point.align + point.offset) % granule_size == 0 || point.offset == 0;
	case Stand::rdonly:
	case Stand::gcs:
		if (!may_store(*point.call))
			return false; // reading from it is no fault
		[[fallthrough]];
	case Stand::unmapped:
	case Stand::protnone:
	case Stand::eof:
	case Stand::pkey:
	case Stand::pfn:
		// A situation's buffer begins where its structure has to.
		return !shape.fixed && point.align == 0 &&
		       (situation == nullptr || row || point.offset % page_size == 0);
	}
	return false;
}

} // namespace tagtrap
