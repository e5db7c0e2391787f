// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <unistd.h>
#include <utility>

namespace tagtrap::sys {

/// Owns a handle and releases it with `release(handle)`; `none` is the empty value. Move-only.
/// For handles that are one value; what holds more (a mapping, a ring, a child) has a class with a
/// destructor of its own.
template <class Handle, auto release, Handle none> class Owned {
public:
	Owned() = default;
	explicit Owned(Handle handle) : handle_(handle) {}
	Owned(Owned &&other) noexcept : handle_(std::exchange(other.handle_, none)) {}
	Owned &operator=(Owned &&other) noexcept
	{
		if (this != &other) {
			reset();
			handle_ = std::exchange(other.handle_, none);
		}
		return *this;
	}
	~Owned() { reset(); }

	Handle get() const { return handle_; }
	explicit operator bool() const { return handle_ != none; }
	/// Gives the handle away; the caller releases it.
	Handle release_ownership() { return std::exchange(handle_, none); }
	void reset()
	{
		if (handle_ != none)
			release(std::exchange(handle_, none));
	}

private:
	Handle handle_ = none;
};

/// A file descriptor.
using Fd = Owned<int, ::close, -1>;

} // namespace tagtrap::sys
