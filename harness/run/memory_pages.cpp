// SPDX-License-Identifier: GPL-2.0-only
// Memory whose pages the kernel moves, merges, or makes larger.
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <sys/mman.h>
#include <vector>

#include "harness/mte/tags.h"
#include "harness/run/advised.h"
#include "harness/run/memory_states.h"
#include "harness/sys/proc.h"
#include "harness/sys/unreached.h"

namespace tagtrap::states {

using sys::arranged;

namespace {

uint64_t number_in(const std::string &path)
{
	const std::string text = sys::slurp(path);
	uint64_t value = 0;
	std::from_chars(text.data(), text.data() + text.size(), value);
	return value;
}

std::string huge_setting()
{
	return sys::slurp("/sys/kernel/mm/transparent_hugepage/enabled");
}

size_t huge_size()
{
	return number_in("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size");
}

/// Node of each page, or -errno; nodes where they are to go, or none: only asks.
std::vector<int> nodes_of(const Area &area, const std::vector<int> &nodes)
{
	std::vector<void *> pages;
	for (size_t at = 0; at < area.length(); at += area.page)
		pages.push_back(area.buffer() + at);
	std::vector<int> status(pages.size(), -1);
	constexpr int move_own = 1 << 1; // MPOL_MF_MOVE
	arranged(syscall(SYS_move_pages, 0, pages.size(), pages.data(),
			 nodes.empty() ? nullptr : nodes.data(), status.data(), move_own),
		 "move_pages");
	return status;
}

} // namespace

/// Without PROT_MTE, since KSM leaves tagged pages alone, and with a twin beside it.
void map_mergeable(Area &area)
{
	map_area(area, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
	void *const twin = arranged(mmap(nullptr, area.size, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
				    "mmap");
	area.mapped.emplace_back(static_cast<unsigned char *>(twin), area.size);
}

void merge(Area &area)
{
	prove(number_in("/sys/kernel/mm/ksm/run") == 1, "KSM does not run on this machine");
	unsigned char *const twin = area.mapped.back().first + area.page;
	std::memcpy(twin, area.buffer(), area.length());
	for (unsigned char *const at : {area.buffer(), twin})
		arranged(madvise(at, area.length(), MADV_MERGEABLE), "MADV_MERGEABLE");
	// What is merged is shared by two mappings, if only of one process.
	uint64_t merged = 0;
	const uint64_t due = 2 * area.length() / area.page;
	const bool all = comes(150, [&] {
		merged = number_in("/proc/self/ksm_merging_pages");
		// The count may still speak of the memory of the point before.
		return merged >= due && buffer_pages(area).exclusive == 0;
	});
	prove(all, fmt::format("KSM has merged {} of {} pages", merged, due));
	arranged(mprotect(area.buffer(), area.length(), protection()), "mprotect(PROT_MTE)");
	prove(buffer_pages(area).exclusive == 0, "mprotect() has undone the merging");
}

void migrate(Area &area)
{
	const std::vector<int> before = nodes_of(area, {});
	int other = -1;
	for (int node = 0; node < 8; ++node)
		if (node != before.front() &&
		    !sys::slurp(fmt::format("/sys/devices/system/node/node{}/meminfo", node))
			     .empty())
			other = node;
	prove(other >= 0, "this machine has one NUMA node");
	const std::vector<int> there(before.size(), other);
	nodes_of(area, there);
	const std::vector<int> after = nodes_of(area, {});
	prove(after == there, fmt::format("move_pages leaves the first page on node {} instead of "
					  "node {}",
					  after.front(), other));
}

void map_huge(Area &area)
{
	const size_t huge = huge_size();
	prove(huge != 0 && huge_setting().find("[never]") == std::string::npos,
	      "transparent huge pages are off");
	prove(huge >= area.size, "the buffer does not fit into a huge page");
	void *const at = arranged(
		mmap(nullptr, 2 * huge, protection(), MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), "mmap");
	const auto from = reinterpret_cast<uintptr_t>(at);
	area.mapped.emplace_back(static_cast<unsigned char *>(at), 2 * huge);
	area.base = reinterpret_cast<unsigned char *>((from + huge - 1) / huge * huge);
	arranged(madvise(area.base, huge, MADV_HUGEPAGE), "MADV_HUGEPAGE");
}

void be_huge(Area &area)
{
	const uint64_t is = smaps_of(area.buffer(), "AnonHugePages");
	prove(is * 1024 >= huge_size(), "smaps shows no huge page");
}

/// Its last page is the one that makes the kernel split it.
void split_huge(Area &area)
{
	be_huge(area);
	unsigned char *const last = area.base + huge_size() - area.page;
	const bool apart = advised(last, area.page, cold,
				   [&] { return smaps_of(area.buffer(), "AnonHugePages") == 0; });
	prove(apart, "smaps shows a huge page that was not split");
	prove_present(area);
}

void map_hugetlb(Area &area)
{
	const std::string memory = sys::slurp("/proc/meminfo");
	const size_t huge = sys::status_field(memory, "Hugepagesize") * 1024;
	prove(huge >= area.size, "this machine has no pages of hugetlb");
	prove(sys::status_field(memory, "HugePages_Free") > 0,
	      "no page of hugetlb is free: vm.nr_hugepages");
	void *const at = mmap(nullptr, huge, protection(),
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_POPULATE, -1, 0);
	arranged(at, mte::have_tags() ? "mmap of hugetlb with PROT_MTE (Linux 6.13)"
				      : "mmap of hugetlb");
	area.base = static_cast<unsigned char *>(at);
	area.mapped.emplace_back(area.base, huge);
}

void be_hugetlb(Area &area)
{
	const uint64_t is = smaps_of(area.buffer(), "KernelPageSize");
	prove(is * 1024 > area.page, fmt::format("smaps shows pages of {} KiB", is));
}

} // namespace tagtrap::states
