// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sweep/judge.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <stdexcept>

namespace tagtrap::sweep {

namespace {

constexpr std::array<std::string_view, 10> wrong_names = {
	"nothing", "past_fault", "too_short", "incomplete", "beyond",
	"touched", "bytes",      "error",     "hung",       "died"};

/// What the routines of arm64 without MOPS may leave undone, and what they may have stored beyond
/// their count (arch/arm64/lib: copy_template.S, copy_from_user.S, copy_to_user.S, clear_user.S).
/// Those of x86-64 are exact: what copies words goes on byte by byte behind a fault.
struct Limits {
	uint32_t most = 0;   ///< bytes short
	uint32_t unit = 1;   ///< and a multiple of this
	uint32_t beyond = 0; ///< bytes
	/// A copy that moved nothing tries a single byte: then it is as short as that leaves it.
	bool single = false;
};

Limits limits_of(Routine routine, Class which)
{
	switch (routine) {
	case Routine::to_user:
	case Routine::to_user_loop:
		return {.most = 15, .beyond = 8, .single = true};
	case Routine::clear_user:
		return {.most = 7, .beyond = 7};
	case Routine::from_user:
	case Routine::from_user_loop:
		switch (which) {
		case Class::tiny:
			return {.most = 7};
		case Class::small:
			return {};
		case Class::middle:
			return {.most = 16, .unit = 16, .single = true};
		case Class::large:
			return {.most = 48, .unit = 16, .single = true};
		}
		return {};
	default:
		return {};
	}
}

/// Loops that ask for less and less until nothing moves are held to no more than one copy: older
/// kernels do not have all of them.
bool copies_out(Routine routine)
{
	return routine == Routine::to_user || routine == Routine::to_user_loop;
}

bool copies_in(Routine routine)
{
	return routine == Routine::from_user || routine == Routine::from_user_loop;
}

/// Whether the routine is one that leaves it to the CPU where it stops (MOPS).
bool left_to_cpu(Routine routine, const KernelFacts &facts)
{
	return facts.mops &&
	       (copies_out(routine) || copies_in(routine) || routine == Routine::clear_user);
}

/// Before 5.16 a page is not written when a byte of the buffer that is probed first cannot be read:
/// the write loop then does not come to its copy.
bool gives_up_early(Routine routine, const KernelFacts &facts)
{
	return routine == Routine::from_user_atomic && facts.arch == Arch::arm64 &&
	       (facts.major < 5 || (facts.major == 5 && facts.minor < 16));
}

bool keeps(const Limits &limits, uint32_t missing, uint32_t moved)
{
	if (missing <= limits.most && missing % limits.unit == 0)
		return true;
	return limits.single && moved == 1 && missing + 1 <= limits.most;
}

/// Whether `promise` allows to stop `missing` bytes before the fault.
bool suite_allows(const Promise &promise, uint32_t missing)
{
	return promise.kind == PromiseKind::exact ? missing == 0 : missing <= promise.bytes;
}

/// A fault that nobody may take: the kernel changes a futex by its own mapping of the address.
bool unchecked(const Pass &pass)
{
	return pass.routine == Routine::futex_change && pass.kind == Kind::tag;
}

Judged judge_whole(const Pass &pass, const Case &one, const Seen &seen)
{
	Judged judged;
	judged.faults = one.good < one.length;
	judged.beyond = seen.result < 0 && !seen.done ? seen.changed : 0;
	const bool may_do = !judged.faults || unchecked(pass);
	if (seen.done)
		judged.wrong = may_do ? Wrong::nothing : Wrong::past_fault;
	else if (seen.result != -EFAULT)
		judged.wrong = Wrong::error;
	else if (may_do)
		judged.wrong = Wrong::incomplete;
	else if (judged.beyond != 0)
		judged.wrong = Wrong::beyond;
	return judged;
}

Wrong judge_distance(const Pass &pass, const Case &one, const Judged &judged, uint32_t done,
		     const KernelFacts &facts)
{
	if (copies_out(pass.routine) || pass.routine == Routine::clear_user)
		if (!suite_allows(copies_to_user(facts), judged.missing))
			return Wrong::too_short;
	if (left_to_cpu(pass.routine, facts))
		return Wrong::nothing;
	if (gives_up_early(pass.routine, facts) && judged.missing < facts.page_size)
		return Wrong::nothing;
	const Class which = class_of(pass, one, facts.page_size);
	const Limits limits = facts.arch == Arch::arm64 ? limits_of(pass.routine, which) : Limits();
	const uint32_t start = chunk_of(one, facts.page_size).start;
	if (!keeps(limits, judged.missing, done - std::min(done, start)))
		return Wrong::too_short;
	return judged.beyond > limits.beyond ? Wrong::beyond : Wrong::nothing;
}

Judged judge_counted(const Pass &pass, const Case &one, const Seen &seen, const KernelFacts &facts)
{
	Judged judged;
	judged.faults = one.good < one.length;
	if (seen.result < 0 && seen.result != -EFAULT) {
		judged.wrong = Wrong::error;
		return judged;
	}
	const uint32_t done =
		static_cast<uint32_t>(std::clamp<int64_t>(seen.result, 0, UINT32_MAX));
	const uint32_t reach = std::min(one.good, one.length);
	judged.missing = reach - std::min(done, reach);
	judged.beyond = seen.changed - std::min(done, seen.changed);
	if (done > reach)
		judged.wrong = Wrong::past_fault;
	else if (seen.changed > reach)
		judged.wrong = Wrong::touched;
	else if (seen.arrived < done)
		judged.wrong = Wrong::bytes;
	else if (!judged.faults)
		judged.wrong = done == one.length ? Wrong::nothing : Wrong::incomplete;
	else
		judged.wrong = judge_distance(pass, one, judged, done, facts);
	return judged;
}

std::string limits_text(const Limits &limits)
{
	std::string text = "0";
	if (limits.unit > 1)
		for (uint32_t n = limits.unit; n <= limits.most; n += limits.unit)
			text += fmt::format(", {}", n);
	else if (limits.most != 0)
		text = fmt::format("0..{}", limits.most);
	if (limits.beyond != 0)
		text += fmt::format("; {} beyond", limits.beyond);
	return text;
}

std::string suite_text(const Pass &pass, const KernelFacts &facts)
{
	switch (pass.routine) {
	case Routine::to_user:
	case Routine::to_user_loop:
	case Routine::clear_user:
		return to_string(copies_to_user(facts));
	case Routine::from_user:
	case Routine::from_user_loop:
		return facts.arch == Arch::x86_64 ? "exact" : "-";
	case Routine::from_user_atomic:
		return gives_up_early(pass.routine, facts)
			       ? fmt::format("granular({})", facts.page_size)
			       : "exact";
	default:
		return unchecked(pass) ? "unchecked" : "all-or-nothing";
	}
}

} // namespace

std::string_view to_string(Wrong wrong)
{
	return wrong_names[static_cast<size_t>(wrong)];
}

Wrong parse_wrong(std::string_view text)
{
	const auto *const at = std::ranges::find(wrong_names, text);
	if (at == wrong_names.end())
		throw std::invalid_argument(fmt::format("no way of being wrong: {}", text));
	return static_cast<Wrong>(at - wrong_names.begin());
}

std::string_view words(Class which, Shape shape)
{
	if (shape != Shape::counted)
		return "all";
	constexpr std::array<std::string_view, classes> ranges = {"0..15", "16..63", "64..127",
								  "128.."};
	return ranges[static_cast<size_t>(which)];
}

Class class_of(const Pass &pass, const Case &one, uint32_t page_size)
{
	const Shape shape = trait(pass.routine).shape;
	if (shape == Shape::word)
		return Class::tiny;
	const Chunk chunk =
		shape == Shape::counted ? chunk_of(one, page_size) : Chunk{.length = one.length};
	// The source is aligned first, where there is one and it is long enough.
	const uint32_t source = copies_out(pass.routine) ? chunk.kernel : chunk.user;
	const bool aligns = shape == Shape::counted && pass.routine != Routine::clear_user;
	uint32_t length = chunk.length;
	if (length < 16)
		return Class::tiny;
	if (aligns)
		length -= (16 - source % 16) % 16;
	if (length < 64)
		return Class::small;
	return length < 128 ? Class::middle : Class::large;
}

Judged judge(const Pass &pass, const Case &one, const Seen &seen, const KernelFacts &facts)
{
	if (seen.end != End::returned)
		return {.wrong = seen.end == End::hung ? Wrong::hung : Wrong::died,
			.faults = one.good < one.length};
	if (trait(pass.routine).shape != Shape::counted)
		return judge_whole(pass, one, seen);
	return judge_counted(pass, one, seen, facts);
}

Promised promised(const Pass &pass, Class which, const KernelFacts &facts)
{
	Promised said;
	said.suite = suite_text(pass, facts);
	if (trait(pass.routine).shape != Shape::counted)
		said.source = unchecked(pass) ? "succeeds" : "fails whole";
	else if (left_to_cpu(pass.routine, facts))
		said.source = "left to the CPU";
	else if (facts.arch == Arch::x86_64)
		said.source = "0";
	else if (gives_up_early(pass.routine, facts))
		said.source = "up to a page";
	else
		said.source = limits_text(limits_of(pass.routine, which));
	return said;
}

std::string describe(const Case &one, const Seen &seen)
{
	return fmt::format("length {}, user +{}, kernel +{}, fault at {}: {}, {} arrived, "
			   "changed up to {}{}",
			   one.length, one.user, one.kernel, one.good, seen.result, seen.arrived,
			   seen.changed, seen.end == End::returned ? "" : ", did not return");
}

} // namespace tagtrap::sweep
