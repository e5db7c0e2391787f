// SPDX-License-Identifier: GPL-2.0-only
// One user pointer of one system call, as a row of data: docs/adding-a-case.md. The planner reads
// flow, extent and setting, the worker words and memory, the judge what is due.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/case.h"
#include "harness/model/point.h"

namespace tagtrap {

class Target; // fixtures/target.h

namespace rows {

struct Issue; // fixtures/rows/issue.h

/// How the kernel is entered.
struct Entry {
	int number = -1;

	bool operator==(const Entry &) const = default;
};

/// A system call by its number (SYS_*) on the machine that this is built for.
constexpr Entry trap(int number)
{
	return {number};
}

/// Which way bytes go. `inout` is loaded first: that access decides whether the CPU checks it.
enum class Flow : uint8_t { in, out, inout };

/// What the pointer points to; decides where the granule goes. All of it is loaded or stored.
struct Extent {
	enum class Sort : uint8_t {
		object, ///< a structure, or several of one kind behind each other
		word,   ///< a number that has to be aligned, since it is accessed at once
		text,   ///< a string with its NUL at the end
	};
	Sort sort = Sort::object;
	uint32_t unit = 1, count = 1;

	[[nodiscard]] constexpr uint32_t size() const { return unit * count; }
};

template <class T> inline constexpr Extent one = {Extent::Sort::object, sizeof(T), 1};

template <class T> constexpr Extent many(uint32_t count)
{
	return {Extent::Sort::object, sizeof(T), count};
}

constexpr Extent bytes(uint32_t size)
{
	return {Extent::Sort::object, 1, size};
}

template <class T> inline constexpr Extent aligned = {Extent::Sort::word, sizeof(T), 1};

/// `size` counts the NUL.
constexpr Extent text(uint32_t size)
{
	return {Extent::Sort::text, 1, size};
}

/// A register of the call, or a slot of an image.
struct Word {
	enum class Is : uint8_t {
		constant,
		it,     ///< the pointer under test
		size,   ///< bytes of the extent
		count,  ///< units of the extent
		object, ///< the setting's object: a descriptor, or another number
		second, ///< its second object
		image,  ///< address of an image
		spare,  ///< good memory that nobody looks at
		mask,   ///< temporary signal mask, or null
	};
	Is is = Is::constant;
	uint64_t value = 0; ///< of the constant; which image; bytes behind the start of the others

	constexpr Word() = default;
	constexpr Word(Is what, uint64_t number) : is(what), value(number) {}
	template <class Number>
	requires std::integral<Number> || std::is_enum_v<Number>
	constexpr Word(Number number) : value(static_cast<uint64_t>(static_cast<int64_t>(number)))
	{
	}

	bool operator==(const Word &) const = default;
};

/// Words by the names that rows use.
namespace words {

inline constexpr Word it = {Word::Is::it, 0};
inline constexpr Word size = {Word::Is::size, 0};
inline constexpr Word count = {Word::Is::count, 0};
inline constexpr Word object = {Word::Is::object, 0};
inline constexpr Word second = {Word::Is::second, 0};
inline constexpr Word spare = {Word::Is::spare, 0};
inline constexpr Word mask = {Word::Is::mask, 0};

constexpr Word image(uint64_t which)
{
	return {Word::Is::image, which};
}

constexpr Word spare_at(uint64_t offset)
{
	return {Word::Is::spare, offset};
}

} // namespace words

/// Bytes of an image that are worked out before every issue. Width 0: none.
struct Slot {
	uint16_t at = 0;
	uint8_t width = 0;
	Word what = {};
};

/// A structure that is copied into good memory before every issue, or into the pointee, slots
/// filled in. An image may point to another one, and that one to the pointee.
struct Image {
	const void *from = nullptr; ///< null: zeros
	uint16_t size = 0;
	std::array<Slot, 3> slots = {};
};

/// An image of `value`, which has to live as long as the row.
template <class T> constexpr Image like(const T &value, std::array<Slot, 3> slots = {})
{
	return {&value, sizeof(T), slots};
}

/// What lies in memory when the call is made.
struct Memory {
	std::span<const Image> images = {};
	int8_t holds = -1;          ///< the pointee starts as this image
	std::string_view text = {}; ///< ... or as this; its last byte fills it up
	std::string_view path = {}; ///< ... or as a path that leads here, by slashes in front
	int64_t (*issue)(Issue &) = nullptr;      ///< instead of the words, where it needs code
	void (*undo)(Issue &, int64_t) = nullptr; ///< behind a call that did not fail
	std::span<const int> needs = {};          ///< system calls that these two make
};

/// What the call returns when nothing is wrong.
struct Yield {
	enum class Of : uint8_t {
		value,
		handle, ///< a descriptor, which is closed again
		number, ///< whatever is no error
		error,  ///< the call must not succeed: this error, found behind the copy
	};
	Of of = Of::value;
	int64_t value = 0;

	constexpr Yield() = default;
	constexpr Yield(Of what, int64_t number = 0) : of(what), value(number) {}
	constexpr Yield(int64_t number) : value(number) {}
};

inline constexpr Yield a_handle = {Yield::Of::handle};
inline constexpr Yield a_number = {Yield::Of::number};

/// `error` is positive, as errno is.
constexpr Yield fails(int64_t error)
{
	return {Yield::Of::error, error};
}

/// What an error leaves of the object.
enum class After : uint8_t {
	same,     ///< it is as before
	consumed, ///< what was to be delivered is gone, by design: a note
	either,
};

/// Why a good call comes back.
enum class Ends : uint8_t {
	at_once,  ///< it never waits
	ready,    ///< what it waits for is there
	nonblock, ///< it is asked not to wait
	timeout,  ///< it waits no longer than for a moment
	refused,  ///< it is turned down before it waits
};

/// What is due.
struct Due {
	Yield yields = {};
	std::string_view by = {}; ///< the kernel function that accesses the pointee
	PromiseKind promise = PromiseKind::all_or_nothing;
	After after = After::same;
	Audience who = Audience::caller; ///< who takes the fault
	Ends ends = Ends::at_once;
	/// Not empty: on some machines the access is not checked; says why. Both keep the contract.
	std::string_view may_be_unchecked = {};
	int absent = 0; ///< error of kernels without the operation, beside what says_absent() knows
};

/// More points than one for each position.
enum class Tries : uint8_t {
	plain,   ///< a handler
	masks,   ///< the call has a temporary signal mask
	callers, ///< others make the call as well
};

/// What the machine has to put up with.
enum class Care : uint8_t {
	none,
	root,      ///< needs root
	hazardous, ///< may take the machine down: planned last
};

/// What calls act upon: made once for many points, and brought into its state before each.
struct Setting {
	std::string_view name;
	std::span<const PlaceKind> on;   ///< places where it can be made
	std::span<const int> needs = {}; ///< system calls that it makes (numbers)
	/// Null: there is no object. Worker child only; throws std::system_error. Files are made
	/// in `directory`. arm() renews the object, the destructor drops it.
	std::unique_ptr<Target> (*make)(const std::string &directory) = nullptr;
	std::string_view object = {}, second = {}; ///< what they are, in words
};

/// One user pointer of one call.
struct Row {
	std::string_view name; ///< CALL.POINTER: first part of an id
	Entry entry;
	std::array<Word, 6> words;
	Flow flow;
	Extent extent;
	const Setting &on;
	Memory memory = {};
	Due due = {};
	Tries tries = Tries::plain;
	Care care = Care::none;
};

/// Why the row cannot be taken as it stands; empty: it can.
std::string refusal(const Row &row);

/// Whether this result tells that the kernel was built without something.
bool not_built_in(int64_t result);

/// Whether this result of a good call tells that the kernel was built without the object or the
/// operation that the row asks for.
bool says_absent(const Row &row, int64_t result);

/// Whether a register of the row, or a slot of one of its images, is `what`.
bool speaks_of(const Row &row, Word::Is what);

/// Whether an image is a string with its NUL, all of it printable and without quotes.
bool is_string(const Image &image);

/// Whether a call of this number may wait for something that does not come by itself.
bool may_wait(int number);

/// Where the granule goes. The same on machines whose structures have different sizes.
std::vector<Position> positions(const Extent &extent);

/// Where the edge of a page that may not be accessed goes. None comes within a word.
std::vector<Position> edges(const Extent &extent);

/// Puts the row's extent into the point, so that the granule lies at `position`; of a point that
/// breaks a page the page begins with that very byte.
void place_granule(const Row &row, Position position, Point &point);

/// What is reported for what the kernel returned: the count where that is fixed, 0 for what else is
/// due, the error, or -EBADMSG where a call succeeds that must not.
int64_t told(const Yield &yield, int64_t result);

/// Bytes behind the start of good memory at which image `which` lies; for one past the last image
/// how much all of them take.
uint32_t image_offset(const Row &row, size_t which);

/// Call, pointer: the parts of a row's name.
std::string_view call_of(std::string_view name);

/// The promise of rows.
Promise promise(const Point &point, const KernelFacts &facts);

} // namespace rows
} // namespace tagtrap
