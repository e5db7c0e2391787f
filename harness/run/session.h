// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/model/contract.h"
#include "harness/model/plan.h"
#include "harness/model/ranges.h"
#include "harness/model/record.h"
#include "harness/run/watch_clock.h"

namespace tagtrap {

/// Why places could not be mounted: place -> what PID 1 of our VM was told.
using Unmounted = std::map<std::string, std::string, std::less<>>;

/// What earlier machines of the same run have done.
struct Earlier {
	Ranges finished = {};                           ///< places in the plan that have an `end`
	std::set<std::string, std::less<>> alone = {};  ///< ids that need a `begin` of their own
	std::set<std::string, std::less<>> closed = {}; ///< groups that are closed already
	std::set<std::string, std::less<>> hearts = {}; ///< of hangs that are confirmed
	/// Points that hung on that machine and wait for their good-tag run: id -> heart.
	std::map<std::string, std::string> after = {};
	bool restored = false;    ///< this machine is a copy of an earlier one
	uint64_t deadline_ns = 0; ///< when the run's time is over (sys::now_ns()); 0: never
};

/// All that decides a session. Plain data; from the command line, or from the host's request.
struct SessionSetup {
	PlanRequest request;
	std::optional<Contract> contract = std::nullopt; ///< none: the canary decides
	SignalPin pin = SignalPin::any;
	double time_scale = 1.0;
	double watch_s = default_watch_s; ///< how long the first hang of a heart is watched
	bool every_point = false;
	bool allow_hangs = false;
	bool probe = false;            ///< note where the kernel faults (probe.h)
	bool our_vm = false;           ///< mounts, devices and the whole machine are ours to lose
	bool durable = false;          ///< a `begin` is on the disk before the kernel is entered
	std::string work = ".";        ///< where files may be made
	Unmounted unmounted = {};      ///< in our VM
	std::string journal;           ///< path of the journal
	Json machine = Json::object(); ///< what the host knows of the machine, for the `run` event
	std::optional<std::chrono::seconds> max_time = std::nullopt; ///< --max-time: by_value()
	std::vector<Json> preface = {}; ///< events that the journal begins with
	/// Called when nothing is left to do before the first point; may take as long as it likes,
	/// and return in another machine than it was called in. Null: nothing was done before.
	std::function<Earlier()> prepared = {};
	/// Called for every point that is judged; for progress.
	std::function<void(const EndRecord &, size_t done, size_t planned)> on_end = {};
};

/// Runs the plan and writes the journal. Returns 0, or the status of a machine whose preflight or
/// canary failed (3, 77). Throws std::system_error for plumbing, std::invalid_argument for specs.
int run_session(const SessionSetup &setup);

} // namespace tagtrap
