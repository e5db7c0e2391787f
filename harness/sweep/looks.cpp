// SPDX-License-Identifier: GPL-2.0-only
// What became of a call.
#include <algorithm>
#include <cstring>
#include <linux/futex.h>

#include "harness/sweep/calls.h"

namespace tagtrap::sweep {

namespace {

/// One behind the last byte of which `is` holds.
template <class Is> uint32_t last_that(const unsigned char *bytes, size_t size, Is is)
{
	while (size != 0 && !is(bytes[size - 1]))
		--size;
	return static_cast<uint32_t>(size);
}

uint32_t last_changed(const unsigned char *bytes, size_t size)
{
	return last_that(bytes, size, [](unsigned char byte) { return byte != untouched; });
}

/// Leading bytes that are the same; it is quick where that are the first `likely`.
uint32_t same(const unsigned char *left, const unsigned char *right, size_t size, size_t likely)
{
	size_t from = std::min(size, likely);
	if (std::memcmp(left, right, from) != 0)
		from = 0;
	return static_cast<uint32_t>(std::mismatch(left + from, left + size, right + from).first -
				     left);
}

} // namespace

size_t Workbench::readable(const Case &one) const
{
	return pass_.kind == Kind::page ? std::min(one.good, one.length) : one.length;
}

/// Whether the user's word is `value`.
bool Workbench::holds(const Case &one, uint64_t value) const
{
	return readable(one) == one.length &&
	       std::memcmp(user_.bytes(start_), &value, one.length) == 0;
}

/// Whether the result of a call of strings or words is that of one that had all it needed.
bool Workbench::succeeded(const Case &one, int64_t result) const
{
	switch (pass_.routine) {
	case Routine::strncpy_from_user: // a name relative to no directory, and the empty one
		return result == -EBADF || result == -ENOENT;
	case Routine::strnlen_user:
		return result >= 0;
	case Routine::get_user_8:
		return result == -EINVAL;
	case Routine::futex_load:
		return result == -EAGAIN;
	case Routine::put_user_4:
		return result == 0 && holds(one, 0);
	case Routine::put_user_8:
		return result == 0 && holds(one, 3 * sizeof(void *));
	case Routine::futex_change:
		return result == 0 && holds(one, 0x321);
	case Routine::strncpy_from_user_nofault:
		return result == one.length;
	default:
		return result == 0;
	}
}

void Workbench::look_counted(const Case &one, Seen &seen) const
{
	const unsigned char *const bytes = user_.bytes(start_);
	const size_t reach = readable(one);
	if (pass_.routine == Routine::from_user) { // nobody sees what it did with them
		seen.arrived = seen.changed =
			static_cast<uint32_t>(std::clamp<int64_t>(seen.result, 0, one.length));
		return;
	}
	if (arrives_there()) {
		seen.arrived = same(there(one), bytes, reach, one.good);
		seen.changed = last_changed(there(one), one.length + around);
		return;
	}
	if (pass_.routine == Routine::clear_user)
		seen.arrived = static_cast<uint32_t>(
			std::find_if(bytes, bytes + reach, [](auto byte) { return byte != 0; }) -
			bytes);
	else
		seen.arrived = same(bytes, there(one), reach, one.good);
	seen.changed = last_changed(bytes, pass_.kind == Kind::page ? one.good : reach + around);
}

void Workbench::look(const Case &one, Seen &seen)
{
	if (shape_ != Shape::counted)
		seen.done = succeeded(one, seen.result);
	if (has_distance(shape_))
		return look_counted(one, seen);
	if (arrives_there()) { // what fails may clear it, and words of a string end in zeros
		seen.arrived = same(there(one), user_.bytes(start_), readable(one), one.good);
		seen.changed = last_that(there(one), one.length + around, [](unsigned char byte) {
			return byte != untouched && byte != 0;
		});
	} else if (to_user()) {
		seen.changed = last_changed(user_.bytes(start_),
					    pass_.kind == Kind::page ? one.good : one.length);
	}
}

} // namespace tagtrap::sweep
