// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/sys/raw.h"

namespace tagtrap::mte {

inline constexpr unsigned pointer_tag = 0x5; ///< logical tag of every buffer under test
inline constexpr unsigned bad_tag = 0xa;     ///< allocation tag of a bad granule

/// What is done to one page of a mapping for a control.
enum class PageFault : uint8_t { none, unmapped, protnone, rdonly, eof, pkey, gcs, pfn };

/// map_shadow_stack(2), which the headers of this machine may not know.
inline constexpr int number_of_map_shadow_stack = 453;

/// [guard page][buffer][guard page] of anonymous PROT_MTE memory, every granule of the buffer with
/// one tag. Used by the worker child, which keeps one for all its points.
class TaggedMapping {
public:
	/// `bytes` is rounded up to pages; with tag 0 pointers to them are as good as untagged.
	/// Throws std::system_error.
	explicit TaggedMapping(size_t bytes, unsigned tag = pointer_tag);
	TaggedMapping(const TaggedMapping &) = delete;
	TaggedMapping &operator=(const TaggedMapping &) = delete;
	~TaggedMapping();

	/// First byte, with the logical tag.
	sys::UserPtr start() const;
	size_t size() const { return size_; }

	/// The harness's own view of [start() + offset, ...). Only to be touched while TCO is set.
	unsigned char *bytes(size_t offset) const { return base_ + offset; }

	/// Gives the granule at `offset` (a multiple of 16) another tag, or its own back.
	void spoil(size_t offset);
	void mend(size_t offset);

	/// Breaks the page at `offset`, or makes it whole again (contents are lost, tags restored).
	void break_page(size_t offset, PageFault how);
	void mend_page(size_t offset);

	/// Fresh pages, every tag right: after something went wrong half-way.
	void reset();

	/// Whether every granule of [from, to) has its tag, the one at `bad` (or npos) the bad one.
	bool tags_right(size_t from, size_t to, size_t bad) const;

	static constexpr size_t npos = static_cast<size_t>(-1);

private:
	void free_key();

	unsigned char *base_ = nullptr; ///< untagged address of the buffer
	size_t size_ = 0;
	size_t page_ = 0;
	unsigned tag_;
	int key_ = -1; ///< protection key of a page that is broken
};

} // namespace tagtrap::mte
