// SPDX-License-Identifier: GPL-2.0-only
// The table, and memory that is given back, shared or protected.
#include "harness/run/memory_states.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <sys/mman.h>

#include "fixtures/pattern.h"
#include "harness/mte/mapping.h"
#include "harness/mte/tags.h"
#include "harness/sys/must.h"
#include "harness/sys/unreached.h"

namespace tagtrap::states {

using sys::arranged;

int protection()
{
	constexpr int prot_mte = 0x20; // asm/mman.h of arm64
	return PROT_READ | PROT_WRITE | (mte::have_tags() ? prot_mte : 0);
}

void map_area(Area &area, int prot, int flags, int fd)
{
	void *const at = arranged(mmap(nullptr, area.size, prot, flags, fd, 0), "mmap");
	area.base = static_cast<unsigned char *>(at);
	area.mapped.emplace_back(area.base, area.size);
	madvise(at, area.size, MADV_NOHUGEPAGE); // refused by kernels without huge pages
}

void map_private(Area &area)
{
	map_area(area, protection(), MAP_PRIVATE | MAP_ANONYMOUS);
}

void map_shared(Area &area)
{
	map_area(area, protection(), MAP_SHARED | MAP_ANONYMOUS);
}

void prove(bool shown, const std::string &what)
{
	if (!shown)
		throw sys::Unreached(what);
}

PageCounts buffer_pages(const Area &area)
{
	return count_pages(area.buffer(), area.length(), area.page);
}

void prove_present(const Area &area)
{
	const PageCounts pages = buffer_pages(area);
	prove(pages.present == pages.all,
	      fmt::format("pagemap shows only {} of {} pages", pages.present, pages.all));
}

void prove_absent(const Area &area)
{
	const PageCounts pages = buffer_pages(area);
	prove(pages.present == 0 && pages.swapped == 0,
	      fmt::format("pagemap shows {} of {} pages that should not be there",
			  pages.present + pages.swapped, pages.all));
}

namespace {

void leave_alone(Area &area)
{
	prove_absent(area);
}

/// Loads map the zero page, which counts as none of the process's own.
void read_only(Area &area)
{
	for (size_t at = 0; at < area.length(); at += area.page)
		static_cast<void>(*static_cast<volatile unsigned char *>(area.buffer() + at));
	prove_present(area);
	const uint64_t own = smaps_of(area.buffer(), "Rss");
	prove(own * 1024 < area.length(),
	      fmt::format("smaps counts {} KiB that are no zero pages", own));
}

void discard(Area &area)
{
	mte::set_allocation_tags({reinterpret_cast<uint64_t>(area.buffer())}, area.length(),
				 mte::pointer_tag);
	std::memset(area.buffer(), 0xdd, area.length());
	prove_present(area);
	arranged(madvise(area.buffer(), area.length(), MADV_DONTNEED), "MADV_DONTNEED");
	prove_absent(area);
}

void share_by_fork(Area &area)
{
	const PageCounts before = buffer_pages(area);
	area.sharer = std::make_unique<Sharer>();
	const PageCounts pages = buffer_pages(area);
	prove(before.exclusive == before.all && pages.present == pages.all && pages.exclusive == 0,
	      fmt::format("pagemap shows {} of {} pages that are not shared with the child",
			  pages.exclusive, pages.all));
}

void copy_by_store(Area &area)
{
	share_by_fork(area);
	for (size_t at = 0; at < area.length(); at += area.page) {
		volatile unsigned char &byte = area.buffer()[at];
		byte = byte;
	}
	const PageCounts pages = buffer_pages(area);
	prove(pages.exclusive == pages.all,
	      fmt::format("pagemap shows {} of {} pages that were not copied",
			  pages.all - pages.exclusive, pages.all));
}

void map_memfd(Area &area)
{
	const sys::Fd file(arranged(memfd_create("tagtrap", MFD_CLOEXEC), "memfd_create"));
	arranged(ftruncate(file.get(), static_cast<off_t>(area.size)), "ftruncate of a memfd");
	map_area(area, protection(), MAP_SHARED, file.get());
}

/// The file stays open: what a second thread unmaps is mapped again from it.
void map_raced(Area &area)
{
	area.file = sys::Fd(arranged(memfd_create("tagtrap", MFD_CLOEXEC), "memfd_create"));
	arranged(ftruncate(area.file.get(), static_cast<off_t>(area.size)), "ftruncate of a memfd");
	map_area(area, protection(), MAP_SHARED, area.file.get());
}

/// A second thread changes the mapping from now on.
template <Race race> void begin_race(Area &area)
{
	area.racer = std::make_unique<Racer>(Mapped{area.buffer(), area.length(), area.page,
						    protection(), area.file.get(),
						    static_cast<off_t>(area.page)},
					     race);
	area.racer->meet();
}

/// What is in the file stays there; the page table forgets it.
void unmap_pages(Area &area)
{
	arranged(madvise(area.buffer(), area.length(), MADV_DONTNEED), "MADV_DONTNEED");
	prove_absent(area);
}

void be_shared(Area &area)
{
	const PageCounts pages = buffer_pages(area);
	prove(pages.present == pages.all && pages.shared == pages.all,
	      fmt::format("pagemap shows {} of {} pages as shared", pages.shared, pages.all));
}

void serve_copies(Area &area)
{
	area.server = std::make_unique<PageServer>(area.buffer(), area.length(), area.page,
						   pattern(area.content));
	prove_absent(area);
}

void serve_zeros(Area &area)
{
	area.server =
		std::make_unique<PageServer>(area.buffer(), area.length(), area.page, nullptr);
	prove_absent(area);
}

void lock(Area &area)
{
	arranged(mlock(area.buffer(), area.length()), "mlock");
	const uint64_t locked = smaps_of(area.buffer(), "Locked");
	prove(locked * 1024 >= area.length(), fmt::format("smaps shows {} KiB locked", locked));
}

void protect_and_back(Area &area)
{
	arranged(mprotect(area.buffer(), area.length(), PROT_NONE), "mprotect(PROT_NONE)");
	const bool apart = smaps_of(area.buffer(), "Size") * 1024 == area.length();
	arranged(mprotect(area.buffer(), area.length(), protection()), "mprotect");
	prove(apart, "smaps shows no mapping of its own while it is PROT_NONE");
	prove_present(area);
}

void map_twice(Area &area)
{
	map_private(area);
	void *const home = arranged(
		mmap(nullptr, area.size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), "mmap");
	area.home = static_cast<unsigned char *>(home);
	area.mapped.emplace_back(area.home, area.size);
}

void move_away(Area &area)
{
	prove_present(area);
	arranged(mremap(area.base, area.size, area.size, MREMAP_MAYMOVE | MREMAP_FIXED, area.home),
		 "mremap");
	area.mapped.erase(area.mapped.begin()); // nothing is left there, and may be somebody's soon
	area.base = area.home;
	prove_present(area);
}

constexpr std::array all_states = {
	State{Memory::untouched, map_private, leave_alone},
	State{Memory::zeropage, map_private, read_only},
	State{Memory::discarded, map_private, discard},
	State{Memory::swapped, map_private, swap_out},
	State{Memory::diskswap, map_private, swap_out_to_disk},
	State{Memory::cow, map_private, share_by_fork},
	State{Memory::copied, map_private, copy_by_store},
	State{Memory::ksm, map_mergeable, merge},
	State{Memory::migrated, map_private, migrate},
	State{Memory::huge, map_huge, be_huge},
	State{Memory::split, map_huge, split_huge},
	State{Memory::hugetlb, map_hugetlb, be_hugetlb},
	State{Memory::memfd, map_memfd, unmap_pages},
	State{Memory::shmem, map_shared, be_shared},
	State{Memory::shmemswap, map_shared, swap_out_shared},
	State{Memory::uffdcopy, map_private, serve_copies},
	State{Memory::uffdzero, map_private, serve_zeros},
	State{Memory::mlocked, map_private, lock},
	State{Memory::reprotected, map_private, protect_and_back},
	State{Memory::remapped, map_twice, move_away},
	State{Memory::racediscard, map_raced, begin_race<Race::discard>},
	State{Memory::raceremap, map_raced, begin_race<Race::remap>},
	State{Memory::racerdonly, map_raced, begin_race<Race::rdonly>},
	State{Memory::raceprotect, map_raced, begin_race<Race::protect>},
	State{Memory::raceunmap, map_raced, begin_race<Race::unmap>},
};

} // namespace

const State *state_of(Memory memory)
{
	const auto *const found = std::ranges::find(all_states, memory, &State::memory);
	return found == all_states.end() ? nullptr : found;
}

} // namespace tagtrap::states
