// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "harness/model/observation.h"
#include "harness/model/point.h"
#include "harness/run/channel.h"
#include "harness/run/watch_clock.h"
#include "harness/run/worker.h"

namespace tagtrap {

class Metronome;
class Others;

/// Bounds of the watch besides its length, in milliseconds.
struct WatchPolicy {
	int late_ms = 500;    ///< a call that takes longer is watched
	int grace_ms = 5000;  ///< how long SIGKILL may take
	int setup_ms = 20000; ///< how long the suite's own steps, and good-tag runs, may take
	int stack_ms = 150;   ///< how long one look at a stack may take
	int others_ms = 400;  ///< P6: how long a second task is given
	int sign_ms = 30000;  ///< between two signs of life of a watch
};

/// How a watch ended. `event` is what the worker said meanwhile, if it does not hang.
struct WatchEnd {
	bool hangs = false;
	Worker::Event event = Worker::Event::tick;
};

/// Looks at a call that does not come back, and says what it does. How long it is watched is the
/// work that the machine could have done meanwhile, not the time: see WatchClock. Parent only.
class Watchdog {
public:
	/// `time_scale` multiplies all bounds, `watch_s` too. Calibrates: takes some milliseconds.
	explicit Watchdog(double time_scale, double watch_s = default_watch_s);

	/// A bound of the policy on this machine.
	int scaled(int milliseconds) const;

	/// Watches the item in hand of `worker`. It hangs: `seen.hang` holds the evidence, the
	/// worker has been killed or is left behind. Else it came back meanwhile.
	WatchEnd watch(Worker &worker, Channel &channel, const Point &point, Observation &seen,
		       const std::string &directory);

	/// A hang with this heart is confirmed: others that have it are watched for less.
	void know(const std::string &heart);

	/// P6: rounds that a second task makes in the time that it is given.
	/// none: the disk took the time.
	std::optional<uint64_t> rounds_if_told(const Others &others) const;
	uint64_t rounds(const Others &others) const { return rounds_if_told(others).value_or(0); }

	const WatchPolicy &policy() const { return policy_; }

	/// Told now and then while a call is watched.
	std::function<void(const Point &point, const WatchClock &clock)> on_watch = {};

private:
	void measure_others(Hang &hang, const std::string &directory);

	WatchPolicy policy_;
	double time_scale_;
	WatchLengths lengths_;
	uint64_t beat_ns_;
	std::set<std::string, std::less<>> hearts_;   ///< of confirmed hangs
	std::set<std::string, std::less<>> measured_; ///< directories of P6
};

} // namespace tagtrap
