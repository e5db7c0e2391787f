// SPDX-License-Identifier: GPL-2.0-only
// Signals that come when no call is under way: whose they are.
#include <sys/wait.h>
#include <utility>

#include "harness/run/block.h"
#include "harness/run/stage.h"

namespace tagtrap {

/// A worker died while it had nothing in hand. What a sub-page fault may raise is due to its last
/// point; anything else is nobody's fault.
void BlockRunner::idle_died(Worker &worker)
{
	if (!worker.reap() || !worker.last || !is_forced_death(worker.status()))
		return;
	late_.push_back(*worker.last);
	late_.back().seen.late_death = WTERMSIG(worker.status());
}

std::vector<BlockRunner::Late> BlockRunner::take_late()
{
	std::erase_if(workers_, [this](const auto &worker) {
		int number = 0;
		const uint32_t strays = worker->take_strays(number);
		if (strays != 0 && worker->last) {
			late_.push_back(*worker->last);
			late_.back().seen.late_count += strays;
			late_.back().seen.late.number = number;
		}
		idle_died(*worker);
		const bool gone = worker->reap();
		if (gone && worker.get() == worker_)
			worker_ = nullptr;
		return gone;
	});
	return std::exchange(late_, {});
}

/// The order is done: what comes from now on belongs to its last point.
void BlockRunner::finished(Block &block)
{
	const uint32_t index = ordered_ - 1;
	worker_->last = {block.items[index], block.seen(index)};
	if (blamed_)
		late_.push_back(*std::exchange(blamed_, std::nullopt));
}

/// The worker died of what a sub-page fault may raise before it entered the call of this item.
/// Either the signal is due to the point before, and a second try comes further, or the suite's own
/// code is at fault, and it does not. True: try again.
bool BlockRunner::between_items(Block &block, uint32_t index, int status)
{
	const Phase phase = block.seen(index).phase;
	if ((phase != Phase::waiting && phase != Phase::arming) || !is_forced_death(status))
		return false;
	const bool first = index == first_;
	if (tried_again_ == index) {
		blamed_.reset();
		if (!first)
			block.seen(index - 1).late_death = 0;
		return false;
	}
	if (first && !worker_->last)
		return false;
	tried_again_ = index;
	if (first) {
		blamed_ = worker_->last;
		blamed_->seen.late_death = WTERMSIG(status);
	} else {
		block.seen(index - 1).late_death = WTERMSIG(status);
	}
	return true;
}

} // namespace tagtrap
