// SPDX-License-Identifier: GPL-2.0-only
// Memory that is swapped out.
#include <fmt/format.h>

#include "harness/run/advised.h"
#include "harness/run/memory_states.h"
#include "harness/sys/proc.h"

namespace tagtrap::states {

namespace {

void need_swap()
{
	use_usual_swap();
	const std::string swaps = sys::slurp("/proc/swaps");
	prove(swaps.find('\n') + 1 < swaps.size(), "this machine has no swap");
}

} // namespace

void swap_out(Area &area)
{
	need_swap();
	PageCounts pages;
	const bool out = advised(area.buffer(), area.length(), pageout, [&] {
		pages = buffer_pages(area);
		return pages.swapped == pages.all;
	});
	prove(out,
	      fmt::format("pagemap shows {} of {} pages swapped out", pages.swapped, pages.all));
}

/// A page stays in the swap cache while it is written, and until something reclaims it: the call
/// would find it there, and read nothing. A load that maps it from there leaves it clean and its
/// slot in use, so that MADV_PAGEOUT the next time has nothing to write and frees the page at once
/// (shrink_folio_list()).
void swap_out_to_disk(Area &area)
{
	prove(!sys::slurp("/sys/module/zswap/parameters/enabled").starts_with('Y'),
	      "zswap is on: pages would not get to the disk");
	area.disk_swap = std::make_unique<DiskSwap>();
	const DiskSwap &disk = *area.disk_swap;
	std::string wrong;
	const bool out = advised(area.buffer(), area.length(), pageout, [&] {
		const auto resident = resident_pages(area.buffer(), area.length(), area.page);
		wrong = not_swapped(
			count_swapped(pagemap_entries(area.buffer(), area.length(), area.page),
				      resident, disk.number()),
			disk.device());
		for (size_t i = 0; i < resident.size() && !wrong.empty(); ++i)
			if (resident[i] & 1)
				static_cast<void>(*static_cast<volatile unsigned char *>(
					area.buffer() + i * area.page));
		return wrong.empty();
	});
	prove(out, wrong);
}

void swap_out_shared(Area &area)
{
	need_swap();
	uint64_t out = 0;
	const bool all = advised(area.buffer(), area.length(), pageout, [&] {
		out = smaps_of(area.buffer(), "Swap");
		return out * 1024 >= area.length();
	});
	prove(all, fmt::format("smaps shows {} KiB swapped out", out));
	prove_absent(area);
}

} // namespace tagtrap::states
