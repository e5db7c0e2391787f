// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/memory_states.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <sys/mman.h>

#include "harness/mte/mapping.h"
#include "harness/mte/tags.h"
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

void prove(bool shown, const std::string &what)
{
	if (!shown)
		throw sys::Unreached(what);
}

PageCounts buffer_pages(const Area &area)
{
	return count_pages(area.buffer(), area.length(), area.page);
}

void prove_absent(const Area &area)
{
	const PageCounts pages = buffer_pages(area);
	prove(pages.present == 0 && pages.swapped == 0,
	      fmt::format("pagemap shows {} of {} pages that should not be there",
			  pages.present + pages.swapped, pages.all));
}

namespace {

void discard(Area &area)
{
	mte::set_allocation_tags({reinterpret_cast<uint64_t>(area.buffer())}, area.length(),
				 mte::pointer_tag);
	std::memset(area.buffer(), 0xdd, area.length());
	const PageCounts before = buffer_pages(area);
	prove(before.present == before.all, "pages that were touched are not present");
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

void map_memfd(Area &area)
{
	const sys::Fd file(arranged(memfd_create("tagtrap", MFD_CLOEXEC), "memfd_create"));
	arranged(ftruncate(file.get(), static_cast<off_t>(area.size)), "ftruncate of a memfd");
	map_area(area, protection(), MAP_SHARED, file.get());
}

/// What is in the file stays there; the page table forgets it.
void unmap_pages(Area &area)
{
	arranged(madvise(area.buffer(), area.length(), MADV_DONTNEED), "MADV_DONTNEED");
	prove_absent(area);
}

constexpr std::array all_states = {
	State{Memory::discarded, map_private, discard},
	State{Memory::cow, map_private, share_by_fork},
	State{Memory::memfd, map_memfd, unmap_pages},
};

} // namespace

const State *state_of(Memory memory)
{
	const auto *const found = std::ranges::find(all_states, memory, &State::memory);
	return found == all_states.end() ? nullptr : found;
}

} // namespace tagtrap::states
