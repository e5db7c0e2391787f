// SPDX-License-Identifier: GPL-2.0-only
// run, preflight and bench on the host: on this machine, or in a VM.
#include <algorithm>
#include <fmt/core.h>

#include "fixtures/boot/needs.h"
#include "fixtures/debian/sysroot.h"
#include "fixtures/vm/run.h"
#include "harness/cli/commands.h"
#include "harness/cli/confirm.h"
#include "harness/cli/host.h"
#include "harness/cli/progress.h"
#include "harness/cli/rerun.h"
#include "harness/cli/results.h"
#include "harness/cli/side_by_side.h"
#include "harness/report/rest.h"
#include "harness/report/status.h"
#include "harness/sys/cache.h"
#include "harness/sys/claim.h"
#include "harness/sys/file.h"
#include "harness/sys/hold.h"
#include "harness/sys/problem.h"
#include "harness/sys/process.h"
#include "harness/sys/say.h"

#if defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

bool machine_has_mte()
{
#if defined(__aarch64__)
	constexpr unsigned long hwcap2_mte = 1UL << 18; // asm/hwcap.h
	return (getauxval(AT_HWCAP2) & hwcap2_mte) != 0;
#else
	return false;
#endif
}

/// The kernel function that a hang is in; empty where none was seen, and for other points.
std::string stuck_in(const Json &event)
{
	const auto seen = event.find("observation");
	if (seen == event.end() || !seen->is_object() || !seen->contains("hang"))
		return "";
	return seen->at("hang").value("heart", "");
}

} // namespace

void show_progress(Progress &progress, const Json &event)
{
	const std::string kind = event.value("event", "");
	if (kind == "run" && event.contains("plan"))
		progress.planned(planned_points(event));
	else if (kind == "begin" && event.contains("ids") && !event["ids"].empty())
		progress.begun(event["ids"].front().get<std::string>());
	else if (kind == "end")
		progress.ended(event.value("id", ""), event.value("verdict", ""), stuck_in(event));
	else if (kind == "restart")
		progress.say(fmt::format("the machine was restarted: {}", event.value("why", "")));
}

namespace {

/// Commands whose answer is words, not a journal: preflight, bench.
int ask_vm(vm::VmRun run)
{
	run.out = sys::cache_directory("asked");
	for (const auto *name : {"journal.jsonl", "console.log"})
		fs::remove(run.out / name);
	std::string words;
	run.on_event = [&words](const Json &event) {
		if (event.value("event", "") == "words")
			words += event.value("text", "");
	};
	const int status = vm::run_in_vm(run);
	if (words.empty())
		throw sys::Problem(fmt::format("the VM gave no answer (status {}); see {}", status,
					       (run.out / "console.log").string()));
	fmt::print("Linux {} in {}\n{}", run.kernel.release, run.qemu, words);
	return status;
}

/// Runs one point of a run again, in a machine of its own.
RunAlone alone_in_vm(const Options &options, const vm::VmRun &run)
{
	return [&options, &run](const std::string &id, const fs::path &directory, unsigned user) {
		const Options asked = options_alone(options, id);
		vm::VmRun alone = run;
		alone.out = directory;
		alone.argv = guest_arguments(asked);
		alone.disks = disks_of(asked.request);
		alone.preface.clear();
		alone.request = user == 0 ? Json::object() : Json{{"uid", user}};
		alone.deadline.reset();
		alone.on_event = nullptr;
		return vm::run_in_vm(alone);
	};
}

/// What a run of these options is; `before` is the run that it is a rerun of, or null.
vm::VmRun whole_run(Options options, const boot::Kernel &kernel, const Journal *before)
{
	if (before == nullptr)
		return describe_run(options, kernel);
	options.request.page_size = page_size_of(kernel);
	const Json event = take_up(options, *before, options.request);
	auto run = describe_run(options, kernel);
	run.preface = {event};
	run.request["only"] = *options.request.only;
	return run;
}

int run_vm(const Options &options, const Journal *before)
{
	const auto kernel = debian::get_kernel(options.kernel, options.modules);
	auto run = whole_run(options, kernel, before);
	if (options.action != Action::run)
		return ask_vm(std::move(run));
	const sys::HeldSignals held; // what has begun ends with its report
	run.out = make_results_directory(options.out, kernel.exact);
	Progress progress(progress_style(options.no_progress));
	run.on_event = [&progress](const Json &event) { show_progress(progress, event); };
	if (options.max_time)
		run.deadline = std::chrono::steady_clock::now() + *options.max_time;
	int status = 3;
	try {
		status = options.jobs > 1 ? run_side_by_side(run, options, progress)
					  : vm::run_in_vm(run);
	} catch (const sys::Taken &) {
		throw; // the report is that of somebody else
	} catch (const std::exception &error) {
		progress.close();
		sys::say(fmt::format("tagtrap: {}\n", error.what()));
		if (!fs::exists(run.out / "journal.jsonl"))
			return 3;
		write_reports(run.out); // what was measured so far is worth a report
		return 3;
	}
	progress.close();
	if (status > signalled && !has_begun(run.out)) {
		sys::say("tagtrap: interrupted before the machine had anything to say\n");
		return status;
	}
	if (!fs::exists(run.out / "journal.jsonl")) // of parts, which were told of
		return 3;
	if (status == 0 && options.confirm)
		status = confirm_violations(run.out, alone_in_vm(options, run), options.repeat,
					    true);
	const int judged = write_reports(run.out, options.baseline);
	return status == 0 ? judged : status;
}

} // namespace

bool runs_here(const Options &options)
{
	const bool own_kernel = options.kernel.empty() && options.cmdline.empty();
	return options.where == Where::native ||
	       (options.where == Where::automatic && machine_has_mte() && own_kernel &&
		options.qemu.empty());
}

int run_natively(const Options &options)
{
	const fs::path build = fs::path(TAGTRAP_SOURCE_ROOT) / "build/host";
	sys::output_of({.argv = {"ninja", "-C", build, "harness/cli/tagtrap"}});
	sys::become(native_command(options, build / "harness/cli/tagtrap"));
}

vm::VmRun describe_run(const Options &options, const boot::Kernel &kernel)
{
	auto request = options.request;
	request.page_size = page_size_of(kernel);
	// A distribution's kernel and ours have what they need; one that somebody brings may not.
	if (kernel.package.empty() && kernel.version.empty() && !kernel.config.empty())
		for (const auto &line :
		     boot::lacks(sys::read_file(kernel.config), !kernel.modules.empty()))
			sys::note(line);
	vm::VmRun run;
	if (options.action != Action::preflight)
		run.disks = disks_of(request);
	run.kernel = kernel;
	run.guest = debian::guest_binary(debian::build_guest());
	run.argv = guest_arguments(options);
	const Qemu qemu = pick_qemu(options);
	run.qemu = qemu.program;
	run.image_tool = qemu.image_tool;
	run.scratch = sys::cache_directory("scratch");
	run.qemu_chosen = !options.qemu.empty();
	run.cmdline = options.cmdline;
	run.time_scale = options.time_scale;
	run.machine = machine_facts(options, kernel);
	run.machine.update(qemu.facts);
	return run;
}

int run_command(const Options &said)
{
	if (said.list)
		return list_command(said);
	if (!said.shell.empty())
		return shell_command(said);
	if (!said.on.empty())
		return run_on(said);
	Options options = said;
	if (!options.baseline.empty())
		open_results(options.baseline); // throws before a machine is started
	std::optional<Journal> before;
	if (!options.rerun.empty()) {
		before = earlier_run(options.rerun);
		options = inherited(options, before->runs.front());
	}
	if (runs_here(options) || !options.resume.empty()) {
		if (options.jobs > 1)
			throw sys::Problem("--jobs=N is of machines in QEMU: give --vm", 2);
		return run_natively(options);
	}
	return run_vm(options, before ? &*before : nullptr);
}

} // namespace tagtrap
