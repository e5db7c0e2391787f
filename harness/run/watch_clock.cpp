// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/watch_clock.h"

#include <algorithm>
#include <cmath>

namespace tagtrap {

namespace {

constexpr double later_s = 5;
constexpr uint64_t disk_patience = 4;   ///< times what is wanted
constexpr uint64_t slowest_factor = 20; ///< the same
/// No watch is given up before: a machine that has a tenth of its time beside others gets there,
/// and so does a log that is written to a disk with a few kB/s.
constexpr uint64_t least_patience_ns = 300'000'000'000, least_disk_ns = 100'000'000'000;

} // namespace

WatchLengths watch_lengths(double seconds, double time_scale)
{
	const auto nanoseconds = [time_scale](double value) {
		return static_cast<uint64_t>(value * time_scale * 1e9);
	};
	return {nanoseconds(seconds), nanoseconds(std::min(seconds, later_s))};
}

void WatchClock::look(const Look &look)
{
	const double share = std::clamp(look.share, 0.0, 1.0);
	const bool stood_still = look.took_ns > 2 * look.asked_ns;
	// The share tells of a standstill, too: one of the two bounds is enough.
	const double worked = static_cast<double>(look.took_ns) * share;
	const double counted =
		stood_still ? std::min(worked, static_cast<double>(look.asked_ns)) : worked;
	(look.disk_at_work ? disk_ : counted_) += counted;
	worked_ += worked;
	wall_ns_ += look.took_ns;
}

uint64_t WatchClock::share_percent() const
{
	const double share = wall_ns_ == 0 ? 1 : worked_ / static_cast<double>(wall_ns_);
	return std::max<uint64_t>(static_cast<uint64_t>(std::llround(100 * share)), 1);
}

Doubt WatchClock::doubt(uint64_t wanted_ns) const
{
	if (disk_ >= static_cast<double>(std::max(disk_patience * wanted_ns, least_disk_ns)))
		return Doubt::disk;
	return wall_ns_ >= std::max(slowest_factor * wanted_ns, least_patience_ns)
		       ? Doubt::standstill
		       : Doubt::none;
}

} // namespace tagtrap
