// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/afters.h"

#include <fmt/format.h>

#include "harness/run/stop.h"

namespace tagtrap {

void run_afters(const Earlier &before, const std::vector<Point> &plan, BlockRunner &runner,
		JournalWriter &journal)
{
	if (before.after.empty())
		return;
	for (uint32_t i = 0; i < plan.size(); i++) {
		const auto due = before.after.find(id(plan[i]));
		if (due == before.after.end())
			continue;
		if (runner.spoiled() != nullptr || stop_asked() != 0)
			return;
		const GoodRun run = runner.run_good(i);
		journal.write(after_event(due->first, run));
		if (run.made == Made::ended)
			runner.know(due->second);
	}
}

std::string what_is_left(const BlockRunner &runner, const SessionSetup &setup)
{
	if (runner.spoiled() == nullptr || setup.our_vm)
		return "";
	return fmt::format("a task that SIGKILL does not end was left behind by {}",
			   id(*runner.spoiled()));
}

void arrange_watches(BlockRunner &runner, const Earlier &before, JournalWriter &journal,
		     const Terms &terms)
{
	for (const auto &heart : before.hearts)
		runner.know(heart);
	runner.passes = [&terms](const Point &point, const Observation &seen) {
		const VerdictKind kind = judge(point, seen, terms).kind;
		return kind == VerdictKind::pass || kind == VerdictKind::unchecked;
	};
	runner.on_watch([&journal](const Point &point, const WatchClock &clock) {
		journal.write(watch_event(id(point), clock.wall_ns(), clock.counted_ns()));
	});
}

} // namespace tagtrap
