// SPDX-License-Identifier: GPL-2.0-only
// A call that does not come back is a hang where the same call with a good tag does: the run
// afterwards, on a fresh object, by a worker of its own.
#include <utility>

#include "harness/model/case.h"
#include "harness/model/evidence.h"
#include "harness/run/block.h"
#include "harness/sys/proc.h"

namespace tagtrap {

/// Has a worker make the call of this item with a good tag. No end: the worker is gone, or left
/// behind.
GoodRun BlockRunner::run_good(uint32_t slot, uint32_t index, const Point &point)
{
	use(kind_for(point));
	channel_->good = {};
	channel_->entered_ns = 0;
	if (!worker_->order({.slot = slot, .first = index, .last = index + 1, .good = true})) {
		drop_worker();
		return {.made = Made::failed};
	}
	const uint64_t limit_ns =
		1'000'000ull * static_cast<unsigned>(watchdog_.scaled(watchdog_.policy().setup_ms));
	WatchClock clock;
	uint64_t before = sys::now_ns();
	auto event = Worker::Event::tick;
	while (event == Worker::Event::tick && clock.counted_ns() < limit_ns) {
		event = worker_->wait(tick_ms, *channel_);
		const uint64_t now = sys::now_ns();
		clock.look({1'000'000ull * tick_ms, now - std::exchange(before, now)});
	}
	if (event == Worker::Event::finished)
		return channel_->good;
	const bool gone = worker_->kill_within(grace_ms());
	const GoodRun seen = channel_->good;
	drop_worker();
	if (!gone)
		spoil(point);
	if (event == Worker::Event::died)
		return {.made = Made::failed};
	// It may not even get as far as the call: preparing it needs the same locks.
	return {.made = Made::no_end, .result = seen.result, .elapsed_ns = clock.counted_ns()};
}

GoodRun BlockRunner::run_good(uint32_t item)
{
	slot_ = 1 - slot_;
	channel_->items[slot_][0] = item;
	const GoodRun run = run_good(slot_, 0, plan_[item]);
	if (run.made == Made::no_end)
		spoil(plan_[item]);
	return run;
}

/// Of an item that does not come back. Where a task is left, or holds what the call needs, only
/// another machine can tell.
void BlockRunner::run_after(Block &block, uint32_t index)
{
	Observation &seen = block.seen(index);
	const Point &point = plan_[block.items[index]];
	const Made elsewhere = survey_.may_remount ? Made::wanted : Made::impossible;
	if ((point.stand == Stand::good && point.memory == Memory::plain) ||
	    seen.hang.doubt != Doubt::none)
		return;
	if (spoiled_ != nullptr) {
		seen.after = {.made = elsewhere};
		return;
	}
	seen.after = run_good(block.slot, index, point);
	if (seen.after.made == Made::no_end) {
		seen.after.made = elsewhere;
		if (survey_.may_remount)
			spoil(point);
	}
	if (seen.after.made == Made::ended && seen.before.made == Made::ended)
		know(std::string(readable(seen.hang.heart)));
}

} // namespace tagtrap
