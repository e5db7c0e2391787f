// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/rerun.h"

#include <fmt/format.h>

#include "harness/cli/results.h"
#include "harness/report/digest.h"
#include "harness/report/rerun.h"
#include "harness/sys/problem.h"

namespace tagtrap {

Journal earlier_run(const std::string &directory)
{
	try {
		return open_results(directory);
	} catch (const std::exception &error) {
		throw sys::Problem(
			fmt::format("--rerun={}: no run is there: {}", directory, error.what()), 2);
	}
}

Options inherited(Options options, const Json &run)
{
	const auto given = [&options](std::string_view name) {
		return options.given.contains(name);
	};
	const auto text = [&run](const char *object, const char *name) {
		return text_at(run, {object, name});
	};
	if (!given("--quick") && !given("--exhaustive"))
		for (const auto level : {Level::quick, Level::standard, Level::exhaustive})
			if (text("plan", "level") == to_string(level))
				options.request.level = level;
	if (const auto &specs = value_at(run, {"plan", "specs"});
	    options.request.specs.empty() && specs.is_array())
		options.request.specs = specs.get<std::vector<std::string>>();
	if (!given("--every-point"))
		options.every_point = value_at(run, {"plan", "every_point"}) == true;
	if (!given("--allow-hangs"))
		options.allow_hangs = value_at(run, {"plan", "allow_hangs"}) == true;
	if (const auto &scale = value_at(run, {"plan", "time_scale"});
	    !given("--time-scale") && scale.is_number())
		options.time_scale = scale.get<double>();
	if (const auto &watch = value_at(run, {"plan", "watch_s"});
	    !given("--watch") && watch.is_number())
		options.watch_s = watch.get<double>();
	if (const auto asked = text("contract", "asked");
	    !given("--contract") && !asked.empty() && asked != "auto")
		options.contract = parse_contract(asked);
	if (const auto pin = text("signal", "pin"); !given("--signal") && !pin.empty())
		options.pin = parse_signal_pin(pin);
	if (options.where != Where::native && text("machine", "kind") == "qemu") {
		options.where = Where::vm;
		if (options.kernel.empty()) {
			options.kernel = text("machine", "kernel");
			options.modules = text("machine", "modules");
			if (!given("--cmdline"))
				options.cmdline = text("machine", "extra_cmdline");
		}
	}
	return options;
}

Json take_up(const Options &options, const Journal &before, PlanRequest &request)
{
	request.only.reset();
	Json event = rerun_event(options.rerun, before, plan(request));
	request.only = taken_up(event);
	if (request.only->empty())
		throw sys::Problem(fmt::format("nothing failed, was skipped or is new in {}: "
					       "there is nothing to run again",
					       options.rerun),
				   0);
	return event;
}

} // namespace tagtrap
