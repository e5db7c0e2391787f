// SPDX-License-Identifier: GPL-2.0-only
// The table of a sweep: per routine and kind of fault where it stopped, beside what is promised.
#include <fmt/format.h>

#include "harness/sweep/compare.h"
#include "harness/sweep/stored.h"

namespace tagtrap::sweep {

namespace {

constexpr std::string_view introduction =
	R"(# How far the copy routines come before a fault

Made by `./run.sh sweep` from what was measured; [running.md](running.md#the-copy-routines-themselves) says how. Each row is one routine of the
kernel, reached by one call, and one kind of fault: a page that may not be accessed (`page`) or a granule with
another tag (`tag`). A fault stands at the first byte, at each multiple of 16 within 64 bytes of either end of the buffer, and right behind it; a
granule also within 64 bytes of each edge of a page in the buffer, and of each at which the kernel cuts the copy.

The first call of each routine shows a single copy. *In a loop* are calls around which newer kernels copy again from where they stopped, until nothing moves; older
ones (5.10) copy once there. What takes no fault (*nofault*) is reached by BPF programs.

- *bytes*: what the routine copies in one go; where it aligns its source first, from there on.
- *cases*: calls; of these, *faults*: calls whose buffer holds the fault.
- *short*: bytes between the count that came back and the fault: every value that was seen. copy_to_user_nofault() tells no count: there it is what was stored.
- *beyond*: bytes that were stored beyond the count, still before the fault: every value above 0 that was seen.
- *source*: the file of the kernel that has the routine, and how many bytes *short* and *beyond* it allows; where *single* is said, a copy that moved nothing
  tries one byte, and is one less short then.
- *agrees*: measured beside the source. `agrees`: nothing else was seen than it allows, and the most of it was. `narrower`: less than it allows, with the most that
  was seen; loops that copy the rest are narrower than the copy. `wider`: what was seen and is not allowed. `differs`: calls that are neither whole nor EFAULT.
  `left open`: the CPU decides.
- *suite*: what the suite promises of calls that copy with it.
- *outside*: calls that are outside of either, of the data, or of what is before and behind.

Not reached: single copies of more than 64 bytes from user memory, on kernels that copy again around them (a write to /dev/urandom takes blocks of 64);
copies that survive memory errors or bypass the cache, which need such memory; checksums on the way; `unsafe_put_user` of directory entries.
)";

/// The release without what its distribution adds.
std::string version_of(const Json &head)
{
	const std::string release = head.at("release");
	return release.substr(0, release.find_first_of("-+"));
}

std::string title(const Json &head)
{
	const KernelFacts facts = facts_of(head);
	std::string text = fmt::format("Linux {}, {}", version_of(head), to_string(facts.arch));
	if (facts.arch == Arch::arm64)
		text += facts.mops ? ", copies with MOPS" : ", copies without MOPS";
	return text;
}

std::string line_of(const Pass &pass, const Tally &tally, Class which, const KernelFacts &facts)
{
	const Trait &what = trait(pass.routine);
	const Limits limits = limits_of(pass, which, facts);
	return fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {}{} | {} | {} | {} | {} |\n",
			   what.name, to_string(pass.kind), words(which, what.shape), tally.cases,
			   tally.faults, has_distance(what.shape) ? numbers(tally.missing) : "-",
			   numbers(tally.beyond), limits.file, short_words(limits),
			   limits.single ? "; single" : "", beyond_words(limits),
			   compare(tally, limits), suite_words(pass, facts), tally.wrong_cases());
}

/// A line for each class; what is whole or not at all has one.
std::string lines_of(const Pass &pass, const Tallies &tallies, const KernelFacts &facts)
{
	std::string text;
	Tally all;
	for (size_t i = 0; i < tallies.size(); ++i) {
		all.add(tallies[i]);
		if (tallies[i].cases != 0 && has_distance(trait(pass.routine).shape))
			text += line_of(pass, tallies[i], static_cast<Class>(i), facts);
	}
	if (all.cases != 0 && !has_distance(trait(pass.routine).shape))
		text += line_of(pass, all, Class::tiny, facts);
	return text;
}

std::string calls()
{
	std::string text = "\n| routine | reached by |\n| --- | --- |\n";
	for (const Trait &what : traits())
		text += fmt::format("| {} | {} |\n", what.name, what.call);
	return text;
}

} // namespace

std::string section(const Stored &one)
{
	const KernelFacts facts = facts_of(one.head);
	const Request request = request_of(one.head);
	std::string text =
		fmt::format("## {}\n\n{}; pages of {} bytes; {} plan, seed {}.\n\n",
			    title(one.head), one.head.value("machine", ""), facts.page_size,
			    request.quick ? "quick" : "whole", request.seed);
	text += "| routine | fault | bytes | cases | faults | short | beyond | source | short by "
		"source | beyond by source | agrees | suite | outside |\n"
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
	std::string left, examples;
	for (const Pass &pass : passes()) {
		const auto at = one.passes.find(name(pass));
		const Progress none;
		const Progress &progress = at == one.passes.end() ? none : at->second;
		text += lines_of(pass, progress.tallies, facts);
		for (const auto &tally : progress.tallies)
			for (const auto &example : tally.examples)
				examples += fmt::format("- {}: {}\n", name(pass), example);
		if (!progress.left.empty())
			left += fmt::format("- {}: {}\n", name(pass), progress.left);
		else if (!progress.through())
			left += fmt::format("- {}: not yet, {} of {} cases\n", name(pass),
					    progress.next, progress.of);
	}
	if (!left.empty())
		text += "\nNot run:\n\n" + left;
	if (!examples.empty())
		text += "\nOutside, the first of each:\n\n" + examples;
	return text;
}

std::string page(const std::vector<Stored> &all)
{
	std::string text(introduction);
	text += calls();
	for (const auto &one : all)
		text += '\n' + section(one);
	return text;
}

} // namespace tagtrap::sweep
