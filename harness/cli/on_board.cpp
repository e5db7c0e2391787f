// SPDX-License-Identifier: GPL-2.0-only
// --on: a run on a machine that is reached, not started.
#include <fmt/core.h>
#include <sys/utsname.h>

#include "fixtures/debian/sysroot.h"
#include "fixtures/remote/run.h"
#include "harness/cli/first_screen.h"
#include "harness/cli/host.h"
#include "harness/cli/progress.h"
#include "harness/cli/results.h"
#include "harness/cli/resume.h"
#include "harness/report/digest.h"
#include "harness/report/status.h"
#include "harness/sys/claim.h"
#include "harness/sys/file.h"
#include "harness/sys/hold.h"
#include "harness/sys/must.h"
#include "harness/sys/problem.h"
#include "harness/sys/process.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

remote::Transport transport_of(const Options &options)
{
	const std::string_view on = options.on;
	if (on.starts_with("ssh:"))
		return remote::over_ssh(remote::parse_ssh(options.on.substr(4)),
					options.ssh_options);
	if (on == "adb" || on.starts_with("adb:"))
		return remote::over_adb(on == "adb" ? "" : options.on.substr(4));
	throw sys::Problem(fmt::format("--on={}: it takes ssh:[USER@]HOST[:PORT], or "
				       "adb[:SERIAL|:HOST:PORT]",
				       on),
			   2);
}

/// The target binary without what a debugger wants: it goes over a line that may be slow.
fs::path small_binary(const fs::path &build, const char *strip)
{
	const fs::path binary = debian::guest_binary(build), small = binary.string() + ".small";
	if (!fs::exists(small) || fs::last_write_time(small) < fs::last_write_time(binary))
		sys::output_of({.argv = {strip, "-o", small, binary}});
	return small;
}

fs::path binary_for(const remote::Transport &transport)
{
	const auto machine = remote::architecture_of(transport);
	utsname own = {};
	sys::must(::uname(&own), "uname");
	const std::string_view here = own.machine;
	if (machine == "aarch64" || machine == "arm64")
		return small_binary(debian::build_guest(),
				    here == "aarch64" ? "strip" : "aarch64-linux-gnu-strip");
	if (machine == here)
		return small_binary(debian::build_for_own_kind(), "strip");
	throw sys::Problem(fmt::format("{}: it is {}; --on is for arm64 machines, and for those "
				       "like this one. Build tagtrap there, and start it by hand",
				       transport.name, machine));
}

/// Whoever has sent the binary there wants to see what it says.
int preflight_there(const remote::Transport &transport)
{
	const std::string binary = remote::bring(transport, binary_for(transport));
	const auto said = remote::ask(transport, binary + " preflight", std::chrono::minutes(2));
	if (!said.reached)
		throw sys::Problem(fmt::format("{}: the machine is not reached: {}", transport.name,
					       sys::last_lines(said.err, 1)));
	fmt::print("{}", said.out);
	return said.status;
}

/// The words of the session: those of a run on this machine.
std::vector<std::string> session_words(const Options &options)
{
	auto words = guest_arguments(options);
	if (!options.allow_hangs)
		std::erase(words, "--allow-hangs");
	return words;
}

/// What an earlier host has left, for --resume=DIR.
void take_up_run(remote::RemoteRun &run, const Interrupted &was)
{
	run.follower = was.follower;
	run.boot_id = text_at(was.last_run, {"boot_id"});
	run.resumes = true;
	if (was.only)
		run.request["only"] = *was.only;
	const auto directory = text_at(was.last_run, {"machine", "directory"});
	const auto &start = value_at(was.last_run, {"machine", "start"});
	if (!directory.empty() && start.is_number_integer())
		run.machine["before"] =
			fmt::format("{} {}", remote::shell_word(directory), start.get<int>());
}

void show_event(Progress &progress, const Json &event)
{
	const std::string kind = event.value("event", "");
	if (kind == "restart")
		return; // it was said already
	show_progress(progress, event);
}

} // namespace

int run_on(const Options &said)
{
	const auto transport = transport_of(said);
	if (said.action == Action::preflight)
		return preflight_there(transport);
	Options options = said;
	if (!options.baseline.empty())
		open_results(options.baseline); // throws before anything is done
	std::optional<sys::Claim> claim;
	std::optional<Interrupted> was;
	remote::RemoteRun run;
	if (!said.resume.empty()) {
		run.out = said.resume;
		if (!fs::exists(run.out / "journal.jsonl"))
			throw sys::Problem(fmt::format("--resume={}: no run is there", said.resume),
					   2);
		claim.emplace(run.out / "journal.jsonl", sys::still_at_work(run.out), true);
		was = read_interrupted(run.out);
		options = resumed(said, *was);
	}
	const size_t points = plan(options.request).size(); // throws what is wrong with the specs
	if (!was)
		ask_first(options, transport.name, points, transport.home + " there");
	run.transport = transport;
	run.binary = binary_for(transport);
	if (!was) {
		run.out = make_results_directory(options.out, "board");
		claim.emplace(run.out / "journal.jsonl", sys::taken(run.out), false);
	} else {
		cut_tail(run.out, *was);
		if (was->follower.through()) {
			sys::say(fmt::format("tagtrap: the run in {} has come to its end\n",
					     run.out.string()));
			return write_reports(run.out, options.baseline);
		}
		take_up_run(run, *was);
	}
	run.argv = session_words(options);
	run.machine["kind"] = "native";
	run.machine["over"] = transport.name.substr(0, 3);
	run.boot_timeout = std::chrono::duration<double>(options.boot_timeout_s);
	run.time_scale = options.time_scale;
	run.power_cycle = options.power_cycle;
	run.console = options.console;
	const sys::HeldSignals held; // what has begun ends with its report
	Progress progress(progress_style(options.no_progress));
	run.on_event = [&progress](const Json &event) { show_event(progress, event); };
	run.say = [&progress](const std::string &line) { progress.say(line); };
	const fs::path out = run.out;
	int status = 3;
	try {
		status = remote::run_remote(std::move(run));
	} catch (const std::exception &error) {
		progress.close();
		sys::say(fmt::format("tagtrap: {}\n", error.what()));
		if (fs::is_empty(out / "journal.jsonl"))
			return 3;
		write_reports(out); // what was measured so far is worth a report
		return 3;
	}
	progress.close();
	if (status > signalled && fs::is_empty(out / "journal.jsonl")) {
		sys::say("tagtrap: interrupted before the machine had anything to say\n");
		return status;
	}
	const int judged = write_reports(out, options.baseline);
	return status == 0 ? judged : status;
}

} // namespace tagtrap
