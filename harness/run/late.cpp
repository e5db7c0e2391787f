// SPDX-License-Identifier: GPL-2.0-only
// Signals that come when no call is under way: whose they are.
#include <sys/wait.h>
#include <utility>

#include "harness/run/block.h"
#include "harness/run/stage.h"

namespace tagtrap {

namespace {

/// The call was entered.
bool was_entered(const Observation &seen)
{
	return seen.phase != Phase::waiting && seen.phase != Phase::arming;
}

} // namespace

void BlockRunner::Late::add_to(Observation &seen) const
{
	if (count != 0 && seen.late_count == 0)
		seen.late.number = number;
	seen.late_count += count;
	if (death != 0)
		seen.late_death = death;
}

/// A worker died while it had nothing in hand. What a sub-page fault may raise is due to its last
/// point; anything else is nobody's fault.
void BlockRunner::idle_died(Worker &worker)
{
	if (worker.reap() && worker.last && is_forced_death(worker.status()))
		late_.push_back({.last = *worker.last, .death = WTERMSIG(worker.status())});
}

/// Signals that came to the last point of this worker. `before`: of the order before the one that
/// is done.
void BlockRunner::collect(Worker &worker, bool before)
{
	int number = 0;
	const uint32_t strays = worker.take_strays(number, before);
	if (strays != 0 && worker.last)
		late_.push_back({.last = *worker.last, .count = strays, .number = number});
}

std::vector<BlockRunner::Late> BlockRunner::take_late()
{
	std::erase_if(workers_, [this](const auto &worker) {
		collect(*worker);
		idle_died(*worker);
		const bool gone = worker->reap();
		if (gone && worker.get() == worker_)
			worker_ = nullptr;
		return gone;
	});
	return std::exchange(late_, {});
}

void BlockRunner::judged(uint32_t item, const Observation &seen)
{
	for (auto &worker : workers_)
		if (worker->last && worker->last->item == item)
			worker->last->seen = seen;
	for (auto &late : late_)
		if (late.last.item == item)
			late.last.seen = seen;
	if (blamed_ && blamed_->last.item == item)
		blamed_->last.seen = seen;
}

/// The item `index` is over. If it, or the one before it, was tried a second time: that came
/// further than the first try, and the signal was that of the point before; or it did not, and the
/// suite's own code is at fault.
void BlockRunner::decide_blame(Block &block, uint32_t index)
{
	const bool further = tried_again_ != index || was_entered(block.seen(index));
	if (further && blamed_)
		late_.push_back(*blamed_);
	if (!further && marked_)
		block.seen(*marked_).late_death = 0;
	blamed_.reset();
	marked_.reset();
}

/// The order is done: what comes from now on belongs to its last point.
void BlockRunner::finished(Block &block)
{
	const uint32_t index = ordered_ - 1;
	collect(*worker_, true);
	worker_->last = {block.items[index], block.seen(index)};
	decide_blame(block, index);
}

/// The worker died of what a sub-page fault may raise before it entered the call of this item.
/// Either the signal is due to the point before, and a second try comes further, or the suite's own
/// code is at fault, and it does not. True: try again.
bool BlockRunner::between_items(Block &block, uint32_t index, int status)
{
	if (was_entered(block.seen(index)) || !is_forced_death(status) || tried_again_ == index ||
	    (index == first_ && !worker_->last))
		return false;
	decide_blame(block, index); // of an item before
	tried_again_ = index;
	if (index == first_) {
		blamed_ = {.last = *worker_->last, .death = WTERMSIG(status)};
	} else {
		marked_ = index - 1;
		block.seen(*marked_).late_death = WTERMSIG(status);
	}
	return true;
}

} // namespace tagtrap
