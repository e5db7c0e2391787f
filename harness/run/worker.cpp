// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/worker.h"

#include <array>
#include <fcntl.h>
#include <poll.h>
#include <set>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/model/case.h"
#include "harness/run/guard.h"
#include "harness/sys/must.h"

namespace tagtrap {

namespace {

using sys::must;

constexpr int exit_refused = 97; ///< the child could not set itself up
constexpr int start_timeout_ms = 20000;

/// The child: takes orders until its parent closes the pipe.
[[noreturn]] void serve(std::span<const Point> plan, const Directories &directories,
			uint32_t page_size, Channel &channel, int orders, int finished)
{
	Bench bench(directories, page_size);
	const char ready = 1;
	Order order;
	if (write(finished, &ready, 1) != 1)
		_exit(exit_refused);
	while (read(orders, &order, sizeof(order)) == static_cast<ssize_t>(sizeof(order))) {
		for (uint32_t i = order.first; i < order.last; ++i) {
			channel.slot = order.slot;
			channel.current = i;
			channel.heartbeat++;
			bench.observe(plan[channel.items[order.slot][i]],
				      channel.seen[order.slot][i], channel);
		}
		const char byte = 1;
		if (write(finished, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

/// What the cases of `plan` need besides what every worker may call.
std::vector<int> needs_of(std::span<const Point> plan)
{
	std::set<int> numbers;
	const Case *last = nullptr;
	for (const auto &point : plan) {
		if (point.call != last)
			numbers.insert(point.call->needs.begin(), point.call->needs.end());
		last = point.call;
	}
	return {numbers.begin(), numbers.end()};
}

[[noreturn]] void start(bool counting, std::span<const Point> plan, const Directories &directories,
			uint32_t page_size, Channel &channel, int orders, int finished)
{
	try {
		const sys::Fd listener = confine(counting, needs_of(plan));
		channel.listener = listener.get();
		serve(plan, directories, page_size, channel, orders, finished);
	} catch (const std::exception &) {
		_exit(exit_refused);
	}
}

} // namespace

WorkerKind kind_for(const Point &point)
{
	WorkerKind kind;
	const Situation *const situation = point.call->situation;
	if (point.call->shape.uring || (situation != nullptr && situation->submits))
		kind.ring_mode = point.mode;
	return kind;
}

Worker::Worker(const WorkerKind &kind, std::span<const Point> plan, const Directories &directories,
	       uint32_t page_size, Channel &channel)
	: kind_(kind)
{
	spawn(kind.counting(), plan, directories, page_size, channel);
	if (!kind.counting() || listener_)
		return;
	// Without leave to take the listener (a phone) nobody would answer it, and the first call
	// that is counted would never come back. Entries are not counted then: a fact, no failure.
	kill_within(start_timeout_ms);
	gone_ = false;
	spawn(false, plan, directories, page_size, channel);
}

void Worker::spawn(bool counting, std::span<const Point> plan, const Directories &directories,
		   uint32_t page_size, Channel &channel)
{
	std::array<int, 2> orders, finished;
	must(pipe2(orders.data(), O_CLOEXEC), "pipe2");
	must(pipe2(finished.data(), O_CLOEXEC), "pipe2");
	orders_ = sys::Fd(orders[1]);
	finished_ = sys::Fd(finished[0]);
	const sys::Fd child_orders(orders[0]), child_finished(finished[1]);
	channel.entered_ns = 0;
	channel.current = 0;
	channel.process = 0;
	channel.listener = -1;
	pid_ = must(fork(), "fork of a worker");
	if (pid_ == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(orders[1]);
		close(finished[0]);
		start(counting, plan, directories, page_size, channel, orders[0], finished[1]);
	}
	pidfd_ = sys::Fd(
		static_cast<int>(must(syscall(SYS_pidfd_open, pid_, 0), "pidfd_open of a worker")));
	await_start(channel);
}

/// Waits for the child's first byte and fetches the listener that was born in it.
void Worker::await_start(const Channel &channel)
{
	pollfd wait = {finished_.get(), POLLIN, 0};
	char byte;
	if (poll(&wait, 1, start_timeout_ms) != 1 || read(finished_.get(), &byte, 1) != 1) {
		kill_within(start_timeout_ms);
		errno = WIFEXITED(status_) && WEXITSTATUS(status_) == exit_refused ? EPERM : EIO;
		must(-1, "starting a worker (seccomp, memory)");
	}
	if (channel.listener >= 0)
		listener_ = sys::Fd(static_cast<int>(
			syscall(SYS_pidfd_getfd, pidfd_.get(), channel.listener.load(), 0)));
}

Worker::~Worker()
{
	orders_.reset();
	if (!gone_)
		kill_within(10000);
}

void Worker::order(const Order &order)
{
	must(write(orders_.get(), &order, sizeof(order)), "handing work to the worker");
}

bool Worker::reap()
{
	if (!gone_ && waitpid(pid_, &status_, WNOHANG) == pid_)
		gone_ = true;
	return gone_;
}

Worker::Event Worker::wait(int timeout_ms, Channel &channel)
{
	std::array<pollfd, 3> waits = {pollfd{finished_.get(), POLLIN, 0},
				       pollfd{pidfd_.get(), POLLIN, 0},
				       pollfd{listener_.get(), POLLIN, 0}};
	if (poll(waits.data(), listener_ ? 3 : 2, timeout_ms) <= 0)
		return Event::tick;
	if (waits[2].revents & POLLIN) {
		// The call stands still: what is in hand stays so.
		count_entry(listener_.get(), channel.seen[channel.slot][channel.current]);
		return Event::tick;
	}
	if (waits[0].revents & POLLIN) {
		char byte;
		if (read(finished_.get(), &byte, 1) == 1)
			return Event::finished;
	}
	if ((waits[1].revents & POLLIN) && reap())
		return Event::died;
	return Event::tick;
}

bool Worker::kill_within(int grace_ms)
{
	if (reap())
		return true;
	kill(pid_, SIGKILL);
	pollfd wait = {pidfd_.get(), POLLIN, 0};
	poll(&wait, 1, grace_ms);
	return reap();
}

} // namespace tagtrap
