// SPDX-License-Identifier: GPL-2.0-only
// Items that end without coming back: their worker died, hangs, or is stuck.
#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <sys/wait.h>

#include "harness/run/block.h"
#include "harness/run/stage.h"

namespace tagtrap {

/// A task of this item survived SIGKILL.
void BlockRunner::left_behind(Block &block, uint32_t index)
{
	block.seen(index).left_behind = true;
	spoil(plan_[block.items[index]]);
}

/// This machine is not as it was.
void BlockRunner::spoil(const Point &point)
{
	if (spoiled_ == nullptr)
		spoiled_ = &point;
}

/// Returns the item to go on with.
uint32_t BlockRunner::died(Block &block)
{
	const uint32_t index = in_hand(block);
	Observation &seen = block.seen(index);
	const int status = worker_->status();
	if (!worker_->kill_within(grace_ms())) // what it made may outlive it
		left_behind(block, index);
	uint32_t next = index + 1;
	if (seen.end != End::none)
		seen.late_death = is_forced_death(status) ? WTERMSIG(status) : 0;
	else if (between_items(block, index, status))
		next = index;
	else
		note_death(seen, status);
	if (next != index)
		decide_blame(block, index);
	drop_worker();
	return next;
}

void BlockRunner::hung(Block &block, uint32_t index)
{
	Observation &seen = block.seen(index);
	const Point &point = plan_[block.items[index]];
	decide_blame(block, index);
	if (seen.hang.doubt == Doubt::none)
		groups_.hung(group(point), position_of(point), seen.hang.killable);
	if (!seen.hang.killable)
		left_behind(block, index);
	drop_worker();
	if (others_ != nullptr) { // its files are open there
		seen.hang.others_progress =
			seen.hang.others_measured
				? std::min(seen.hang.others_progress, others_->rounds())
				: others_->rounds();
		others_.reset();
	}
	run_after(block, index);
	mount_again(block, seen);
}

/// P5 after a hang, where the mounts are ours: the place can be unmounted and mounted again.
void BlockRunner::mount_again(Block &block, Observation &seen)
{
	const std::string directory = directory_of(plan_[block.items[0]]);
	if (!survey_.may_remount || directory.empty() || spoiled_)
		return;
	for (auto &worker : workers_) {
		collect(*worker);
		idle_died(*worker);
	}
	workers_.clear(); // they have files open there
	worker_ = nullptr;
	const WatchPolicy &bounds = watchdog_.policy();
	const int64_t result = remount(directory, {.patience_ms = watchdog_.scaled(bounds.grace_ms),
						   .limit_ms = watchdog_.scaled(bounds.setup_ms)});
	if (result == -ETIMEDOUT || result == -EINPROGRESS) // the place hangs what comes next there
		spoil(plan_[block.items[0]]);
	if (result == -EINPROGRESS) { // the disk's doing, not the call's
		if (plan_[block.items[0]].call->shape.remount)
			fail_setup(seen, EINPROGRESS, "the disk was still at work");
		return;
	}
	seen.repeated = true;
	seen.repeat_data_right = result == 0;
	seen.repeat_result = result == 0 ? static_cast<int64_t>(seen.full) : result;
}

/// The suite's own work does not come back: before the call, or after it (P5's repeat). Killed
/// first, judged then: until it is dead the child writes.
void BlockRunner::stuck(Block &block, uint32_t index)
{
	const bool gone = worker_->kill_within(grace_ms());
	decide_blame(block, index);
	drop_worker();
	Observation &seen = block.seen(index);
	const Point &point = plan_[block.items[index]];
	if (!gone)
		left_behind(block, index);
	if (seen.end != End::none) // it came back after all
		return;
	if (seen.phase == Phase::checking) {
		seen.end = End::returned;
		seen.repeated = true;
		seen.repeat_result = -ETIMEDOUT;
		groups_.hung(group(point), position_of(point), gone);
	} else if (seen.before.made == Made::no_end) {
		fail_setup(seen, ETIMEDOUT,
			   "the same call with a good tag, right before it, does not come back");
	} else {
		fail_setup(seen, ETIMEDOUT,
			   fmt::format("preparing the call does not come back{}{}",
				       index == 0 ? "" : ", behind ",
				       index == 0 ? "" : id(plan_[block.items[index - 1]])));
	}
}

} // namespace tagtrap
