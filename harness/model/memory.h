// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tagtrap {

/// What the memory of the buffer has been through when the call is made (rule P9).
enum class Memory : uint8_t {
	plain,       ///< nothing: tagged, filled, present (no token)
	untouched,   ///< mapped, and never touched
	zeropage,    ///< read only: the zero page
	discarded,   ///< MADV_DONTNEED
	swapped,     ///< MADV_PAGEOUT
	diskswap,    ///< ... to a disk, and out of the swap cache
	cow,         ///< shared with a child since fork()
	copied,      ///< ... and copied on a write of ours
	ksm,         ///< merged by KSM, PROT_MTE added afterwards
	migrated,    ///< moved to another NUMA node
	huge,        ///< in a transparent huge page
	split,       ///< all zero, in what was one
	hugetlb,     ///< in a page of hugetlb
	memfd,       ///< in a memfd, not mapped yet
	shmem,       ///< shared anonymous memory
	shmemswap,   ///< ... swapped out
	uffdcopy,    ///< UFFDIO_COPY when it is touched
	uffdzero,    ///< UFFDIO_ZEROPAGE when it is touched
	mlocked,     ///< mlock()
	reprotected, ///< PROT_NONE, and back
	remapped,    ///< moved by mremap()
	racediscard, ///< a second thread discards it during the call
	raceremap,   ///< ... maps it anew in one step
	racerdonly,  ///< ... makes it read-only, and good again
	raceprotect, ///< ... takes its protection away, and gives it back
	raceunmap,   ///< ... unmaps it, and maps it again
};

/// Accesses that must fail at times, since a second thread takes the page or its protection away.
enum class Holes : uint8_t { none, stores, all };

/// What is known of one of them without a machine.
struct MemoryRow {
	Memory memory;
	std::string_view name;  ///< NAME of the token mem-NAME
	std::string_view words; ///< what the memory is, in words
	bool zero = false;      ///< what it held is gone, or was zero from the start
	bool untagged = false;  ///< its allocation tags are zero, and so is a right pointer's tag
	bool filled = true;     ///< the suite itself fills it, before it gets into its state
	bool raced = false;     ///< a second thread changes the mapping while the call is made
	Holes holes = Holes::none; ///< ... so that some calls may end with EFAULT or any count
	std::string_view privilege = ""; ///< what it takes; empty: any user can do it
};

/// All but `plain`, in the order of the enumeration.
std::span<const MemoryRow> memory_rows();

/// The row of `memory`; that of `plain` has no name.
const MemoryRow &row_of(Memory memory);

/// The memory called `name`, or `plain` where there is none.
Memory memory_called(std::string_view name);

/// "swapped"; empty for plain.
std::string_view to_string(Memory memory);

} // namespace tagtrap
