// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The kernel's copy routines themselves: every length, alignment and position of a fault, each by
/// a system call of which one copy is seen. Pure but for calls.h, nofault.h and walk.h.
namespace tagtrap::sweep {

enum class Routine : uint8_t {
	to_user,
	to_user_loop,
	from_user,
	from_user_loop,
	from_user_atomic,
	clear_user,
	strncpy_from_user,
	strnlen_user,
	get_user_4,
	get_user_8,
	put_user_4,
	put_user_8,
	futex_load,
	futex_change,
	from_user_nofault,
	strncpy_from_user_nofault,
	to_user_nofault,
};

/// What comes back from a routine.
enum class Shape : uint8_t {
	counted, ///< so many bytes
	string,  ///< the whole string, or EFAULT
	word,    ///< the whole word, or EFAULT
	whole,   ///< all bytes, or EFAULT
	silent,  ///< all bytes, or EFAULT; but what was stored before shows how far it came
};
/// Whether it is seen how far the copy came.
bool has_distance(Shape shape);

/// A routine and the call that shows it.
struct Trait {
	Routine routine;
	std::string_view name; ///< of the kernel's function
	std::string_view call; ///< that reaches it
	Shape shape;
	bool two_sided = false; ///< the kernel's side has an alignment that can be chosen
	uint32_t word = 0;      ///< its bytes
	uint32_t step = 1;      ///< what its address has to be a multiple of
	uint32_t longest = 0;   ///< 0: any length
	bool by_pages = false;  ///< the kernel's side is copied page by page
};

std::span<const Trait> traits();
const Trait &trait(Routine routine);

/// What stands in the way of the copy.
enum class Kind : uint8_t { page, tag };
std::string_view to_string(Kind kind);

/// A routine against a kind of fault: what is swept as one.
struct Pass {
	Routine routine;
	Kind kind;
	bool operator==(const Pass &) const = default;
};

/// All of them, in the order in which they are run.
std::vector<Pass> passes();
/// "copy_to_user/page"
std::string name(const Pass &pass);

/// One call: `length` bytes, the user's side `user` bytes behind a multiple of 64 (where a page is
/// missing: as far as the fault's place leaves it open), the kernel's side `kernel` bytes behind a
/// page edge. The first `good` bytes can be accessed; where that is `length` or more the fault
/// lies behind the buffer, and nobody may notice it.
struct Case {
	uint32_t length = 0;
	uint32_t good = 0;
	uint8_t user = 0;
	uint8_t kernel = 0;
	bool operator==(const Case &) const = default;
};

/// What of the whole is swept.
struct Request {
	uint32_t page_size = 4096;
	uint64_t seed = 1;  ///< picks the alignments that are not tried in full
	bool quick = false; ///< two alignments of the kernel's side for each of the user's
};

/// The cases of a pass; a case's number is its place in the list. The same on every machine.
std::vector<Case> cases_of(const Pass &pass, const Request &request);

/// The part of a case that its routine copies in one go and that meets the fault: pages of a file
/// and of another process's memory are copied one by one (Trait::by_pages).
struct Chunk {
	uint32_t start = 0;  ///< offset in the buffer
	uint32_t length = 0; ///< bytes
	uint32_t user = 0;   ///< alignments of its first byte
	uint32_t kernel = 0;
};
Chunk chunk_of(Routine routine, const Case &one, uint32_t page_size);

} // namespace tagtrap::sweep
