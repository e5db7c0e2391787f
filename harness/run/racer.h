// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <sys/types.h>
#include <thread>

namespace tagtrap::states {

/// What a second thread does to a mapping, over and over.
enum class Race : uint8_t {
	discard, ///< MADV_DONTNEED: the next access finds no page, and brings it from the file
	remap,   ///< mmap(2) with MAP_FIXED over itself: the page table is emptied in one step
	rdonly,  ///< PROT_READ and back
	protect, ///< PROT_NONE and back
	unmap,   ///< munmap(2), then mmap(2) to where it was
};

/// A shared mapping of a file, which holds its bytes and tags whatever is done to the mapping.
struct Mapped {
	unsigned char *at = nullptr;
	size_t length = 0, page = 0; ///< bytes
	int protection = 0;          ///< of mmap(2)
	int file = -1;
	off_t offset = 0; ///< of `at` in the file
};

/// A thread of this process that changes a mapping page by page and as a whole, until rest(), or
/// for 0.3 seconds: a call that goes on behind that is not held up by it, and a watchdog sees the
/// call alone. All is mapped and good afterwards, unless refused().
class Racer {
public:
	/// Throws std::system_error when there is no thread.
	Racer(const Mapped &mapped, Race race);
	Racer(const Racer &) = delete;
	Racer &operator=(const Racer &) = delete;
	~Racer();

	/// Returns when the first round is done. Throws sys::Unreached when it is not done within
	/// ten seconds.
	void meet();
	/// Ends the thread. Throws sys::Unreached when it could not do its work.
	void rest();
	/// Ends the thread, whatever it could do.
	void end();
	/// Beginnings and ends of changes, of one page or of all, so far: odd within one.
	uint64_t steps() const { return steps_; }
	/// Changes that are done.
	uint64_t rounds() const { return steps_ / 2; }
	/// The thread has ended, and could not do its work: what is mapped there now may be
	/// somebody else's.
	bool refused() const { return refused_; }

private:
	void run();
	bool change(unsigned char *at, size_t length) const;

	const Mapped mapped_;
	const Race race_;
	std::atomic<uint64_t> steps_ = 0;
	std::atomic<bool> over_ = false, refused_ = false;
	std::thread thread_;
};

} // namespace tagtrap::states
