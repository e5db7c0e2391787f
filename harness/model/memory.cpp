// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/memory.h"

#include <algorithm>
#include <array>

namespace tagtrap {

namespace {

constexpr std::string_view uffd_privilege =
	"CAP_SYS_PTRACE or vm.unprivileged_userfaultfd, for page faults of the kernel";

constexpr MemoryRow no_row = {Memory::plain, "", "tagged, filled and present"};

constexpr std::array memory_table = {
	MemoryRow{.memory = Memory::untouched,
		  .name = "untouched",
		  .words = "mapped and never touched",
		  .zero = true,
		  .untagged = true,
		  .filled = false},
	MemoryRow{.memory = Memory::zeropage,
		  .name = "zeropage",
		  .words = "read only, so that it is the zero page",
		  .zero = true,
		  .untagged = true,
		  .filled = false},
	MemoryRow{.memory = Memory::discarded,
		  .name = "discarded",
		  .words = "tagged and filled, then given back by MADV_DONTNEED",
		  .zero = true,
		  .untagged = true,
		  .filled = false},
	MemoryRow{.memory = Memory::swapped,
		  .name = "swapped",
		  .words = "swapped out by MADV_PAGEOUT"},
	MemoryRow{.memory = Memory::diskswap,
		  .name = "diskswap",
		  .words = "swapped out to a disk by MADV_PAGEOUT, and not in the swap cache",
		  .privilege = "root, to swap to a disk"},
	MemoryRow{.memory = Memory::cow,
		  .name = "cow",
		  .words = "shared with a child since fork(): a store copies it"},
	MemoryRow{.memory = Memory::copied,
		  .name = "copied",
		  .words = "shared with a child by fork(), and copied by a store of ours"},
	MemoryRow{.memory = Memory::ksm,
		  .name = "ksm",
		  .words = "merged by KSM, and then made PROT_MTE by mprotect()",
		  .untagged = true,
		  .privilege = "root, once, to start KSM"},
	MemoryRow{.memory = Memory::migrated,
		  .name = "migrated",
		  .words = "moved to another NUMA node by move_pages()"},
	MemoryRow{.memory = Memory::huge,
		  .name = "huge",
		  .words = "a part of a transparent huge page"},
	MemoryRow{.memory = Memory::split,
		  .name = "split",
		  .words = "tagged and all zero, in a huge page that MADV_COLD has split",
		  .zero = true},
	MemoryRow{.memory = Memory::hugetlb,
		  .name = "hugetlb",
		  .words = "a part of a page of hugetlb"},
	MemoryRow{.memory = Memory::memfd,
		  .name = "memfd",
		  .words = "a shared mapping of a memfd: in the file, and not in the page table"},
	MemoryRow{.memory = Memory::shmem, .name = "shmem", .words = "shared anonymous memory"},
	MemoryRow{.memory = Memory::shmemswap,
		  .name = "shmemswap",
		  .words = "shared anonymous memory, swapped out by MADV_PAGEOUT"},
	MemoryRow{.memory = Memory::uffdcopy,
		  .name = "uffdcopy",
		  .words = "not there: a thread with userfaultfd() brings it by UFFDIO_COPY",
		  .untagged = true,
		  .filled = false,
		  .privilege = uffd_privilege},
	MemoryRow{.memory = Memory::uffdzero,
		  .name = "uffdzero",
		  .words = "not there: a thread with userfaultfd() brings it by UFFDIO_ZEROPAGE",
		  .zero = true,
		  .untagged = true,
		  .filled = false,
		  .privilege = uffd_privilege},
	MemoryRow{.memory = Memory::mlocked, .name = "mlocked", .words = "locked by mlock()"},
	MemoryRow{.memory = Memory::reprotected,
		  .name = "reprotected",
		  .words = "made PROT_NONE, and made good again"},
	MemoryRow{.memory = Memory::remapped,
		  .name = "remapped",
		  .words = "moved to another address by mremap()"},
	MemoryRow{.memory = Memory::racediscard,
		  .name = "racediscard",
		  .words = "in a memfd, discarded again and again by a second thread: "
			   "MADV_DONTNEED",
		  .raced = true},
	MemoryRow{.memory = Memory::raceremap,
		  .name = "raceremap",
		  .words = "in a memfd, mapped over itself again and again by a second thread: "
			   "MAP_FIXED",
		  .raced = true},
	MemoryRow{.memory = Memory::racerdonly,
		  .name = "racerdonly",
		  .words = "in a memfd, made read-only and good again by a second thread",
		  .raced = true,
		  .holes = Holes::stores},
	MemoryRow{.memory = Memory::raceprotect,
		  .name = "raceprotect",
		  .words = "in a memfd, made PROT_NONE and good again by a second thread",
		  .raced = true,
		  .holes = Holes::all},
	MemoryRow{.memory = Memory::raceunmap,
		  .name = "raceunmap",
		  .words = "in a memfd, unmapped and mapped again by a second thread",
		  .raced = true,
		  .holes = Holes::all},
};

constexpr bool in_order()
{
	for (size_t i = 0; i < memory_table.size(); ++i)
		if (static_cast<size_t>(memory_table[i].memory) != i + 1)
			return false;
	return true;
}
static_assert(in_order());

} // namespace

std::span<const MemoryRow> memory_rows()
{
	return memory_table;
}

const MemoryRow &row_of(Memory memory)
{
	const auto index = static_cast<size_t>(memory);
	return index == 0 || index > memory_table.size() ? no_row : memory_table[index - 1];
}

Memory memory_called(std::string_view name)
{
	const auto found = std::ranges::find(memory_table, name, &MemoryRow::name);
	return found == memory_table.end() ? Memory::plain : found->memory;
}

std::string_view to_string(Memory memory)
{
	return row_of(memory).name;
}

} // namespace tagtrap
