// SPDX-License-Identifier: GPL-2.0-only
// How each kind of memory is made: the table behind StatedMemory.
#pragma once

#include <string>

#include "harness/run/page_proof.h"
#include "harness/run/stated_memory.h"

namespace tagtrap::states {

/// One of them. Both throw sys::Unreached.
struct State {
	Memory memory;
	void (*map)(Area &);   ///< maps `size` bytes, and says where
	void (*reach)(Area &); ///< the buffer gets into its state, and shows it
};

/// Null for plain.
const State *state_of(Memory memory);

/// PROT_READ and PROT_WRITE, with PROT_MTE where there are tags.
int protection();

/// Maps the area; `flags` and `fd` as for mmap(2).
void map_area(Area &area, int prot, int flags, int fd = -1);

/// Private anonymous memory with tags.
void map_private(Area &area);

/// Shared anonymous memory with tags.
void map_shared(Area &area);

/// Throws sys::Unreached with `what` unless `shown`.
void prove(bool shown, const std::string &what);

/// pagemap's of the buffer.
PageCounts buffer_pages(const Area &area);

/// All of the buffer is mapped.
void prove_present(const Area &area);

/// The buffer is not mapped and not swapped out: the next access finds no page.
void prove_absent(const Area &area);

// Memory that is swapped out.
void swap_out(Area &area);
void swap_out_to_disk(Area &area);
void swap_out_shared(Area &area);

// Memory whose pages the kernel moves, merges, or makes larger.
void map_mergeable(Area &area);
void merge(Area &area);
void migrate(Area &area);
void map_huge(Area &area);
void be_huge(Area &area);
void split_huge(Area &area);
void map_hugetlb(Area &area);
void be_hugetlb(Area &area);

} // namespace tagtrap::states
