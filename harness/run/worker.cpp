// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/worker.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <fcntl.h>
#include <new>
#include <poll.h>
#include <sched.h>
#include <set>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "fixtures/swap_disk.h"
#include "harness/model/case.h"
#include "harness/run/guard.h"
#include "harness/run/recorder.h"
#include "harness/run/watch_clock.h"
#include "harness/sys/caller.h"
#include "harness/sys/must.h"
#include "harness/sys/proc.h"
#include "harness/sys/raw.h"

namespace tagtrap {

namespace {

using sys::must;

constexpr int exit_refused = 97; ///< the child could not set itself up
constexpr int start_timeout_ms = 20000;

/// Whole orders only; a signal that is handled meanwhile is no end of them.
bool next_order(int orders, Order &order)
{
	ssize_t count = 0;
	do
		count = read(orders, &order, sizeof(order));
	while (count < 0 && errno == EINTR);
	return count == static_cast<ssize_t>(sizeof(order));
}

/// Threads of the kernel that act for this process may still be at it when the last call of an
/// order has returned: what they do then still belongs to that call.
void settle_down()
{
	constexpr timespec while_they_end = {0, 2'000'000};
	nanosleep(&while_they_end, nullptr);
}

/// The child: takes orders until its parent closes the pipe.
[[noreturn]] void serve(std::span<const Point> plan, const Directories &directories,
			uint32_t page_size, Channel &channel, Strays *strays, int orders,
			int finished)
{
	sys::caller = &channel.process;
	Bench bench(directories, page_size);
	Recorder::stand_by(strays);
	const char ready = 1;
	Order order;
	if (write(finished, &ready, 1) != 1)
		_exit(exit_refused);
	while (next_order(orders, order)) {
		for (uint32_t i = order.first; i < order.last; ++i) {
			channel.process = 0; // whatever the item before left there
			channel.entered_ns = 0;
			channel.slot = order.slot;
			channel.current = i;
			channel.heartbeat++;
			const Point &point = plan[channel.items[order.slot][i]];
			if (order.good)
				bench.observe_good(point, channel);
			else
				bench.observe(point, channel.seen[order.slot][i], channel);
		}
		settle_down();
		strays->before = strays->count.load(); // all of them came ahead of this order
		Recorder::stand_by(strays);
		const char byte = 1;
		if (write(finished, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

/// What the points of `plan` need besides what every worker may call.
std::vector<int> needs_of(std::span<const Point> plan)
{
	std::set<int> numbers;
	const Case *last = nullptr;
	for (const auto &point : plan) {
		if (point.call != last)
			numbers.insert(point.call->needs.begin(), point.call->needs.end());
		last = point.call;
	}
	if (std::ranges::find(plan, Memory::diskswap, &Point::memory) != plan.end() &&
	    access(swap_disk_file, F_OK) == 0)
		numbers.insert({SYS_swapon, SYS_swapoff});
	return {numbers.begin(), numbers.end()};
}

[[noreturn]] void start(bool counting, std::span<const Point> plan, const Directories &directories,
			uint32_t page_size, Channel &channel, Strays *strays, int orders,
			int finished)
{
	try {
		// What a worker that is killed leaves of SysV objects goes with it. For root only.
		sys::raw(SYS_unshare, CLONE_NEWIPC);
		const sys::Fd listener = confine(counting, needs_of(plan));
		channel.listener = listener.get();
		serve(plan, directories, page_size, channel, strays, orders, finished);
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
	void *const shared = mmap(nullptr, sizeof(Strays), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	strays_ = new (must(shared, "memory shared with the worker")) Strays;
	spawn(kind.counting(), plan, directories, page_size, channel);
	if (!kind.counting() || listener_)
		return;
	// Without leave to take the listener (a phone) nobody would answer it, and the first call
	// that is counted would never come back. Entries are not counted then: a fact, no failure.
	if (!kill_within(start_timeout_ms))
		must(-1, "ending a worker whose calls nobody can count");
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
	// What the child makes comes to this process when the child is gone: nobody else would reap
	// it.
	must(prctl(PR_SET_CHILD_SUBREAPER, 1), "prctl(PR_SET_CHILD_SUBREAPER)");
	pid_ = must(fork(), "fork of a worker");
	if (pid_ == 0) {
		setpgid(0, 0); // what kill_within() ends
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(orders[1]);
		close(finished[0]);
		start(counting, plan, directories, page_size, channel, strays_, orders[0],
		      finished[1]);
	}
	setpgid(pid_, pid_); // here as well: whoever comes first
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
		const bool ended = kill_within(start_timeout_ms);
		errno = ended && WIFEXITED(status_) && WEXITSTATUS(status_) == exit_refused ? EPERM
											    : EIO;
		must(-1, "starting a worker (seccomp, memory)");
	}
	if (channel.listener >= 0)
		listener_ = sys::Fd(static_cast<int>(
			syscall(SYS_pidfd_getfd, pidfd_.get(), channel.listener.load(), 0)));
}

Worker::~Worker()
{
	orders_.reset();
	if (!given_up_)
		(void)kill_within(10000);
	munmap(strays_, sizeof(Strays));
}

bool Worker::order(const Order &order)
{
	const ssize_t count = write(orders_.get(), &order, sizeof(order));
	if (count < 0 && errno == EPIPE)
		return false;
	must(count, "handing work to the worker");
	return true;
}

/// SIGKILL to all that is left of the process group that the child leads. Reaps what has died; true
/// when nothing is left.
bool Worker::sweep()
{
	kill(-pid_, SIGKILL);
	while (true) {
		siginfo_t info = {};
		if (waitid(P_PGID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) !=
			    0 ||
		    info.si_pid == 0)
			break;
		int status = 0;
		waitpid(info.si_pid, &status, 0);
		if (info.si_pid == pid_) {
			status_ = status;
			gone_ = true;
		}
	}
	return gone_ && kill(-pid_, 0) != 0;
}

bool Worker::reap()
{
	siginfo_t info = {};
	if (!gone_ &&
	    waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid == pid_)
		sweep();
	return gone_;
}

uint32_t Worker::take_strays(int &number, bool before)
{
	const uint32_t count =
		std::max<uint32_t>(before ? strays_->before : strays_->count, strays_seen_);
	number = strays_->number;
	return count - std::exchange(strays_seen_, count);
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
	constexpr timespec pause = {0, 2'000'000};
	constexpr uint64_t asked_ns = 10'000'000; // with all that sweep() does
	const uint64_t grace_ns = 1'000'000ull * static_cast<unsigned>(grace_ms);
	WatchClock clock; // a machine that stands still kills nobody
	uint64_t before = sys::now_ns();
	bool gone = sweep();
	while (!gone && clock.counted_ns() < grace_ns) {
		nanosleep(&pause, nullptr);
		gone = sweep();
		const uint64_t now = sys::now_ns();
		clock.look({asked_ns, now - std::exchange(before, now)});
	}
	given_up_ = !gone;
	return gone;
}

} // namespace tagtrap
