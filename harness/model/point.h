// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/model/disposition.h"
#include "harness/model/memory.h"
#include "harness/model/place.h"

namespace tagtrap {

struct Case;

/// Tag check mode of the thread that issues the call (PR_MTE_TCF_*), as ids name it.
enum class TagCheckMode : uint8_t { none, sync, async, asymm, storeonly };

/// Who enters the kernel for the request.
enum class Submission : uint8_t {
	inline_, ///< the caller itself (no token)
	worker,  ///< IOSQE_ASYNC: an io-wq worker
	sqpoll,  ///< the SQPOLL thread of the ring
};

/// What stands where the bad granule would be.
enum class Stand : uint8_t {
	bad,      ///< the bad granule itself (no token)
	good,     ///< matching tag: the control
	unmapped, ///< byte OFFSET is the first one of a page that is not mapped
	protnone, ///< ... is PROT_NONE
	rdonly,   ///< ... is read-only
	eof,      ///< ... lies behind the end of the file that is mapped
	pkey,     ///< ... has a protection key that denies everything
	gcs,      ///< ... belongs to a shadow stack: loads are no fault
	pfn,      ///< ... belongs to a device: it can be copied, and not be pinned
};

/// Which byte of a row's pointee lies in the granule. Ids name it, since sizes differ between
/// machines; length, offset and alignment follow from the row (row.h).
enum class Position : uint8_t {
	byte,   ///< no row: LENGTH@OFFSET says it
	first,  ///< the first byte; the granule begins with it
	middle, ///< the middle one
	last,   ///< the last one; the granule ends with it
	behind, ///< none: the granule begins right behind the last one
};

/// One system call to be issued once. Plain data; `call` and `place` point to static rows.
struct Point {
	const Case *call = nullptr;
	const Place *place = nullptr;
	FileState state = FileState::plain;
	bool direct = false; ///< O_DIRECT
	Submission submission = Submission::inline_;
	uint32_t from = 0;   ///< file offset at which the transfer starts, bytes
	uint8_t segment = 0; ///< 0: one segment; N >= 2: N segments, the granule in the last
	uint8_t bad_one = 0; ///< ... or in this one, counted from 1; 0: in the last
	uint16_t align = 0;  ///< buffer starts this many bytes behind a page edge (0: on it)
	Stand stand = Stand::bad;
	Memory memory = Memory::plain; ///< what the buffer has been through
	bool tco = false;              ///< the caller runs with PSTATE.TCO set
	bool nomops = false;           ///< kernel booted with arm64.nomops
	TagCheckMode mode = TagCheckMode::sync;
	uint32_t length = 0; ///< bytes asked for
	uint32_t offset = 0; ///< g: good bytes before the first bad one
	Position position = Position::byte;
	Caller caller = Caller::leader;
	Disposition disposition = Disposition::handler;

	bool operator==(const Point &) const = default;
};

/// CALL/PLACE/VARIANT/MODE/LENGTH@OFFSET/CALLER+DISPOSITION, the last part as handling() writes it;
/// of a row @POSITION stands for length, offset and alignment. Interfaces: docs/journal-format.md.
std::string id(const Point &point);

/// The group a point belongs to (call, submission, place, state, mode), in id syntax.
std::string group(const Point &point);

/// What a control with a matching tag speaks for: call, place, file state, O_DIRECT, submission and
/// file offset, in id syntax. Where the control fails, nothing can be said of the points that share
/// its key.
std::string control_key(const Point &point);

/// The same without the file offset, and a group without its mode.
std::string path_key(const Point &point);

std::string_view to_string(TagCheckMode mode);
std::string_view to_string(FileState state);
std::string_view to_string(Stand stand);
std::string_view to_string(Position position);

/// The point that `text` names, whether or not a plan holds it. Throws std::invalid_argument
/// that says which part is not known. Cases come from the registry (case.h). The last part may say
/// more than it has to, see parse_handling(); everything else is written as id() does.
Point parse_id(std::string_view text);

/// As parse_id(); none where this version does not know the id.
std::optional<Point> known_point(std::string_view id);

} // namespace tagtrap
