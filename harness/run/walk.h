// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/run/afters.h"
#include "harness/run/blame.h"
#include "harness/run/block.h"
#include "harness/run/facts.h"
#include "harness/run/filling.h"
#include "harness/run/groups.h"
#include "harness/run/journal.h"
#include "harness/run/kernel_log.h"
#include "harness/run/probe.h"
#include "harness/run/skips.h"

namespace tagtrap {

/// What a walk through the plan works with; all of it outlives the walk.
struct WalkGround {
	const SessionSetup &setup;
	const Earlier &before; ///< what earlier machines have done
	JournalWriter &journal;
	const KernelFacts &facts;
	const Course &course;
	const Abilities &abilities;
	const Terms &terms;
	KernelLog &log;
	FaultProbe *probe = nullptr; ///< where the kernel faults, if that is asked for
};

/// Walks the plan: plans blocks, hands them to the runner, judges and writes what comes back.
/// Calibrates the watch when it is made: that has to happen on the machine as it is then.
class Walk {
public:
	explicit Walk(const WalkGround &ground)
		: setup_(ground.setup), before_(ground.before), journal_(ground.journal),
		  facts_(ground.facts), course_(ground.course), plan_(ground.course.points),
		  terms_(ground.terms), log_(ground.log), probe_(ground.probe),
		  groups_(ground.setup.every_point, ground.before.closed),
		  runner_(plan_, ground.abilities.survey, ground.facts.page_size,
			  ground.setup.time_scale, ground.setup.watch_s, groups_),
		  filling_(ground.setup, ground.before, plan_, ground.abilities, groups_,
			   ground.terms)
	{
		runner_.stop_at(before_.deadline_ns);
		arrange_watches(runner_, before_, journal_, terms_);
	}

	/// Goes on until the plan is done, the machine is not as it was, or a signal says stop.
	void run();

	/// What was done so far, for the `finish` event; the caller adds the time.
	Finished finished() const;

private:
	/// A block that has been run and waits for its verdicts.
	struct Ready {
		Block block;
		Complaint complaint = {};
	};

	void skip_excluded();
	size_t planned() const;
	void write_late(Ready *unjudged);
	std::string out_of_time_now() const;
	std::string all_left_out() const;
	void skip_pending();
	void take_apart(Ready &ready);
	Json ids_of(const std::vector<uint32_t> &items) const;
	void begin(Block &block);
	void finish_block(Ready &ready);
	bool lost() const;
	std::vector<uint32_t> judge_block(Ready &ready, Block *next);
	void write_end(uint32_t item, const Observation &seen, bool again = false);
	void leave_out(uint32_t item);
	void write_skip(const Point &point, uint32_t index, const std::string &reason);
	void put(EndRecord end, bool again = false);

	const SessionSetup &setup_;
	const Earlier &before_;
	JournalWriter &journal_;
	const KernelFacts &facts_;
	const Course &course_;
	const std::vector<Point> &plan_;
	const Terms &terms_;
	KernelLog &log_;
	FaultProbe *const probe_;
	Groups groups_;
	BlockRunner runner_;
	Filling filling_;
	std::map<std::string, size_t, std::less<>> totals_;
	size_t done_ = 0;
	std::vector<uint32_t> suspects_; ///< points to be run again because of a complaint
};

} // namespace tagtrap
