// SPDX-License-Identifier: GPL-2.0-only
// coverage: the plan with a probe on the kernel's tag check faults, beside all places of the
// kernel.
#include <algorithm>
#include <cerrno>
#include <fmt/core.h>

#include "fixtures/archive/unpack.h"
#include "fixtures/debian/kernels.h"
#include "harness/cli/commands.h"
#include "harness/cli/results.h"
#include "harness/coverage/pointers.h"
#include "harness/coverage/table.h"
#include "harness/model/point.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

/// The module's name as the kernel has it: that of its file, where a dash is an underscore.
std::string module_name(const fs::path &file)
{
	std::string name = file.filename().string();
	name.resize(name.find(".ko"));
	std::ranges::replace(name, '-', '_');
	return name;
}

/// Every module of the kernel's package, in the order of their names.
std::vector<fs::path> module_files(const boot::Kernel &kernel)
{
	std::vector<fs::path> files;
	if (kernel.modules.empty())
		return files;
	for (const auto &entry :
	     fs::recursive_directory_iterator(kernel.modules / "lib/modules" / kernel.release))
		if (entry.is_regular_file() &&
		    entry.path().filename().string().find(".ko") != std::string::npos)
			files.push_back(entry.path());
	std::ranges::sort(files, {}, module_name);
	return files;
}

/// The kernel's places: those of its Image, then of each module.
std::vector<coverage::Module> places_of(const boot::Kernel &kernel)
{
	std::vector<coverage::Module> modules;
	try {
		modules.push_back(coverage::image_sites(sys::read_file(kernel.image)));
	} catch (const std::runtime_error &error) {
		throw sys::Problem(fmt::format("{}: {}", kernel.image.string(), error.what()));
	}
	for (const auto &file : module_files(kernel)) {
		try {
			std::string content = sys::read_file(file);
			if (file.extension() != ".ko")
				content = archive::unpack_stream(content, file.string());
			modules.push_back(coverage::module_sites(content, module_name(file)));
		} catch (const std::runtime_error &error) {
			throw sys::Problem(fmt::format("{}: {}", file.string(), error.what()));
		}
		// Nothing can fault in most of them, and their functions take room.
		if (modules.back().sites.empty())
			modules.pop_back();
	}
	return modules;
}

/// Groups of which a bad tag got EFAULT, in the mode that faults at once.
std::set<std::string, std::less<>> refused_groups(const Journal &journal)
{
	std::set<std::string, std::less<>> groups;
	for (const auto &end : journal.ends) {
		if (end.seen.end != End::returned || end.seen.result != -EFAULT)
			continue;
		const Point point = parse_id(end.id);
		if (point.mode == TagCheckMode::sync && point.stand == Stand::bad && !point.tco)
			groups.insert(group(point));
	}
	return groups;
}

/// The system calls that the machine under test named.
Json known_calls(const Journal &journal)
{
	for (const auto &event : journal.sites)
		if (event.contains("calls"))
			return event["calls"];
	return Json::array();
}

std::string what_ran(const Options &options, const boot::Kernel &kernel)
{
	std::string out =
		fmt::format("kernel {}, `{}` plan", kernel.exact, to_string(options.request.level));
	for (const auto &spec : options.request.specs)
		out += fmt::format(" `{}`", spec);
	return out;
}

} // namespace

int coverage_command(const Options &options)
{
	const auto kernel = debian::get_kernel(options.kernel, options.modules);
	const auto modules = places_of(kernel); // tells what is wrong before anything is run
	Options run = options;
	run.action = Action::run;
	run.where = Where::vm;
	run.probe = true;
	const fs::path out = make_results_directory(options.out, kernel.exact);
	run.out = out.string();
	const int status = run_command(run);
	if (status > 1)
		return status;
	const auto journal = open_results(out);
	const auto table = coverage::make_table(
		modules, coverage::find_faults(modules, journal.sites), refused_groups(journal));
	const auto judged = coverage::judged_cases(journal);
	const auto pointers = coverage::pointer_rows(coverage::pointers_of(known_calls(journal)),
						     cases(), judged);
	Json json = coverage::to_json(table);
	json["pointers"] = coverage::to_json(pointers);
	sys::write_file(out / "coverage.json", json.dump(1, '\t') + '\n');
	sys::write_file(out / "coverage.md",
			coverage::page(table, what_ran(options, kernel)) +
				coverage::pointers_page(
					pointers, coverage::requests_judged(cases(), judged)));
	fmt::print("\n{} of {} functions and {} of {} sites were seen to fault; {} of {} pointers "
		   "of system calls were tried\n",
		   table.seen.functions, table.all.functions, table.seen.sites, table.all.sites,
		   std::ranges::count_if(pointers, &coverage::PointerRow::probed), pointers.size());
	sys::say(fmt::format("tagtrap: coverage.md and coverage.json are in {}\n", out.string()));
	return 0;
}

} // namespace tagtrap
