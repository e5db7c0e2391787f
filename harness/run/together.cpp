// SPDX-License-Identifier: GPL-2.0-only
// P6 while nothing hangs: a second task works on the mount, and the call is made over and over.
#include <algorithm>
#include <utility>

#include "harness/model/case.h"
#include "harness/model/judge_parts.h"
#include "harness/run/block.h"
#include "harness/sys/proc.h"

namespace tagtrap {

bool BlockRunner::passed(Block &block)
{
	const Observation &seen = block.seen(0);
	return seen.end == End::returned && (!passes || passes(plan_[block.items[0]], seen));
}

/// Makes the call for as long as a second task is given, or until one fails. Rounds of that task.
uint64_t BlockRunner::rounds_together(Block &block)
{
	const uint64_t wanted_ns =
		1'000'000ull *
		static_cast<unsigned>(watchdog_.scaled(watchdog_.policy().others_ms));
	const uint64_t from = others_->rounds();
	WatchClock clock;
	uint64_t before = sys::now_ns();
	while (clock.counted_ns() < wanted_ns && go_on(block, 0)) {
		while (step(block, tick_ms))
			continue;
		if (others_ == nullptr || !passed(block))
			break;
		const uint64_t now = sys::now_ns();
		clock.look({1'000'000ull * tick_ms, now - std::exchange(before, now)});
	}
	return others_ == nullptr ? 0 : others_->rounds() - from;
}

void BlockRunner::run_together(Block &block)
{
	others_ = std::make_unique<Others>(directory_of(plan_[block.items[0]]));
	const uint64_t alone = watchdog_.rounds(*others_);
	Observation &seen = block.seen(0);
	uint64_t progress = 0;
	for (int tries = 0; tries < 2; tries++) { // once is chance
		progress = std::max(progress, rounds_together(block));
		if (others_ == nullptr || !passed(block))
			break;
		seen.hang.others_measured = true;
		seen.hang.others_progress = progress;
		seen.hang.others_baseline = static_cast<int64_t>(alone);
		if (!judging::others_starved(seen.hang))
			break;
	}
	others_.reset();
}

} // namespace tagtrap
