// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <unistd.h>
#include <vector>

#include "harness/model/contract.h"
#include "harness/run/block.h"
#include "tests/selftest/scratch.h"

namespace tagtrap::selftest {

/// Runs points, in blocks as a session would, and judges them under `mainline`.
class Run {
public:
	/// `scale` multiplies all bounds; `pause_ms` is waited behind each block before it is asked
	/// what came late, `each_time` or behind the last one only. A first hang is watched for
	/// `watch_s`, times the scale.
	explicit Run(const std::vector<std::string> &ids, double scale = 1.0, int pause_ms = 0,
		     bool each_time = true, double watch_s = 3)
	{
		for (const auto &name : ids)
			plan_.push_back(parse_id(name));
		survey_.directories["tmpfs"] = scratch_.path.string();
		BlockRunner runner(plan_, survey_, 4096, scale, watch_s, groups_);
		runner.passes = [](const Point &point, const Observation &each) {
			const auto kind = judge(point, each, {}).kind;
			return kind == VerdictKind::pass || kind == VerdictKind::unchecked;
		};
		for (size_t next = 0; next < plan_.size();) {
			Block block;
			do
				block.items.push_back(static_cast<uint32_t>(next++));
			while (next < plan_.size() &&
			       kind_for(plan_[next]) == kind_for(plan_[next - 1]) &&
			       plan_[next].place == plan_[next - 1].place);
			runner.start(block);
			runner.finish(block);
			for (size_t i = 0; i < block.items.size(); ++i)
				seen.push_back(block.seen(i));
			usleep(static_cast<useconds_t>(1000 * pause_ms));
			if (!each_time && next < plan_.size())
				continue;
			for (const auto &late : runner.take_late())
				late.add_to(seen[late.last.item]);
		}
		spoiled = runner.spoiled() != nullptr;
	}

	Verdict verdict(size_t index) const { return judge(plan_[index], seen[index], {}); }

	std::vector<Observation> seen;
	bool spoiled = false;

private:
	selftest::Scratch scratch_;
	std::vector<Point> plan_;
	Survey survey_;
	Groups groups_ = Groups(false);
};

inline std::string on_pipe(const std::string &call, bool bad = true)
{
	return call + "/pipe/" + (bad ? "plain" : "good") + "/sync/4096@2048/handler";
}

} // namespace tagtrap::selftest
