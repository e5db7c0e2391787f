// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>

#include "harness/model/observation.h"

namespace tagtrap {

inline constexpr double default_watch_s = 60; ///< --watch

/// How long a call is watched that does not come back, in nanoseconds of a machine that runs as
/// fast as when it was calibrated.
struct WatchLengths {
	uint64_t first_ns; ///< the first hang of a heart
	uint64_t later_ns; ///< every later one with that heart; nothing is watched for less

	[[nodiscard]] uint64_t wanted(bool heart_known) const
	{
		return heart_known ? later_ns : first_ns;
	}
};

/// 60 s, or what was asked for; 5 s for a heart that is known, or less where less was asked for.
WatchLengths watch_lengths(double seconds, double time_scale);

/// One look at a call.
struct Look {
	uint64_t asked_ns;         ///< how long it should take at most
	uint64_t took_ns;          ///< how long it took
	double share = 1.0;        ///< of the processor that this machine had meanwhile, 0 to 1
	bool disk_at_work = false; ///< the call waits for a disk that has something to do
};

/// The clock of a watch: wall time times the share of the processor. A look that took more than
/// twice what was asked for counts as no more than that: the machine stood still, and the call
/// with it. Time that a disk takes is not counted. Pure.
class WatchClock {
public:
	void look(const Look &look);

	[[nodiscard]] uint64_t counted_ns() const { return static_cast<uint64_t>(counted_); }
	[[nodiscard]] uint64_t wall_ns() const { return wall_ns_; }
	/// Of the processor, over all looks, in percent: at least 1.
	[[nodiscard]] uint64_t share_percent() const;

	/// Whether a watch that wants `wanted_ns` is given up: the call waited four times as long
	/// for its disk, and 100 s, or in 300 s and more the machine did less than a twentieth of
	/// what it can.
	[[nodiscard]] Doubt doubt(uint64_t wanted_ns) const;

private:
	double counted_ = 0; ///< nanoseconds
	double disk_ = 0;    ///< ... that the disk took
	double worked_ = 0;  ///< wall time times share, of all looks
	uint64_t wall_ns_ = 0;
};

} // namespace tagtrap
