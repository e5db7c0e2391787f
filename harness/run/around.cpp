// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/around.h"

namespace tagtrap {

namespace {

/// How much a task did between two looks; only for choosing the busiest.
uint64_t activity(const sys::TaskStat &before, const sys::TaskStat &after)
{
	return 100 * (after.system_ticks - before.system_ticks + after.user_ticks -
		      before.user_ticks) +
	       (after.minor_faults - before.minor_faults) +
	       (after.voluntary_switches - before.voluntary_switches);
}

} // namespace

Tasks look_around(pid_t process, bool uring)
{
	Tasks found;
	for (auto &task : sys::tasks(process))
		found.emplace(task.tid, std::move(task));
	if (uring)
		for (auto &task : sys::uring_kernel_threads())
			found.emplace(task.tid, std::move(task));
	return found;
}

pid_t busiest_of(const Tasks &first, const Tasks &last, pid_t otherwise)
{
	uint64_t most = 0;
	pid_t busiest = otherwise;
	for (const auto &[tid, task] : last) {
		const auto was = first.find(tid);
		const uint64_t did = was == first.end() ? 0 : activity(was->second, task);
		if (did > most) {
			most = did;
			busiest = tid;
		}
	}
	return busiest;
}

bool is_uring_thread(const std::string &name)
{
	return name.starts_with("iou-") || name.starts_with("io_wqe") ||
	       name.starts_with("io_uring-sq");
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

} // namespace tagtrap
