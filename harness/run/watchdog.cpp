// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/watchdog.h"

#include <algorithm>
#include <cstring>
#include <sstream>
#include <unistd.h>
#include <vector>

#include "harness/model/case.h"
#include "harness/run/others.h"
#include "harness/run/stacks.h"
#include "harness/sys/proc.h"

namespace tagtrap {

namespace {

constexpr int sample_every_ms = 50;
constexpr uint64_t slowest_percent =
	5; ///< a machine slower than this does not stretch a watch more

uint64_t work_once_ns()
{
	static std::vector<char> from(65536, 1), to(65536);
	const uint64_t began = sys::now_ns();
	for (int i = 0; i < 100; ++i)
		sys::raw(SYS_getppid);
	for (int i = 0; i < 4; ++i)
		std::memcpy(to.data(), from.data(), to.size());
	return std::max<uint64_t>(sys::now_ns() - began, 1);
}

template <size_t Size> void copy_text(std::array<char, Size> &to, const std::string &text)
{
	to = {};
	std::memcpy(to.data(), text.data(), std::min(text.size(), Size - 1));
}

HangSample sample_of(const sys::TaskStat &task, uint64_t at_ns)
{
	return {.at_ns = at_ns,
		.user_ticks = task.user_ticks,
		.system_ticks = task.system_ticks,
		.minor_faults = task.minor_faults,
		.voluntary_switches = task.voluntary_switches,
		.thread = task.tid,
		.state = task.state};
}

/// How much a task did between two looks; only for choosing the busiest.
uint64_t activity(const sys::TaskStat &before, const sys::TaskStat &after)
{
	return 100 * (after.system_ticks - before.system_ticks + after.user_ticks -
		      before.user_ticks) +
	       (after.minor_faults - before.minor_faults) +
	       (after.voluntary_switches - before.voluntary_switches);
}

/// Everything that may work for the caller: its threads, and io-wq of old kernels.
std::map<pid_t, sys::TaskStat> look_around(pid_t process, bool uring)
{
	std::map<pid_t, sys::TaskStat> found;
	for (auto &task : sys::tasks(process))
		found.emplace(task.tid, std::move(task));
	if (uring)
		for (auto &task : sys::uring_kernel_threads())
			found.emplace(task.tid, std::move(task));
	return found;
}

/// iou-wrk-N and iou-sqp-N; io_wqe_worker-N and io_uring-sq before 5.12. Any other task is a
/// caller.
bool is_uring_thread(const std::string &name)
{
	return name.starts_with("iou-") || name.starts_with("io_wqe") ||
	       name.starts_with("io_uring-sq");
}

} // namespace

uint64_t work_unit_ns()
{
	uint64_t best = work_once_ns();
	for (int i = 0; i < 4; ++i)
		best = std::min(best, work_once_ns());
	return best;
}

std::set<std::string> functions_of(const std::string &stack)
{
	std::set<std::string> found;
	std::istringstream lines(stack);
	for (std::string line; std::getline(lines, line);) { // "[<0>] name+0x10/0x20"
		const auto close = line.find("] ");
		const auto plus = line.find('+');
		if (close != std::string::npos && plus != std::string::npos && plus > close + 2)
			found.insert(line.substr(close + 2, plus - close - 2));
	}
	return found;
}

bool same_functions(const std::set<std::string> &known, const std::set<std::string> &seen)
{
	if (known.empty() || seen.empty())
		return false;
	const auto common = std::ranges::count_if(
		seen, [&](const std::string &name) { return known.contains(name); });
	return 10 * static_cast<size_t>(common) >= 6 * std::min(known.size(), seen.size());
}

Watchdog::Watchdog(double time_scale) : time_scale_(time_scale), unit_ns_(work_unit_ns()) {}

int Watchdog::late_ms(const Point &point) const
{
	const bool known = known_stacks_.contains(point.place->name);
	return scaled(known ? policy_.soon_late_ms : policy_.late_ms);
}

int Watchdog::scaled(int milliseconds) const
{
	return static_cast<int>(milliseconds * time_scale_);
}

WatchEnd Watchdog::watch(Worker &worker, Channel &channel, const Point &point, Observation &seen,
			 const std::string &directory)
{
	Hang hang;
	const uint64_t heartbeat = channel.heartbeat;
	const uint64_t entered = channel.entered_ns;
	const pid_t process = channel.process != 0 ? channel.process.load() : worker.pid();
	const bool uring = worker.kind().ring_mode.has_value();
	const auto first = look_around(process, uring);
	auto last = first;
	std::set<std::string> functions;
	const auto place = known_stacks_.find(point.place->name);
	const std::set<std::string> known =
		place == known_stacks_.end() ? std::set<std::string>() : place->second;
	const uint64_t began = sys::now_ns();
	uint64_t effective_ns = 0, before = began, load_sum = 0, looks = 0;
	pid_t busiest = process;
	uint64_t wanted_ns = static_cast<uint64_t>(scaled(policy_.full_ms)) * 1'000'000;
	while (effective_ns < wanted_ns) {
		const auto event = worker.wait(sample_every_ms, channel);
		if (event != Worker::Event::tick || channel.heartbeat != heartbeat)
			return {.hangs = false, .event = event};
		const uint64_t now = sys::now_ns();
		const uint64_t load =
			std::clamp<uint64_t>(100 * unit_ns_ / work_unit_ns(), slowest_percent, 100);
		effective_ns += (now - before) * load / 100;
		before = now;
		load_sum += load;
		last = look_around(process, uring);
		uint64_t most = 0;
		for (const auto &[tid, task] : last) {
			const auto was = first.find(tid);
			const uint64_t did = was == first.end() ? 0 : activity(was->second, task);
			if (did > most) {
				most = did;
				busiest = tid;
			}
		}
		const std::string path = "/proc/" + std::to_string(busiest);
		const std::string stack = preempted_stack(busiest, scaled(policy_.stack_ms));
		const auto names = functions_of(stack);
		functions.insert(names.begin(), names.end());
		// Spread the stacks that are kept over the watch.
		const size_t slot =
			std::min<size_t>(effective_ns * max_stacks / wanted_ns, max_stacks - 1);
		if (stack.size() > std::strlen(hang.stacks[slot].data()))
			copy_text(hang.stacks[slot], stack);
		copy_text(hang.wchan, sys::slurp(path + "/wchan"));
		copy_text(hang.syscall,
			  sys::slurp("/proc/" + std::to_string(process) + "/syscall"));
		const uint64_t short_ns =
			static_cast<uint64_t>(scaled(policy_.short_ms)) * 1'000'000;
		if (++looks >= 3 && effective_ns >= short_ns && effective_ns < wanted_ns &&
		    same_functions(known, functions)) {
			hang.shortened = true;
			break;
		}
	}
	const auto was = first.find(busiest);
	const auto is = last.find(busiest);
	if (was != first.end())
		hang.first = sample_of(was->second, began - entered);
	if (is != last.end())
		hang.last = sample_of(is->second, before - entered);
	hang.seen = true;
	hang.worker = is != last.end() && is_uring_thread(is->second.name);
	hang.watched_ns = before - began;
	hang.load_percent = std::max(load_sum / std::max<uint64_t>(looks, 1), slowest_percent);
	if (!hang.shortened) {
		known_stacks_[std::string(point.place->name)].insert(functions.begin(),
								     functions.end());
		if (!directory.empty()) {
			const Others others(directory);
			usleep(static_cast<useconds_t>(1000 * scaled(policy_.others_ms)));
			hang.others_measured = true;
			hang.others_progress = others.rounds();
		}
		if (channel.heartbeat != heartbeat) // it came back after all
			return {};
	}
	// The grace, too, is as long in work that the machine can do.
	hang.killable = worker.kill_within(static_cast<int>(
		100ull * static_cast<unsigned>(scaled(policy_.grace_ms)) / hang.load_percent));
	seen.hang = hang;
	seen.left_behind = !hang.killable;
	seen.end = End::hung;
	seen.elapsed_ns = sys::now_ns() - entered;
	return {.hangs = true};
}

} // namespace tagtrap
