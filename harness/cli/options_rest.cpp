// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <fmt/core.h>

#include "harness/cli/options_parts.h"

namespace tagtrap {

namespace {

bool takes_cause(const Options &options)
{
	return options.action == Action::reproduce ||
	       (options.action == Action::report &&
		(options.format == "lkml" || options.format == "security"));
}

void check_matrix(const Options &options)
{
	for (const auto *name : {"--kernel", "--modules", "--native", "--list", "--long"})
		if (options.given.contains(name))
			throw UsageError(fmt::format("matrix: {} is of one run; kernels go into "
						     "--kernels=LIST",
						     name));
	if (options.stored && options.directories.empty())
		throw UsageError("matrix --report: which runs? Give their directories "
				 "(results/...), or that of a matrix");
	if (!options.stored && options.format != "text")
		throw UsageError("matrix: --format goes with --report; a matrix leaves text and "
				 "HTML in its directory");
}

/// Options of a board, and those of a run that goes on.
void check_board(const Options &options)
{
	for (const auto *name : {"--ssh-option", "--boot-timeout", "--power-cycle", "--console"})
		if (options.on.empty() && options.given.contains(name))
			throw UsageError(fmt::format("{} goes with --on", name));
	if (!options.on.empty())
		for (const auto *name :
		     {"--native", "--vm", "--kernel", "--modules", "--cmdline", "--qemu", "--shell",
		      "--gdb", "--confirm", "--repeat", "--max-time", "--rerun"})
			if (options.given.contains(name))
				throw UsageError(
					fmt::format("--on and {} exclude each other", name));
	if (options.resume.empty())
		return;
	for (const auto *name : {"--out", "--rerun", "--vm", "--max-time"})
		if (options.given.contains(name))
			throw UsageError(fmt::format("--resume=DIR goes on with the run in DIR: "
						     "leave out {}",
						     name));
	if (!options.request.specs.empty())
		throw UsageError("--resume=DIR goes on with the plan of that run: leave out "
				 "TEST-SPECs");
}

/// Machines side by side, each with its shard of one plan, which are put together at the end.
void check_jobs(const Options &options)
{
	if (options.action != Action::run || options.jobs == 1)
		return;
	for (const auto *name : {"--native", "--on", "--shell", "--gdb", "--list", "--rerun",
				 "--resume", "--shard", "--bisect"})
		if (options.given.contains(name))
			throw UsageError(fmt::format("--jobs and {} exclude each other", name));
}

} // namespace

void take_rest(Options &options, std::vector<std::string> rest)
{
	for (const auto &word : rest)
		if (word.starts_with('-'))
			throw UsageError(fmt::format("unknown option {}", word));
	switch (options.action) {
	case Action::run:
	case Action::bench:
	case Action::coverage:
		options.request.specs = std::move(rest);
		return;
	case Action::matrix:
		(options.stored ? options.directories : options.request.specs) = std::move(rest);
		return;
	case Action::mutants:
		for (auto &word : rest) // names are plain words, TEST-SPECs here are not
			(word.find_first_of("/[*~") == std::string::npos ? options.mutants
									 : options.request.specs)
				.push_back(std::move(word));
		return;
	case Action::kernel_build:
		if (rest.empty() || rest.front() != "build")
			throw UsageError("kernel: say `kernel build`");
		rest.erase(rest.begin());
		break;
	case Action::compare:
		if (rest.size() < 2)
			throw UsageError("compare: which runs? Give the directory of the earlier "
					 "one and that of the later one");
		options.earlier = rest.front();
		rest.erase(rest.begin());
		[[fallthrough]];
	case Action::report:
	case Action::judge:
	case Action::reproduce:
		if (rest.empty())
			throw UsageError("which run? Give its directory (results/...)");
		options.directory = rest.front();
		rest.erase(rest.begin());
		if (!rest.empty() && takes_cause(options)) {
			options.cause = rest.front();
			rest.erase(rest.begin());
		}
		break;
	case Action::explain:
		if (rest.empty())
			throw UsageError("explain: what? Give an id, a rule (F1), a row or a call");
		options.subject = rest.front();
		rest.erase(rest.begin());
		break;
	case Action::merge:
		if (rest.empty())
			throw UsageError("merge: which parts? Give the directories of their runs");
		options.directories = std::move(rest);
		return;
	case Action::remote:
		options.words = std::move(rest);
		return;
	case Action::test:
		options.steps = std::move(rest);
		return;
	case Action::kernels:
	case Action::preflight:
	case Action::cache:
	case Action::sweep:
	case Action::programs:
		break;
	}
	if (!rest.empty())
		throw UsageError(fmt::format("unexpected argument {}", rest.front()));
}

void check_together(const Options &options, const std::vector<std::string> &words)
{
	const auto given = [&](std::string_view word) {
		return std::ranges::find(words, word) != words.end();
	};
	if (given("--quick") && given("--exhaustive"))
		throw UsageError("--quick and --exhaustive exclude each other");
	if (given("--offline") && given("--refresh"))
		throw UsageError("--offline and --refresh exclude each other");
	if (given("--native") && given("--vm"))
		throw UsageError("--native and --vm exclude each other");
	const bool vm_only = !options.shell.empty() || !options.kernel.empty() ||
			     !options.modules.empty() || !options.cmdline.empty() ||
			     !options.qemu.empty();
	if (options.where == Where::native && vm_only)
		throw UsageError("--native runs on this machine's own kernel: leave out --kernel, "
				 "--modules, --cmdline, --qemu, --shell and --gdb");
	if (options.action == Action::matrix)
		check_matrix(options);
	check_board(options);
	check_jobs(options);
	const bool lists = options.action == Action::run || options.action == Action::bench;
	if (lists && !options.list && (options.long_list || options.format != "text"))
		throw UsageError("--long and --format=json of a plan go with --list");
	if (options.action == Action::judge && !options.contract)
		throw UsageError("judge: say --contract=mainline or --contract=forced-signal");
}

} // namespace tagtrap
