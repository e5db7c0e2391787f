// SPDX-License-Identifier: GPL-2.0-only
// `tagtrap sweep`: on a board or natively with a file of its own; in a VM of ours for the host.
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "harness/cli/sweep_file.h"
#include "harness/cli/target.h"
#include "harness/mte/mode.h"
#include "harness/mte/tags.h"
#include "harness/run/facts.h"
#include "harness/run/journal.h"
#include "harness/run/preflight.h"
#include "harness/run/stop.h"
#include "harness/sweep/walk.h"
#include "harness/sys/file.h"
#include "harness/sys/proc.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace {

constexpr int plan_version = 2; ///< to be raised with every change of the cases

/// What x86-64 kernels choose their routines by.
std::string cpu_words()
{
	std::string text;
#if defined(__x86_64__)
	const std::string info = sys::slurp("/proc/cpuinfo") + " ";
	for (const std::string flag : {"erms", "fsrm"})
		if (info.find(" " + flag + " ") != std::string::npos)
			text += (text.empty() ? "CPU with " : ", ") + flag;
	if (text.empty())
		text = "CPU without erms and fsrm";
#else
	text = mte::features().mops ? "CPU with MOPS" : "CPU without MOPS";
#endif
	return text;
}

Json head_of(const sweep::Walk &walk, const std::string &machine)
{
	utsname name = {};
	uname(&name);
	return {{"event", "sweep"},
		{"plan", plan_version},
		{"release", name.release},
		{"arch", to_string(walk.facts.arch)},
		{"major", walk.facts.major},
		{"minor", walk.facts.minor},
		{"page_size", walk.request.page_size},
		{"mops", walk.facts.mops},
		{"quick", walk.request.quick},
		{"seed", walk.request.seed},
		{"machine", fmt::format("{}; {}", machine, cpu_words())}};
}

sweep::Walk walk_of(const Options &options)
{
	sweep::Walk walk;
	walk.facts = kernel_facts();
	walk.request = {.page_size = walk.facts.page_size,
			.seed = options.seed.value_or(1),
			.quick = options.request.level == Level::quick};
	walk.tags = mte::have_tags();
	walk.limit_s *= options.time_scale;
	walk.stop = [] { return stop_asked() != 0; };
	return walk;
}

int sweep_for_host(const Options &options)
{
	const Json request = parse_json(sys::read_file(options.session_request));
	const Json machine = request.value("machine", Json::object());
	sweep::Walk walk = walk_of(options);
	walk.done = request.value("sweep", Json::object());
	JournalWriter journal(options.journal);
	walk.say = [&journal](const Json &event) { journal.write(event); };
	walk.say(head_of(walk, fmt::format("QEMU {}", machine.value("qemu_version", ""))));
	return sweep::walk(walk) ? 0 : 128 + stop_asked();
}

int sweep_here(const Options &options)
{
	utsname name = {};
	uname(&name);
	sweep::Walk walk = walk_of(options);
	SweepFile file(sweep_directory(options),
		       fmt::format("{}-{}{}", to_string(walk.facts.arch), name.release,
				   walk.request.quick ? "-quick" : ""));
	walk.request.seed = sweep_seed(options, file);
	walk.say = [&file](const Json &event) { file.take(event); };
	file.take(head_of(walk, "the machine itself"));
	walk.done = file.stored().done();
	const bool through = sweep::walk(walk);
	const int status = report_sweep(options, file);
	return through ? status : 128 + stop_asked();
}

} // namespace

int sweep_command(const Options &options)
{
	heed_stop_signals();
	const bool our_vm = !options.session_request.empty();
	const Preflight ground = preflight();
	if (ground.ground != Ground::ok && !only_ordinary(ground, our_vm)) {
		sys::say(fmt::format("tagtrap: {}\n", ground.advice));
		return status_of(ground, our_vm);
	}
	return our_vm ? sweep_for_host(options) : sweep_here(options);
}

} // namespace tagtrap
