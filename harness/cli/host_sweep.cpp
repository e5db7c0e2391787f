// SPDX-License-Identifier: GPL-2.0-only
// sweep on the host: on this machine, or in a VM, where a kernel that copies with MOPS is swept
// with and without.
#include <fmt/format.h>

#include "harness/cli/commands.h"
#include "harness/cli/host.h"
#include "harness/cli/sweep_file.h"
#include "harness/report/status.h"
#include "harness/sys/cache.h"
#include "harness/sys/problem.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

constexpr auto without_mops = "arm64.nomops"; ///< a word of the kernel's command line

/// Ends a run from within: a machine that takes a lost one's place has to be told how far that
/// came.
struct Lost {
	std::string why;
};

/// Goes on with the sweep in `file`, through as many machines as it takes.
int sweep_in_vm(vm::VmRun run, SweepFile &file)
{
	run.out = sys::cache_directory("asked");
	run.disks.clear();
	run.image_tool.clear(); // nothing is saved: no point is run
	std::string pass;
	run.on_event = [&](const Json &event) {
		const std::string kind = event.value("event", "");
		if (kind == "restart")
			throw Lost{event.value("why", "")};
		if (!kind.starts_with("sw")) // of the machine
			return;
		file.take(event);
		if (event.value("pass", pass) != pass) {
			pass = event.value("pass", "");
			sys::say(fmt::format("tagtrap: {}\n", pass));
		}
	};
	for (bool lost = false;;) {
		for (const auto *name : {"journal.jsonl", "console.log"})
			fs::remove(run.out / name);
		const Json done = file.stored().done();
		run.request = {{"sweep", done}};
		try {
			return vm::run_in_vm(run);
		} catch (const Lost &machine) {
			const bool again = lost && file.stored().done() == done;
			if (again)
				throw sys::Problem(fmt::format(
					"the machine was lost twice behind {}: {}; see {}", pass,
					machine.why, (run.out / "console.log").string()));
			lost = true;
			sys::say(fmt::format("tagtrap: the machine was lost: {}\n", machine.why));
		}
	}
}

int sweep_kernel(const Options &said, const boot::Kernel &kernel, bool nomops, bool &has_mops)
{
	Options options = said;
	if (nomops)
		options.cmdline += (options.cmdline.empty() ? "" : " ") + std::string(without_mops);
	SweepFile file(sweep_directory(options),
		       fmt::format("arm64-{}{}{}", kernel.exact, nomops ? "-nomops" : "",
				   options.request.level == Level::quick ? "-quick" : ""));
	options.seed = sweep_seed(options, file);
	int status = 0;
	if (!file.stored().through())
		status = sweep_in_vm(describe_run(options, kernel), file);
	if (file.stored().head.is_null())
		return status == 0 ? 3 : status;
	has_mops = file.stored().head.at("mops").get<bool>();
	const int judged = report_sweep(options, file);
	return status == 0 ? judged : status;
}

} // namespace

int sweep_host_command(const Options &options)
{
	if (runs_here(options))
		return run_natively(options);
	const auto kernel = debian::get_kernel(options.kernel, options.modules);
	bool has_mops = false;
	const int with = sweep_kernel(options, kernel, false, has_mops);
	if (!has_mops || with > 1)
		return with;
	const int without = sweep_kernel(options, kernel, true, has_mops);
	return without > 1 ? without : std::max(with, without);
}

} // namespace tagtrap
