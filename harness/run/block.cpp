// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/block.h"

#include <algorithm>
#include <sys/mman.h>
#include <utility>

#include "fixtures/pattern.h"
#include "harness/model/case.h"
#include "harness/sys/must.h"
#include "harness/sys/proc.h"

namespace tagtrap {

BlockRunner::BlockRunner(std::span<const Point> plan, const Survey &survey, uint32_t page_size,
			 double time_scale, double watch_s, Groups &groups)
	: plan_(plan), survey_(survey), page_size_(page_size), groups_(groups),
	  watchdog_(time_scale, watch_s)
{
	void *const shared = mmap(nullptr, sizeof(Channel), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	channel_ = new (sys::must(shared, "memory shared with the worker")) Channel;
	pattern(Content::fresh); // worked out once, not in every child
}

BlockRunner::~BlockRunner()
{
	workers_.clear();
	munmap(channel_, sizeof(Channel));
}

std::string BlockRunner::directory_of(const Point &point) const
{
	const auto found = survey_.directories.find(point.place->name);
	return found == survey_.directories.end() ? "" : found->second;
}

void BlockRunner::start(Block &block)
{
	slot_ = 1 - slot_;
	tried_again_.reset();
	marked_.reset();
	block.slot = slot_;
	block.channel = channel_;
	for (size_t i = 0; i < block.items.size(); ++i) {
		channel_->items[slot_][i] = block.items[i];
		block.seen(i) = {};
	}
	// A remount is no call, and a second task has to be there first: both in finish().
	const Shape &shape = plan_[block.items[0]].call->shape;
	under_way_ = !shape.remount && !shape.together && go_on(block, 0);
}

/// Makes the worker of `kind` the one in use. Others stay for later: a fork costs as much as many
/// points.
void BlockRunner::use(const WorkerKind &kind)
{
	const auto found = std::ranges::find_if(
		workers_, [&](const auto &worker) { return worker->kind() == kind; });
	if (found != workers_.end()) {
		worker_ = found->get();
		return;
	}
	workers_.push_back(
		std::make_unique<Worker>(kind, plan_, survey_.directories, page_size_, *channel_));
	worker_ = workers_.back().get();
}

void BlockRunner::drop_worker()
{
	collect(*worker_);
	std::erase_if(workers_, [this](const auto &worker) { return worker.get() == worker_; });
	worker_ = nullptr;
}

/// Hands items from `first` on to a worker of the right kind, up to the first whose group hangs.
/// False: there is none left.
bool BlockRunner::go_on(Block &block, uint32_t first)
{
	const auto count = static_cast<uint32_t>(block.items.size());
	const auto closed = [&](uint32_t index) {
		const Point &point = plan_[block.items[index]];
		return groups_.closed(group(point), position_of(point));
	};
	while (first < count && closed(first))
		++first;
	const bool late = deadline_ns_ != 0 && sys::now_ns() >= deadline_ns_;
	if (first >= count || spoiled_ || late)
		return false;
	const WorkerKind kind = kind_for(plan_[block.items[0]]);
	first_ = first;
	ordered_ = first + 1;
	while (ordered_ < count && !closed(ordered_))
		++ordered_;
	channel_->current = first;
	channel_->entered_ns = 0; // of a worker that died in its call
	quiet_ = {};
	ticked_ns_ = sys::now_ns();
	use(kind);
	while (!worker_->order({block.slot, first, ordered_})) {
		(void)worker_->kill_within(grace_ms()); // its pipe is closed: it is about to end
		idle_died(*worker_);
		drop_worker();
		use(kind);
	}
	return true;
}

/// The item that the worker has in hand, or had when it died.
uint32_t BlockRunner::in_hand(const Block &block) const
{
	return std::min<uint32_t>(channel_->current, static_cast<uint32_t>(block.items.size()) - 1);
}

/// Nothing was heard for a while. False: nothing is left to do.
bool BlockRunner::tick(Block &block)
{
	const uint64_t now = sys::now_ns();
	// Time in which this process did not run either was nobody's.
	quiet_.look({1'000'000ull * tick_ms, now - std::exchange(ticked_ns_, now)});
	if (channel_->heartbeat != heartbeat_) {
		heartbeat_ = channel_->heartbeat;
		quiet_ = {};
		return true;
	}
	const auto late = static_cast<int>(quiet_.counted_ns() / 1'000'000);
	const uint32_t index = in_hand(block);
	const Point &point = plan_[block.items[index]];
	if (channel_->entered_ns == 0) {
		if (late <= watchdog_.scaled(watchdog_.policy().setup_ms))
			return true;
		stuck(block, index);
		return go_on(block, index + 1);
	}
	if (late <= watchdog_.scaled(watchdog_.policy().late_ms))
		return true;
	const WatchEnd end =
		watchdog_.watch(*worker_, *channel_, point, block.seen(index), directory_of(point));
	if (end.hangs) {
		hung(block, index);
		return go_on(block, index + 1);
	}
	return heard(block, end.event);
}

/// What the worker said. False: nothing is left to do.
bool BlockRunner::heard(Block &block, Worker::Event event)
{
	switch (event) {
	case Worker::Event::tick:
		return true;
	case Worker::Event::died:
		return go_on(block, died(block));
	case Worker::Event::finished:
		finished(block);
		return go_on(block, ordered_);
	}
	return false;
}

void BlockRunner::attend(Block &block)
{
	if (under_way_ && worker_ != nullptr && worker_->kind().counting())
		under_way_ = step(block, 0);
}

bool BlockRunner::step(Block &block, int timeout_ms)
{
	const Worker::Event event = worker_->wait(timeout_ms, *channel_);
	return event == Worker::Event::tick ? tick(block) : heard(block, event);
}

void BlockRunner::run_remount(Block &block)
{
	Observation &seen = block.seen(0);
	seen.length = seen.full = 1;
	seen.result = seen.submit_result = seen.arrived = 1;
	seen.end = End::returned;
	seen.phase = Phase::done;
	const uint64_t began = sys::now_ns();
	mount_again(block, seen);
	seen.elapsed_ns = sys::now_ns() - began;
}

void BlockRunner::finish(Block &block)
{
	const Shape &shape = plan_[block.items[0]].call->shape;
	if (shape.remount)
		run_remount(block);
	else if (shape.together)
		run_together(block);
	else
		while (under_way_)
			under_way_ = step(block, tick_ms);
}

} // namespace tagtrap
