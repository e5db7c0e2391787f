// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/confirm.h"

#include <fmt/format.h>

#include "harness/cli/results.h"
#include "harness/report/confirm.h"
#include "harness/report/status.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

/// A point that is run once more.
struct Again {
	std::string id, name;
	unsigned user = 0;
};

} // namespace

Options options_alone(const Options &options, const std::string &id)
{
	Options alone = options;
	alone.request.level = Level::quick;
	alone.request.specs = {id};
	alone.request.only.reset();
	alone.every_point = false;
	alone.max_time.reset();
	alone.rerun.clear();
	alone.confirm = false;
	return alone;
}

int confirm_violations(const fs::path &out, const RunAlone &run_alone, unsigned times, bool as_user)
{
	const auto journal = open_results(out);
	std::vector<Again> runs;
	size_t number = 0;
	for (const auto &id : to_confirm(journal)) {
		const auto name = std::to_string(++number);
		for (unsigned time = 1; time <= times; ++time)
			runs.push_back({id, time == 1 ? name : fmt::format("{}.{}", name, time)});
	}
	number = 0;
	if (as_user)
		for (const auto &id : to_confirm_as_user(journal))
			runs.push_back({id, fmt::format("user-{}", ++number), ordinary_user});
	for (size_t i = 0; i < runs.size(); ++i) {
		const auto &run = runs[i];
		const auto where = fs::path("confirm") / run.name;
		sys::say(fmt::format("tagtrap: confirming {} of {}{}: {}\n", i + 1, runs.size(),
				     run.user == 0 ? "" : fmt::format(", as uid {}", run.user),
				     run.id));
		Json event;
		try {
			fs::create_directories(out / where);
			if (const int status = run_alone(run.id, out / where, run.user);
			    status > signalled)
				return status;
			const auto alone = open_results(out / where);
			store_reports(out / where, alone);
			event = confirm_event(run.id, where.string(), alone);
		} catch (const std::exception &error) {
			event = unconfirmed_event(run.id, error.what());
		}
		if (run.user != 0)
			event["uid"] = run.user;
		append_event(out, event);
	}
	return 0;
}

} // namespace tagtrap
