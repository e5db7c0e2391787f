// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/stacks.h"

#include <algorithm>
#include <cstring>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/sys/owned.h"
#include "harness/sys/proc.h"

namespace tagtrap {
namespace {

constexpr size_t page = 4096;
constexpr size_t looks = 6;
constexpr int reap_ms = 5000;           ///< how long SIGKILL may take
constexpr useconds_t between_us = 4000; ///< the task runs meanwhile

std::string stack_now(pid_t task)
{
	return sys::slurp("/proc/" + std::to_string(task) + "/stack");
}

/// The sampler child.
[[noreturn]] void sample(pid_t task, const cpu_set_t &one, char *seen_now)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	// A task that is woken without end leaves others waiting on its CPU. Root may go first.
	setpriority(PRIO_PROCESS, 0, -20);
	if (sched_setaffinity(0, sizeof(one), &one) != 0 ||
	    sched_setaffinity(task, sizeof(one), &one) != 0)
		_exit(1);
	for (size_t i = 0; i < looks; ++i) {
		usleep(between_us);
		const std::string seen = stack_now(task);
		std::copy_n(seen.data(), std::min(seen.size(), page - 1), seen_now);
		seen_now += page;
	}
	_exit(0);
}

std::vector<std::string> preempted_stacks(pid_t task, int bound_ms)
{
	cpu_set_t all;
	if (sched_getaffinity(0, sizeof(all), &all) != 0)
		return {};
	cpu_set_t one;
	CPU_ZERO(&one);
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0; --cpu) {
		if (CPU_ISSET(cpu, &all)) { // the last one: the boot CPU has more to do
			CPU_SET(cpu, &one);
			break;
		}
	}
	void *const shared = mmap(nullptr, looks * page, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return {};
	const auto *const seen = static_cast<const char *>(shared);
	const pid_t child = fork();
	if (child == 0)
		sample(task, one, static_cast<char *>(shared));
	std::vector<std::string> stacks;
	if (child > 0) {
		const sys::Fd handle(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
		pollfd wait = {handle.get(), POLLIN, 0};
		poll(&wait, 1, bound_ms);
		kill(child, SIGKILL);
		sched_setaffinity(child, sizeof(all), &all); // to die it needs a CPU, too
		sched_setaffinity(task, sizeof(all), &all);
		poll(&wait, 1, reap_ms);
		waitpid(child, nullptr, WNOHANG); // else it dies when it is let to
		for (size_t i = 0; i < looks; i++)
			if (seen[i * page] != '\0')
				stacks.emplace_back(seen + i * page);
	}
	munmap(shared, looks * page);
	return stacks;
}

} // namespace

std::string stack_of(pid_t task, char state, int bound_ms, std::vector<std::string> *glimpses)
{
	if (state == 'S' || state == 'D')
		if (std::string stack = stack_now(task); !stack.empty())
			return stack;
	const auto stacks = preempted_stacks(task, bound_ms);
	if (glimpses != nullptr)
		glimpses->insert(glimpses->end(), stacks.begin(), stacks.end());
	const auto deepest = std::ranges::max_element(stacks, {}, &std::string::size);
	return deepest == stacks.end() ? "" : *deepest;
}

} // namespace tagtrap
