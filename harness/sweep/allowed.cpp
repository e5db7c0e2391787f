// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sweep/allowed.h"

#include <array>
#include <fmt/format.h>

namespace tagtrap::sweep {

namespace {

bool copies_out(Routine routine)
{
	return routine == Routine::to_user || routine == Routine::to_user_loop ||
	       routine == Routine::to_user_nofault;
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

/// A fault that nobody may take: the kernel changes a futex by its own mapping of the address.
bool unchecked(const Pass &pass)
{
	return pass.routine == Routine::futex_change && pass.kind == Kind::tag;
}

/// copy_from_user() of arm64 stops by how much is left when its source is aligned.
Limits copy_in_limits(Class which)
{
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
}

/// Loops that ask for less and less until nothing moves are held to no more than one copy: older
/// kernels do not have all of them. Of a copy that tells nothing what it stored is seen, its count
/// and what it stored beyond.
Limits arm64_limits(Routine routine, Class which)
{
	if (routine == Routine::to_user_nofault)
		return {.most = 15, .single = true};
	if (copies_out(routine))
		return {.most = 15, .beyond = 8, .single = true};
	if (copies_in(routine))
		return copy_in_limits(which);
	return routine == Routine::clear_user ? Limits{.most = 7, .beyond = 7} : Limits();
}

std::string_view arm64_file(Routine routine)
{
	switch (routine) {
	case Routine::to_user:
	case Routine::to_user_loop:
	case Routine::to_user_nofault:
		return "arch/arm64/lib/copy_to_user.S";
	case Routine::from_user:
	case Routine::from_user_loop:
		return "arch/arm64/lib/copy_from_user.S";
	case Routine::clear_user:
		return "arch/arm64/lib/clear_user.S";
	case Routine::futex_change:
		return "arch/arm64/include/asm/futex.h";
	default: // words
		return "arch/arm64/include/asm/uaccess.h";
	}
}

std::string_view x86_file(Routine routine, const KernelFacts &facts)
{
	const bool before_5_19 = facts.major < 5 || (facts.major == 5 && facts.minor < 19);
	switch (routine) {
	case Routine::clear_user:
		return before_5_19 ? "arch/x86/lib/usercopy_64.c" : "arch/x86/lib/clear_page_64.S";
	case Routine::get_user_4:
	case Routine::get_user_8:
		return "arch/x86/lib/getuser.S";
	case Routine::put_user_4:
	case Routine::put_user_8:
		return "arch/x86/lib/putuser.S";
	case Routine::futex_load:
		return "arch/x86/include/asm/uaccess.h";
	case Routine::futex_change:
		return "arch/x86/include/asm/futex.h";
	default:
		return "arch/x86/lib/copy_user_64.S";
	}
}

std::string_view file_of(Routine routine, const KernelFacts &facts)
{
	switch (routine) {
	case Routine::strncpy_from_user:
		return "lib/strncpy_from_user.c";
	case Routine::strnlen_user:
		return "lib/strnlen_user.c";
	case Routine::from_user_atomic: // generic_perform_write()
		return "mm/filemap.c";
	case Routine::from_user_nofault:
	case Routine::strncpy_from_user_nofault:
		return "mm/maccess.c";
	default:
		return facts.arch == Arch::arm64 ? arm64_file(routine) : x86_file(routine, facts);
	}
}

} // namespace

std::string_view words(Class which, Shape shape)
{
	if (!has_distance(shape))
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
	const Chunk chunk = chunk_of(pass.routine, one, page_size);
	// The source is aligned first, where there is one and it is long enough.
	const uint32_t source = copies_out(pass.routine) ? chunk.kernel : chunk.user;
	const bool aligns = has_distance(shape) && pass.routine != Routine::clear_user;
	uint32_t length = chunk.length;
	if (length < 16)
		return Class::tiny;
	if (aligns)
		length -= (16 - source % 16) % 16;
	if (length < 64)
		return Class::small;
	return length < 128 ? Class::middle : Class::large;
}

bool Limits::allow(uint32_t missing, uint32_t moved) const
{
	if (missing <= most && missing % unit == 0)
		return true;
	return single && moved == 1 && missing + 1 <= most;
}

Limits limits_of(const Pass &pass, Class which, const KernelFacts &facts)
{
	// Those of x86-64 are exact: what copies words goes on byte by byte behind a fault.
	Limits limits = facts.arch == Arch::arm64 ? arm64_limits(pass.routine, which) : Limits();
	if (gives_up_early(pass.routine, facts))
		limits = {.most = facts.page_size - 1};
	if (!has_distance(trait(pass.routine).shape))
		limits = {.says = unchecked(pass) ? Says::succeeds : Says::whole};
	else if (left_to_cpu(pass.routine, facts))
		limits = {.says = Says::open};
	limits.file = file_of(pass.routine, facts);
	return limits;
}

std::string short_words(const Limits &limits)
{
	switch (limits.says) {
	case Says::open:
		return "left to the CPU";
	case Says::whole:
		return "fails whole";
	case Says::succeeds:
		return "succeeds";
	case Says::stops:
		break;
	}
	if (limits.most == 0)
		return "0";
	if (limits.unit == 1)
		return fmt::format("0..{}", limits.most);
	std::string text = "0";
	for (uint32_t n = limits.unit; n <= limits.most; n += limits.unit)
		text += fmt::format(", {}", n);
	return text;
}

std::string beyond_words(const Limits &limits)
{
	if (limits.says == Says::open || limits.says == Says::succeeds)
		return "-";
	return limits.beyond == 0 ? "0" : fmt::format("0..{}", limits.beyond);
}

std::string suite_words(const Pass &pass, const KernelFacts &facts)
{
	if (copies_out(pass.routine) || pass.routine == Routine::clear_user)
		return to_string(copies_to_user(facts));
	if (copies_in(pass.routine))
		return facts.arch == Arch::x86_64 ? "exact" : "-";
	if (gives_up_early(pass.routine, facts))
		return fmt::format("granular({})", facts.page_size);
	if (pass.routine == Routine::from_user_atomic)
		return "exact";
	return unchecked(pass) ? "unchecked" : "all-or-nothing";
}

bool suite_allows(const Pass &pass, uint32_t missing, const KernelFacts &facts)
{
	if (!copies_out(pass.routine) && pass.routine != Routine::clear_user)
		return true;
	const Promise promise = copies_to_user(facts);
	return promise.kind == PromiseKind::exact ? missing == 0 : missing <= promise.bytes;
}

} // namespace tagtrap::sweep
