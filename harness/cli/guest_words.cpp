// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include "harness/cli/options.h"
#include "harness/model/duration.h"

namespace tagtrap {

std::vector<std::string> guest_arguments(const Options &options)
{
	std::vector<std::string> words = {options.action == Action::preflight  ? "preflight"
					  : options.action == Action::sweep    ? "sweep"
					  : options.action == Action::bench    ? "bench"
					  : options.action == Action::programs ? "programs"
									       : "run"};
	if (options.action == Action::preflight || options.action == Action::programs)
		return words;
	if (options.action == Action::sweep) {
		if (options.request.level == Level::quick)
			words.emplace_back("--quick");
		if (options.seed)
			words.push_back(fmt::format("--seed={}", *options.seed));
		if (options.time_scale != 1.0)
			words.push_back(fmt::format("--time-scale={}", options.time_scale));
		return words;
	}
	if (options.contract)
		words.push_back(fmt::format("--contract={}", to_string(*options.contract)));
	if (options.pin != SignalPin::any)
		words.push_back(fmt::format("--signal={}", to_string(options.pin)));
	if (options.request.level != Level::standard)
		words.emplace_back(options.request.level == Level::quick ? "--quick"
									 : "--exhaustive");
	if (options.request.shard)
		words.push_back(fmt::format("--shard={}", to_string(*options.request.shard)));
	if (options.every_point)
		words.emplace_back("--every-point");
	if (options.probe)
		words.emplace_back("--probe");
	words.emplace_back("--allow-hangs"); // the VM is ours to lose
	if (options.time_scale != 1.0)
		words.push_back(fmt::format("--time-scale={}", options.time_scale));
	if (options.watch_s != default_watch_s)
		words.push_back(fmt::format("--watch={}", options.watch_s));
	if (options.max_time)
		words.push_back(fmt::format("--max-time={}", to_string(*options.max_time)));
	words.insert(words.end(), options.request.specs.begin(), options.request.specs.end());
	return words;
}

} // namespace tagtrap
