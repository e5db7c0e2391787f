// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "harness/model/observation.h"
#include "harness/model/point.h"
#include "harness/run/channel.h"
#include "harness/run/worker.h"

namespace tagtrap {

/// Bounds of the watch, in milliseconds of a machine that is as fast as when it was calibrated.
struct WatchPolicy {
	int late_ms = 700;      ///< a call that takes longer is watched
	int soon_late_ms = 250; ///< ... at a place where something has hung before
	int full_ms = 3000;     ///< how long it is watched
	int short_ms = 300;     ///< ... when the place has shown the same stack before
	int grace_ms = 5000;    ///< how long SIGKILL may take
	int setup_ms = 20000;   ///< how long the suite's own steps may take
	int stack_ms = 150;     ///< how long one look at a stack may take
	int others_ms = 400;    ///< P6: how long a second task is given
};

/// How a watch ended. `event` is what the worker said meanwhile, if it does not hang.
struct WatchEnd {
	bool hangs = false;
	Worker::Event event = Worker::Event::tick;
};

/// Nanoseconds that a fixed piece of work (system calls and copies) takes now. The best of a few.
uint64_t work_unit_ns();

/// Looks at a call that does not come back and decides that it hangs by what it does, not by the
/// clock alone: the watch is as long in work that the machine could have done, so that a busy
/// machine makes it longer. Parent only.
class Watchdog {
public:
	/// `time_scale` multiplies all bounds. Calibrates: takes some milliseconds.
	explicit Watchdog(double time_scale);

	/// A bound of the policy on this machine as it is now.
	int scaled(int milliseconds) const;

	/// When a call of this point is late.
	int late_ms(const Point &point) const;

	/// Watches the item in hand of `worker`. It hangs: `seen.hang` holds the evidence, the
	/// worker has been killed or is left behind. Else it came back meanwhile.
	WatchEnd watch(Worker &worker, Channel &channel, const Point &point, Observation &seen,
		       const std::string &directory);

	const WatchPolicy &policy() const { return policy_; }

private:
	WatchPolicy policy_;
	double time_scale_;
	uint64_t unit_ns_;
	std::map<std::string, std::set<std::string>, std::less<>> known_stacks_; ///< per place
};

/// The functions on a stack as /proc/PID/stack shows it, without offsets.
std::set<std::string> functions_of(const std::string &stack);

/// Whether two hangs are in the same kernel functions: most of what the shorter list has in common.
bool same_functions(const std::set<std::string> &known, const std::set<std::string> &seen);

} // namespace tagtrap
