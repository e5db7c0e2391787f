// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/reference_programs.h"

#include <fmt/format.h>
#include <map>
#include <set>

#include "fixtures/debian/kernels.h"
#include "harness/cli/host.h"
#include "harness/cli/reproduce.h"
#include "harness/cli/results.h"
#include "harness/report/reproduced.h"
#include "harness/report/words.h"
#include "harness/sys/problem.h"

namespace tagtrap {

namespace {

void run_on(const MutantRun &run, const Options &options, const boot::Kernel &kernel,
	    std::vector<CProgram> &programs, const std::filesystem::path &out)
{
	if (run_programs(programs, describe_run(options_of(run, options), kernel), out) != 0)
		throw sys::Problem("interrupted");
}

/// Points that break a rule on the kernel without mistakes as well: mainline's gfs2 hangs.
std::set<std::string> broken_anyway(const std::filesystem::path &run)
{
	std::set<std::string> ids;
	for (const auto &[id, rule] : broken_by(open_results(run)))
		ids.insert(id);
	return ids;
}

/// "m-a: 2 programs", and what each said that should have said something else.
VmCheck check(const std::string &what, const std::vector<CProgram> &programs, bool shows)
{
	size_t run = 0;
	std::string wrong;
	for (const auto &event : reproduced_events(programs)) {
		if (!text_at(event, {"why_not"}).empty())
			continue;
		++run;
		if (shows ? !reproduced(event) : value_at(event, {"status"}) != 0)
			wrong += fmt::format("\n    {}: {}", text_at(event, {"id"}),
					     reproduced_words(event));
	}
	return checked(fmt::format("{}: {}", what, counted(run, "C program")), wrong);
}

} // namespace

std::vector<VmCheck> check_programs(const std::vector<MutantRun> &runs, const Options &options,
				    const std::filesystem::path &out)
{
	const auto kernel = debian::get_kernel(options.kernel);
	std::vector<VmCheck> checks;
	std::map<Switch, std::vector<CProgram>> all; // by the kernel without the mistake
	for (const auto &run : runs) {
		if (run.declared.empty())
			continue;
		auto programs = build_programs(out / directory_of(run), "");
		run_on(run, options, kernel, programs, out / directory_of(run) / "reproduce");
		checks.push_back(check(run.name + " shows what its report says", programs, true));
		const auto anyway = broken_anyway(out / directory_of({"unmutated", run.set}));
		for (auto &program : programs) {
			program.seen = nullptr;
			if (!anyway.contains(program.id))
				all[run.set].push_back(std::move(program));
		}
	}
	for (auto &[set, programs] : all) {
		run_on({"unmutated", set}, options, kernel, programs, out / "programs");
		checks.push_back(check(
			fmt::format("the kernel without mistakes ({}) shows none", to_string(set)),
			programs, false));
	}
	return checks;
}

} // namespace tagtrap
