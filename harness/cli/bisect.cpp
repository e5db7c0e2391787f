// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/bisect.h"

#include <algorithm>
#include <fmt/format.h>

#include "fixtures/boot/tree_build.h"
#include "harness/cli/commands.h"
#include "harness/cli/results.h"
#include "harness/report/status.h"
#include "harness/sys/cache.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "harness/sys/process.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

bool is_cause(std::string_view word)
{
	return word.size() == 8 && word.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string commit_of(const fs::path &tree)
{
	const auto git = sys::run({.argv = {"git", "-C", tree, "rev-parse", "--short=12", "HEAD"}});
	return git.status == 0 ? git.out.substr(0, git.out.find('\n')) : "no-commit";
}

/// A directory for the run of this commit, which may have been run before.
fs::path run_directory(const std::string &wanted, const std::string &commit)
{
	const fs::path above = wanted.empty() ? fs::path("results/bisect") : fs::path(wanted);
	fs::path directory = above / commit;
	for (int number = 2; fs::exists(directory); number++)
		directory = above / fmt::format("{}-{}", commit, number);
	return directory;
}

/// What the run in `directory` found.
int answer_of(const BisectQuestion &question, int status, const fs::path &directory)
{
	if (question.cause.empty() || !fs::exists(directory / "journal.jsonl"))
		return bisect_answer(question, status, {});
	const auto journal = open_results(directory);
	const auto all = digest(journal);
	return bisect_answer(question, status, causes_of(all));
}

std::string_view in_words(int answer)
{
	switch (answer) {
	case commit_is_good:
		return "good";
	case commit_is_bad:
		return "bad";
	case commit_cannot_be_told:
		return "cannot be told";
	default:
		return "interrupted";
	}
}

} // namespace

BisectQuestion bisect_question(const std::vector<std::string> &words)
{
	if (words.empty())
		throw sys::Problem("--bisect: about what? Give a TEST-SPEC or a cause, as a report "
				   "names it",
				   2);
	BisectQuestion out;
	for (const auto &word : words) {
		if (!is_cause(word))
			out.specs.push_back(word);
		else if (out.cause.empty())
			out.cause = word;
		else
			throw sys::Problem("--bisect: one cause at a time", 2);
	}
	return out;
}

int bisect_answer(const BisectQuestion &question, int status, std::span<const Cause> causes)
{
	if (status >= signalled)
		return status;
	if (!question.cause.empty() &&
	    std::ranges::find(causes, question.cause, &Cause::id) != causes.end())
		return commit_is_bad;
	if (status == 0)
		return commit_is_good;
	if (status != 1)
		return commit_cannot_be_told;
	return question.cause.empty() ? commit_is_bad : commit_is_good;
}

int status_for_bisect(int status)
{
	const bool known = status == commit_is_good || status == commit_is_bad ||
			   status == commit_cannot_be_told || status >= bisection_stops;
	return known ? status : bisection_stops;
}

int bisect_command(const Options &options)
{
	const fs::path tree = options.kernel_tree;
	if (tree.empty())
		throw sys::Problem("--bisect: of which tree? Give --kernel-tree=DIR", 2);
	if (!boot::is_kernel_tree(tree))
		throw sys::Problem(fmt::format("--kernel-tree={}: no sources of a kernel for arm64 "
					       "are there",
					       tree.string()),
				   2);
	const auto question = bisect_question(options.request.specs);
	const auto commit = commit_of(tree);
	sys::note(fmt::format("{}: building", commit));
	const auto build = boot::build_tree(
		tree, fs::path(TAGTRAP_SOURCE_ROOT) / "fixtures/kernel/config/reference.config");
	if (!build) {
		const auto log = boot::build_of(tree) / "build.log";
		const auto last = sys::last_lines(sys::read_file(log), 5);
		sys::say(fmt::format("{}\ntagtrap: {} is not built, so nothing is told of it; the "
				     "whole log is {}\n",
				     last, commit, log.string()));
		return commit_cannot_be_told;
	}
	Options asked = options;
	asked.bisect = false;
	asked.kernel = *build;
	asked.where = Where::vm;
	asked.request.specs = question.specs;
	asked.out = run_directory(options.out, commit);
	const int answer = answer_of(question, run_command(asked), asked.out);
	sys::say(fmt::format("tagtrap: {} {}; the report is in {}\n", commit, in_words(answer),
			     asked.out));
	return answer;
}

} // namespace tagtrap
