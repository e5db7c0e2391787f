// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/run/channel.h"
#include "harness/run/groups.h"
#include "harness/run/others.h"
#include "harness/run/places.h"
#include "harness/run/watchdog.h"
#include "harness/run/worker.h"

namespace tagtrap {

/// Up to block_size points of one worker kind and place, and what was seen of them. `items` are
/// plan indices. An item whose observation stays End::none was left out: its group hangs.
struct Block {
	/// A point that is not run; without a reason: its group hangs.
	struct Skip {
		size_t item;
		std::string reason;
	};

	std::vector<uint32_t> items;
	std::vector<Skip> skips;
	Channel *channel = nullptr;
	uint32_t slot = 0;

	Observation &seen(size_t index) { return channel->seen[slot][index]; }
	/// What was seen of this item; null: it is none of the block.
	Observation *find(uint32_t item)
	{
		const auto found = std::find(items.begin(), items.end(), item);
		return found == items.end() ? nullptr
					    : &seen(static_cast<size_t>(found - items.begin()));
	}
};

inline constexpr int tick_ms = 20; ///< between two looks at a worker that has nothing to say

/// Runs blocks in worker children and replaces a child that died or hangs. Two blocks may be in the
/// caller's hands: the one under way, and the one before, whose observations stay readable.
class BlockRunner {
public:
	/// `watch_s`: how long a first hang is watched.
	BlockRunner(std::span<const Point> plan, const Survey &survey, uint32_t page_size,
		    double time_scale, double watch_s, Groups &groups);
	BlockRunner(const BlockRunner &) = delete;
	BlockRunner &operator=(const BlockRunner &) = delete;
	~BlockRunner();

	/// From `deadline_ns` (sys::now_ns()) on no worker is handed any more points; 0: never.
	void stop_at(uint64_t deadline_ns) { deadline_ns_ = deadline_ns; }

	/// Hands the block to a worker of its kind.
	void start(Block &block);
	/// Between start() and finish(): takes what the worker has to say, without waiting. A call
	/// that is counted stands still until its parent has seen it.
	void attend(Block &block);
	/// Waits until every item was run, hung, died or left out.
	void finish(Block &block);

	/// The point of which a task survived SIGKILL: this machine is not as it was. Null: none
	/// did.
	const Point *spoiled() const { return spoiled_; }

	/// A point of an earlier block, what was seen of it, and what has to be added: signals
	/// that came when its worker had nothing in hand, or its death.
	struct Late {
		Worker::Last last;
		uint32_t count = 0;
		int number = 0; ///< of the last signal
		int death = 0;  ///< signal that ended the worker; 0: none

		void add_to(Observation &seen) const;
	};
	/// What came since this was asked last. Between two blocks, and at the end of the plan.
	std::vector<Late> take_late();
	/// The point was judged by this observation: what comes late is added to it.
	void judged(uint32_t item, const Observation &seen);

	/// Makes the call of a point with a good tag, between two blocks. Where that does not come
	/// back this machine is not as it was.
	GoodRun run_good(uint32_t item);
	/// A hang with this heart is confirmed.
	void know(const std::string &heart) { watchdog_.know(heart); }
	/// Told now and then while a call is watched.
	void on_watch(std::function<void(const Point &, const WatchClock &)> told)
	{
		watchdog_.on_watch = std::move(told);
	}
	/// Whether an observation breaks no rule: a call that is made over and over beside a second
	/// task is not made again behind one that does. Without it all pass that came back.
	std::function<bool(const Point &, const Observation &)> passes = {};

private:
	bool go_on(Block &block, uint32_t first);
	uint32_t in_hand(const Block &block) const;
	void stuck(Block &block, uint32_t index);
	uint32_t died(Block &block);
	bool between_items(Block &block, uint32_t index, int status);
	void hung(Block &block, uint32_t index);
	bool step(Block &block, int timeout_ms);
	bool heard(Block &block, Worker::Event event);
	void run_together(Block &block);
	uint64_t rounds_together(Block &block);
	bool passed(Block &block);
	GoodRun run_good(uint32_t slot, uint32_t index, const Point &point);
	void run_after(Block &block, uint32_t index);
	bool tick(Block &block);
	void use(const WorkerKind &kind);
	void finished(Block &block);
	void drop_worker();
	void left_behind(Block &block, uint32_t index);
	void spoil(const Point &point);
	void idle_died(Worker &worker);
	void collect(Worker &worker, bool before = false);
	void decide_blame(Block &block, uint32_t index);
	int grace_ms() const { return watchdog_.scaled(watchdog_.policy().grace_ms); }
	void run_remount(Block &block);
	void mount_again(Block &block, Observation &seen);
	std::string directory_of(const Point &point) const;

	std::span<const Point> plan_;
	const Survey &survey_;
	uint32_t page_size_;
	Groups &groups_;
	Watchdog watchdog_;
	Channel *channel_;
	std::vector<std::unique_ptr<Worker>> workers_; ///< one per kind that was needed
	Worker *worker_ = nullptr;                     ///< the one that has the block in hand
	uint32_t slot_ = 0;
	bool under_way_ = false; ///< the worker has items of the block in hand
	uint32_t first_ = 0;     ///< items [first_, ordered_) of the block were handed over
	uint32_t ordered_ = 0;
	uint64_t heartbeat_ = 0;         ///< as last seen ...
	WatchClock quiet_;               ///< ... and how long ago
	uint64_t ticked_ns_ = 0;         ///< when quiet_ was looked at last
	std::unique_ptr<Others> others_; ///< beside the block in hand, if it wants them
	const Point *spoiled_ = nullptr;
	uint64_t deadline_ns_ = 0;
	std::vector<Late> late_;
	/// An item before whose call its worker died of a signal, and which is tried once more: the
	/// signal is blamed on the point before it where the second try comes further.
	std::optional<uint32_t> tried_again_ = std::nullopt;
	std::optional<Late> blamed_ = std::nullopt; ///< that point, if it is of an earlier block
	std::optional<uint32_t> marked_ = std::nullopt; ///< that point, if it is of this one
};

} // namespace tagtrap
