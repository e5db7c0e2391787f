// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/disk_swap.h"

#include <sys/swap.h>

#include "fixtures/swap_disk.h"
#include "harness/run/memory_states.h"
#include "harness/run/page_proof.h"
#include "harness/sys/proc.h"
#include "harness/sys/unreached.h"

namespace tagtrap::states {

namespace {

bool is_on(const std::string &device)
{
	return swap_number(sys::slurp("/proc/swaps"), device).has_value();
}

} // namespace

DiskSwap::DiskSwap()
{
	const auto named = swap_areas(sys::slurp(swap_disk_file));
	prove(!named.empty(), "this machine has no disk that the suite may swap to");
	device_ = named.front();
	try {
		for (const auto &area : swap_areas(sys::slurp("/proc/swaps")))
			if (area != device_)
				sys::arranged(swapoff(area.c_str()), "swapoff of " + area);
		if (!is_on(device_))
			sys::arranged(swapon(device_.c_str(), 0), "swapon of " + device_);
	} catch (...) {
		use_usual_swap();
		throw;
	}
}

DiskSwap::~DiskSwap()
{
	use_usual_swap();
}

unsigned DiskSwap::number() const
{
	const auto found = swap_number(sys::slurp("/proc/swaps"), device_);
	prove(found.has_value(), "/proc/swaps does not show " + device_);
	return *found;
}

void use_usual_swap()
{
	auto named = swap_areas(sys::slurp(swap_disk_file));
	if (named.empty())
		return;
	if (is_on(named.front()))
		swapoff(named.front().c_str());
	named.erase(named.begin());
	for (const auto &area : named)
		if (!is_on(area))
			swapon(area.c_str(), 0);
}

} // namespace tagtrap::states
