// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/frozen_run.h"

#include <algorithm>
#include <csignal>
#include <thread>

namespace tagtrap {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

enum class Moment : uint8_t { watch, good_call };

/// Waits for such a moment; false: the run was over before.
bool await(FrozenRun &run, Moment moment)
{
	size_t begun = 0;
	{
		const std::lock_guard guard(run.lock);
		begun = run.begun;
	}
	for (;;) {
		{
			const std::lock_guard guard(run.lock);
			if (run.over)
				return false;
			const bool watched = run.in_hand && Clock::now() - run.heard > 2s;
			if (run.process > 0 &&
			    (moment == Moment::watch ? watched : run.begun > begun))
				return true;
		}
		std::this_thread::sleep_for(1ms);
	}
}

void signal_to(FrozenRun &run, int number)
{
	const std::lock_guard guard(run.lock);
	if (!run.over && run.process > 0)
		::kill(-run.process, number);
}

void stop_for(FrozenRun &run, Clock::duration time)
{
	signal_to(run, SIGSTOP);
	for (const auto end = Clock::now() + time; Clock::now() < end;) {
		std::this_thread::sleep_for(50ms);
		const std::lock_guard guard(run.lock);
		if (run.over)
			return;
	}
	signal_to(run, SIGCONT);
}

/// All disks together get a few kB/s from the start of the plan on.
void slow_disks(vm::Qmp &qmp, const vm::VmRun &run)
{
	constexpr uint64_t bytes_per_second = 4096;
	for (const auto &name : run.disks)
		qmp.ask("block_set_io_throttle", {{"device", name},
						  {"bps", bytes_per_second},
						  {"bps_rd", 0},
						  {"bps_wr", 0},
						  {"iops", 0},
						  {"iops_rd", 0},
						  {"iops_wr", 0}});
}

} // namespace

void stop_now_and_then(FrozenRun &run, std::span<const std::chrono::seconds> times)
{
	for (const auto time : times)
		for (const Moment moment : {Moment::good_call, Moment::watch})
			if (await(run, moment))
				stop_for(run, time);
}

void run_now_and_then(FrozenRun &run)
{
	while (true) {
		{
			const std::lock_guard guard(run.lock);
			if (run.over)
				return;
		}
		signal_to(run, SIGSTOP);
		std::this_thread::sleep_for(90ms);
		signal_to(run, SIGCONT);
		std::this_thread::sleep_for(10ms);
	}
}

void follow_run(FrozenRun &run, bool slow)
{
	run.run.on_event = [&run](const Json &event) {
		const std::lock_guard guard(run.lock);
		run.heard = Clock::now();
		if (event.value("event", "") != "begin")
			return;
		++run.begun;
		run.in_hand = std::ranges::any_of(event.at("ids"), [&](const Json &id) {
			return run.hangs.contains(id.get<std::string>());
		});
	};
	run.run.on_go = [&run, slow](pid_t process, vm::Qmp &qmp) {
		const std::lock_guard guard(run.lock);
		run.process = process;
		if (slow)
			slow_disks(qmp, run.run);
	};
}

} // namespace tagtrap
