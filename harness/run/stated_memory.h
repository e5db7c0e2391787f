// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <memory>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "fixtures/pattern.h"
#include "harness/model/memory.h"
#include "harness/run/disk_swap.h"
#include "harness/run/page_server.h"
#include "harness/run/racer.h"
#include "harness/sys/owned.h"
#include "harness/sys/raw.h"

namespace tagtrap {

/// A child that shares this process's pages and does nothing; it ends with the object.
class Sharer {
public:
	Sharer();
	Sharer(const Sharer &) = delete;
	Sharer &operator=(const Sharer &) = delete;
	~Sharer();

private:
	sys::Fd pipe_; ///< closed: the child ends
	pid_t child_ = -1;
};

/// Where the memory lies, and what belongs to its state. A page of margin stands on both sides of
/// the buffer.
struct Area {
	size_t page = 0;               ///< bytes
	size_t size = 0;               ///< of margin, buffer, margin
	unsigned char *base = nullptr; ///< where it is now
	unsigned char *home = nullptr; ///< where it is when the call is made
	std::vector<std::pair<unsigned char *, size_t>> mapped = {}; ///< to be unmapped
	std::unique_ptr<Sharer> sharer = {};
	std::unique_ptr<states::PageServer> server = {};
	std::unique_ptr<states::Racer> racer = {};
	sys::Fd file = {}; ///< the memfd that is mapped, where it is needed again
	std::unique_ptr<states::DiskSwap> disk_swap = {};
	Content content = Content::fresh; ///< what is brought to pages that are not there

	[[nodiscard]] unsigned char *buffer() const { return base + page; }
	[[nodiscard]] size_t length() const { return size - 2 * page; }
};

/// A buffer of memory that is brought into one state for one call, which has the first access.
/// Worker child only. Throws sys::Unreached where the machine cannot do that, or where the kernel
/// does not show that it has been done.
class StatedMemory {
public:
	/// `content`: what the buffer is to hold, unless its state says that it is zero.
	StatedMemory(Memory memory, size_t length, size_t page_size, Content content);
	StatedMemory(const StatedMemory &) = delete;
	StatedMemory &operator=(const StatedMemory &) = delete;
	~StatedMemory();

	/// First byte of the first margin, as a right pointer has it when the call is made.
	[[nodiscard]] sys::UserPtr start(bool right) const;
	/// The suite's own view of it. Only to be touched while TCO is set.
	[[nodiscard]] unsigned char *bytes(size_t offset) const { return area_.base + offset; }

	/// Gives the granule at `offset` (a multiple of 16) the bad tag.
	void spoil(size_t offset);
	/// Brings the buffer, which was filled where row_of() says so, into its state, and proves
	/// it.
	void reach();
	/// The call is over: no second thread changes the mapping any more, and all of it is there.
	void rest();
	/// How often a second thread has begun or ended a change so far; 0: there is none.
	[[nodiscard]] uint64_t race_steps() const;
	/// Granules of [from, to) whose tag is not what it should be; `bad` (or npos) is the one
	/// that was spoiled.
	[[nodiscard]] uint32_t wrong_tags(size_t from, size_t to, size_t bad) const;

private:
	void release();

	const MemoryRow &row_;
	Area area_;
};

} // namespace tagtrap
