// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <optional>
#include <span>
#include <sys/types.h>
#include <vector>

#include "harness/model/point.h"
#include "harness/run/bench.h"
#include "harness/run/channel.h"
#include "harness/sys/owned.h"

namespace tagtrap {

/// What a worker child has to be for a point: children are not shared between kinds.
struct WorkerKind {
	/// io_uring's threads keep the tag check mode they were made with: one child per mode.
	std::optional<TagCheckMode> ring_mode = std::nullopt;

	/// Entries into calls can be counted by seccomp: those of io_uring say nothing.
	bool counting() const { return !ring_mode; }

	bool operator==(const WorkerKind &) const = default;
};

WorkerKind kind_for(const Point &point);

/// The worker child as its parent sees it. The parent replaces it when it died or hangs.
class Worker {
public:
	/// Forks. The child knows `plan` from before the fork and runs until order() stops coming.
	/// Throws std::system_error.
	Worker(const WorkerKind &kind, std::span<const Point> plan, const Directories &directories,
	       uint32_t page_size, Channel &channel);
	Worker(const Worker &) = delete;
	Worker &operator=(const Worker &) = delete;
	/// Ends the child and all that it made, as kill_within(); after that was tried, at once.
	~Worker();

	const WorkerKind &kind() const { return kind_; }
	pid_t pid() const { return pid_; }

	/// Hands over items [first, last) of a slot. False: the child is gone, nothing is in hand.
	[[nodiscard]] bool order(const Order &order);

	enum class Event : uint8_t { finished, died, tick };
	/// Waits for the slot to be finished or the child to die, `timeout_ms` at most; meanwhile
	/// counts entries into the item that `channel` says is in hand.
	Event wait(int timeout_ms, Channel &channel);

	/// After Event::died, or kill_within(): how it ended, as waitpid(2) tells.
	int status() const { return status_; }

	/// SIGKILL to the child and to every task that it made, then waits up to `grace_ms` until
	/// none is left. False: one is still there (unkillable).
	[[nodiscard]] bool kill_within(int grace_ms);

	/// Whether the child has died, by itself. status() tells how.
	bool reap();

	/// The point that it finished last (a plan index), and what was seen of it: what comes when
	/// nothing is in hand belongs there.
	struct Last {
		uint32_t item;
		Observation seen;
	};
	std::optional<Last> last = std::nullopt;

	/// Signals that came when nothing was in hand, since this was asked last; the number of the
	/// last one is put into `number`. `before`: only those ahead of the order that is done.
	uint32_t take_strays(int &number, bool before = false);

private:
	void spawn(bool counting, std::span<const Point> plan, const Directories &directories,
		   uint32_t page_size, Channel &channel);
	void await_start(const Channel &channel);
	bool sweep();

	WorkerKind kind_;
	pid_t pid_ = -1;
	int status_ = 0;
	bool gone_ = false;        ///< the child has been reaped
	bool given_up_ = false;    ///< kill_within() was in vain
	Strays *strays_ = nullptr; ///< shared with the child
	uint32_t strays_seen_ = 0;
	sys::Fd pidfd_, orders_, finished_, listener_;
};

} // namespace tagtrap
