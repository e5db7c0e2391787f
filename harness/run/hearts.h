// SPDX-License-Identifier: GPL-2.0-only
// What a kernel stack tells of a hang. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/observation.h"

namespace tagtrap {

using Functions = std::vector<std::string>;

/// The functions on a stack as /proc/PID/stack shows it, innermost first, without offsets and what
/// the compiler appends; down to the one where the system call was entered, which is left out.
Functions functions_of(std::string_view stack);

/// The first function above the helpers that copy from and to the user and that fault pages in:
/// the one that goes round, or the one that sleeps. Empty: nothing can be said.
std::string heart_of(const Functions &functions);

/// Whether any disk has something to do, out of the text of /proc/diskstats.
bool disks_at_work(std::string_view diskstats);

/// Whether a task in this state may be waiting until a disk has done something: by itself, or for a
/// lock whose owner does.
bool waits_for_disk(char state, std::string_view diskstats);

/// Up to twenty stacks, spread over a watch of any length: when there are as many, every second one
/// is dropped, and from then on they are taken half as often.
class StackTally {
public:
	/// `spacing_ns`: between two stacks, at first.
	explicit StackTally(uint64_t spacing_ns) : spacing_ns_(spacing_ns) {}

	/// Whether the next one is due at this time of the watch.
	[[nodiscard]] bool due(uint64_t at_ns) const { return at_ns >= next_ns_; }
	void add(uint64_t at_ns, std::string stack);
	/// A look besides, which counts for nothing but the heart: what is on all stacks.
	void glance(std::string_view stack);

	/// Of the part that all stacks share; where that says nothing, of most of them, of those
	/// that meet a helper if there are any; empty: of none.
	[[nodiscard]] std::string heart() const;
	[[nodiscard]] size_t samples() const { return stacks_.size(); }
	/// Histograms of the stacks and of the innermost functions, and the heart.
	void write(Hang &hang) const;

	static constexpr size_t most = 20;

private:
	uint64_t spacing_ns_, next_ns_ = 0;
	std::vector<std::string> stacks_;
	Functions common_; ///< of all stacks and glances, innermost first
	bool any_ = false;
};

} // namespace tagtrap
