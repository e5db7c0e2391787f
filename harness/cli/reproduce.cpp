// SPDX-License-Identifier: GPL-2.0-only
// `reproduce`: the C programs of a run's causes, each alone on the kernel that they are about.
#include "harness/cli/reproduce.h"

#include <algorithm>
#include <fmt/format.h>
#include <span>

#include "harness/cli/commands.h"
#include "harness/cli/confirm.h"
#include "harness/cli/host.h"
#include "harness/cli/rerun.h"
#include "harness/cli/results.h"
#include "harness/model/case.h"
#include "harness/report/cause.h"
#include "harness/report/command.h"
#include "harness/report/reproduced.h"
#include "harness/report/reproducer.h"
#include "harness/report/status.h"
#include "harness/sys/problem.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

/// Where a program works: on its place, if that is a filesystem.
std::string directory_for(const std::string &id)
{
	const auto point = parse_id(id);
	return point.place->kind == PlaceKind::file ? fmt::format("/mnt/{}", point.place->name)
						    : "/tmp";
}

/// Ends a run from within: the machine begins a program again that took one down.
struct Again {};

/// Runs `programs` in one machine, and says for how many of them it lasted.
size_t run_in_one(vm::VmRun machine, std::span<CProgram *const> programs, int &status)
{
	machine.programs.clear();
	machine.disks.clear();
	Json asked = Json::array();
	for (const CProgram *const program : programs) {
		const auto path = fmt::format("programs/{}", asked.size());
		machine.programs.push_back({path, program->built.program});
		asked.push_back({{"path", "/" + path},
				 {"directory", directory_for(program->id)},
				 {"uid", program->user}});
		if (const auto place = parse_id(program->id).place; place->on_disk)
			machine.disks.emplace_back(place->name);
	}
	std::ranges::sort(machine.disks);
	const auto same = std::ranges::unique(machine.disks);
	machine.disks.erase(same.begin(), same.end());
	machine.request = {{"programs", asked}};
	size_t begun = 0;
	machine.on_event = [&](const Json &event) {
		if (event.value("event", "") != "program")
			return;
		const auto number = event.at("number").get<size_t>();
		if (event.contains("status")) {
			programs[number]->seen = event;
		} else if (number < begun) {
			throw Again();
		} else {
			begun = number + 1; // until it answers, the machine may be lost in it
			programs[number]->seen = {{"status", program_lost}, {"output", ""}};
		}
	};
	try {
		status = vm::run_in_vm(machine);
	} catch (const Again &) {
		return begun;
	} catch (const sys::Problem &) {
		if (begun == 0)
			throw;
	}
	return std::max<size_t>(begun, 1);
}

} // namespace

std::vector<CProgram> build_programs(const fs::path &out, const std::string &wanted)
{
	const auto compiler = arm64_compiler();
	if (compiler.empty())
		throw sys::Problem("no compiler for arm64: install gcc-aarch64-linux-gnu and "
				   "libc6-dev-arm64-cross");
	const auto journal = open_results(out);
	const auto all = digest(journal);
	const auto directory = out / "reproduce";
	fs::create_directories(directory);
	std::vector<CProgram> programs;
	for (const auto &cause : causes_of(all)) {
		if (!wanted.empty() && cause.id != wanted)
			continue;
		const auto &end = *cause.shortest->end;
		const auto &run = run_of(journal, &end);
		if (parse_id(end.id).nomops) { // the other kernel command line
			programs.push_back({.cause = cause.id, .id = end.id});
			programs.back().built.wrong = "it needs a kernel booted with arm64.nomops";
			continue;
		}
		programs.push_back(
			{.cause = cause.id,
			 .id = end.id,
			 .built = build_reproducer(directory.string(), end.id, terms_of_run(run),
						   end.verdict, compiler),
			 .user = privilege(run, end.id).needed ? 0 : ordinary_user,
			 .crash = end.verdict.kind == VerdictKind::crash});
	}
	if (programs.empty() && !wanted.empty())
		throw sys::Problem(fmt::format("this run has no cause {}", wanted), 2);
	return programs;
}

int run_programs(std::vector<CProgram> &programs, const vm::VmRun &like, const fs::path &out)
{
	std::vector<CProgram *> built;
	for (auto &program : programs)
		if (!program.built.program.empty())
			built.push_back(&program);
	auto machine = like;
	Options words;
	words.action = Action::programs;
	machine.argv = guest_arguments(words);
	machine.out = out;
	machine.image_tool.clear(); // nothing is saved: no point is run
	machine.preface.clear();
	machine.deadline.reset();
	machine.on_go = nullptr;
	int status = 0;
	for (std::span<CProgram *const> left(built); !left.empty() && status <= signalled;) {
		for (const auto *name : {"journal.jsonl", "console.log"})
			fs::remove(machine.out / name);
		left = left.subspan(run_in_one(machine, left, status));
	}
	return status > signalled ? status : 0;
}

std::vector<Json> reproduced_events(const std::vector<CProgram> &programs)
{
	std::vector<Json> events;
	for (const auto &program : programs) {
		const bool none = program.built.program.empty();
		events.push_back(reproduced_event(program.id, program.cause, program.user,
						  none ? program.built.wrong : std::string(),
						  program.seen, program.crash));
	}
	return events;
}

int reproduce_command(const Options &said)
{
	const fs::path out = said.directory;
	const bool elsewhere = !said.kernel.empty() || !said.cmdline.empty();
	auto programs = build_programs(out, said.cause);
	if (programs.empty()) {
		fmt::print("This run has no violation: there is nothing to reproduce.\n");
		return 0;
	}
	const auto journal = open_results(out);
	const Json &run = journal.runs.front();
	if (!elsewhere && text_at(run, {"machine", "kind"}) != "qemu")
		throw sys::Problem(
			fmt::format("this run was made on a machine of its own: copy the "
				    "programs in {} there, or give --kernel=NAME for a "
				    "VM",
				    (out / "reproduce").string()),
			2);
	Options options = said;
	options.action = Action::run;
	options = inherited(options, run);
	const auto kernel = debian::get_kernel(options.kernel, options.modules);
	if (const int status =
		    run_programs(programs, describe_run(options, kernel), out / "reproduce");
	    status != 0)
		return status;
	bool all = true;
	for (const auto &event : reproduced_events(programs)) {
		fmt::print("{} {}\n  {}\n", text_at(event, {"cause"}), text_at(event, {"id"}),
			   reproduced_words(event));
		all = all && (reproduced(event) || !text_at(event, {"why_not"}).empty());
		if (!elsewhere) // what another kernel does is not of this run
			append_event(out, event);
	}
	if (!elsewhere)
		store_reports(out, open_results(out));
	return all ? 0 : 1;
}

} // namespace tagtrap
