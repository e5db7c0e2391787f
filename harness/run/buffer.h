// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <memory>
#include <vector>

#include "fixtures/pattern.h"
#include "fixtures/target.h"
#include "harness/model/observation.h"
#include "harness/model/point.h"
#include "harness/mte/mapping.h"
#include "harness/run/stated_memory.h"

namespace tagtrap {

/// Where things lie in the mapping, in bytes from its start.
struct BufferLayout {
	size_t start;     ///< first byte of the buffer
	size_t bad_start; ///< granule (or page) that holds byte g
	size_t bad_end;   ///< index in the buffer behind the bad bytes, at most length
	bool page;        ///< a whole page is broken, not a granule
};

/// Only the case knows what the bytes of its buffer mean.
bool opaque(const Point &point);

/// The caller's buffer: filled before the call, spoiled for it, looked at afterwards. Worker child
/// only; own accesses are made with tag checks off.
class ProbeBuffer {
public:
	explicit ProbeBuffer(uint32_t page_size);

	sys::UserPtr start() const { return mapping_.start(); }
	size_t size() const { return mapping_.size(); }

	/// From now on the buffer is memory that has been through what the point says, or will have
	/// been; until leave(). Throws sys::Unreached.
	void take(const Point &point);
	/// Brings that memory into its state, when all is prepared for the call.
	void reach();
	/// As StatedMemory's.
	uint64_t race_steps() const { return stated_ ? stated_->race_steps() : 0; }
	/// The call is over: that memory changes no more.
	void rest();
	void leave() { stated_.reset(); }

	BufferLayout lay_out(const Point &point) const;
	/// First byte of the buffer, with the logical tag that the point's pointer has.
	sys::UserPtr pointer(const Point &point, const BufferLayout &layout) const;
	/// What the bytes of the buffer are before the call.
	Content content(const Point &point) const;
	void fill(const Point &point, const BufferLayout &layout, const ProbeArgs &args);

	/// Puts what the point wants in the place of its granule; makes it good again.
	void spoil(const Point &point, const BufferLayout &layout);
	void mend(const Point &point, const BufferLayout &layout);
	/// Fresh pages: after something went wrong half-way.
	void reset()
	{
		leave();
		mapping_.reset();
	}

	/// While it is spoiled: notes whether every granule has the tag that it was given.
	void look_at_tags(const Point &point, const BufferLayout &layout, Observation &seen) const;

	/// Notes what the call did to the buffer and around it; `delivered` is what a read brings.
	void look(const Point &point, const BufferLayout &layout, Content delivered,
		  Observation &seen) const;

private:
	void compare(const Point &point, const BufferLayout &layout, Observation &seen) const;

	unsigned char *bytes(size_t offset) const
	{
		return stated_ ? stated_->bytes(offset) : mapping_.bytes(offset);
	}

	uint32_t page_size_;
	mte::TaggedMapping mapping_;
	std::unique_ptr<StatedMemory> stated_; ///< in the mapping's place
	std::vector<unsigned char> filled_;    ///< what a situation's buffer held before the call
};

} // namespace tagtrap
