// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/resume.h"

#include <fmt/format.h>

#include "harness/cli/rerun.h"
#include "harness/report/digest.h"
#include "harness/report/rerun.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"

namespace tagtrap {

namespace fs = std::filesystem;

Interrupted read_interrupted(const fs::path &directory)
{
	const fs::path file = directory / "journal.jsonl";
	const auto refuse = [&](const std::string &why) {
		throw sys::Problem(fmt::format("--resume={}: {}", directory.string(), why), 2);
	};
	if (!fs::exists(file))
		refuse("no run is there");
	const std::string text = sys::read_file(file);
	Interrupted run;
	size_t number = 0;
	while (true) {
		const size_t end = text.find('\n', run.whole);
		if (end == std::string::npos)
			break;
		const std::string line = text.substr(run.whole, end - run.whole);
		++number;
		if (!run.follower.replay(line)) {
			if (text.find('\n', end + 1) != std::string::npos)
				refuse(fmt::format("line {} of its journal cannot be read",
						   number));
			break;
		}
		run.whole = end + 1;
		const Json event = parse_json_or_discard(line);
		const std::string kind = event.value("event", "");
		if (kind == "run") {
			(run.run.is_null() ? run.run : run.last_run) = event;
			run.asked = false;
		} else if (kind == "rerun") {
			run.only = taken_up(event);
		} else if (kind == "finish") {
			run.asked = event.contains("interrupted");
		}
	}
	if (run.run.is_null())
		refuse("it ended before it began: start it anew");
	if (!value_at(run.run, {"plan", "merged"}).is_null())
		refuse("it was put together of parts: go on with each of them, and `merge` them "
		       "anew");
	if (run.last_run.is_null())
		run.last_run = run.run;
	return run;
}

Options resumed(const Options &options, const Interrupted &run)
{
	Options all = inherited(options, run.run);
	if (const auto &limit = value_at(run.run, {"plan", "max_time_s"}); limit.is_number())
		throw sys::Problem(fmt::format("--resume={}: it had --max-time; what it left "
					       "out is run by --rerun=DIR",
					       options.resume),
				   2);
	if (const auto &number = value_at(run.run, {"plan", "shard", "number"});
	    number.is_number_unsigned())
		all.request.shard =
			Shard{number.get<unsigned>(),
			      value_at(run.run, {"plan", "shard", "of"}).get<unsigned>()};
	all.request.only = run.only;
	return all;
}

void cut_tail(const fs::path &directory, const Interrupted &run)
{
	fs::resize_file(directory / "journal.jsonl", run.whole);
}

} // namespace tagtrap
