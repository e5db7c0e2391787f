// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <vector>

#include "harness/model/case.h"
#include "harness/model/point.h"

namespace tagtrap {

inline constexpr uint32_t granule_size = 16;
inline constexpr uint32_t small_file_size = 1024;     ///< size of a file in state `small`
inline constexpr uint32_t direct_unit = 512;          ///< O_DIRECT: lengths and alignment
inline constexpr uint32_t large_file_size = 4u << 20; ///< size of a file in state `large`

/// The part of a point that decides which kernel path it takes: a row of the sweep.
struct Path {
	FileState state = FileState::plain;
	bool direct = false;

	bool operator==(const Path &) const = default;
};

/// States (with and without O_DIRECT) in which `call` can be issued on `place`; the first one is
/// the default, where everything that is not about states is tried.
std::vector<Path> paths(const Case &call, const Place &place);

/// Ways to submit `call`.
std::vector<Submission> submissions(const Case &call);

/// Who can make `call`; the leader comes first.
std::vector<Caller> callers_of(const Case &call);

/// Lengths in bytes that fit `path`, ascending.
std::vector<uint32_t> lengths(const Path &path, uint32_t page_size);

/// Offsets g of a bad granule in a buffer of `length` bytes that starts `align` bytes behind a page
/// edge: first, middle, last, just before and just after the first page edge. Ascending, unique.
std::vector<uint32_t> offsets(uint32_t length, uint32_t align, uint32_t page_size);

/// Size in bytes of a file in `state` before a call.
uint32_t size_of_file(FileState state, uint32_t page_size);

/// What the call returns when nothing is wrong: bytes, and what a situation's call counts. A read
/// that starts elsewhere than at the file's first byte ends with the file.
int64_t full_result(const Point &point, uint32_t page_size);

/// A page that may not be accessed stands where the bad granule would be.
bool breaks_page(Stand stand);

/// ... and may be loaded from all the same.
bool forbids_stores_only(Stand stand);

/// A second thread takes the page away, or what the call needs of its protection: it may stop
/// anywhere.
bool has_holes(const Point &point);

/// Bytes by which the buffer starts behind a page edge. Where a page is broken, byte g is its
/// first one, wherever that is in the buffer.
uint32_t start_in_page(const Point &point, uint32_t page_size);

inline constexpr uint32_t most_segments = 8; ///< that a call of the suite takes

/// First byte of the last of `segments` segments (0 or 1: everything is one segment).
uint32_t last_segment_start(uint32_t length, uint32_t segments);

/// First byte of segment `index`, counted from 0, of `segments` of `length` bytes in all: equal
/// parts but for the last one, which starts at a granule. `length` where there is no such segment.
uint32_t segment_start(uint32_t length, uint32_t segments, uint32_t index);

/// The same of the segment in which the granule of `point` lies.
uint32_t bad_segment_start(const Point &point);

/// Whether the suite can issue this point as it stands: lengths of O_DIRECT, a granule that lies in
/// the buffer and in its segment, a page edge for a missing page, ...
bool applicable(const Point &point, uint32_t page_size);

} // namespace tagtrap
