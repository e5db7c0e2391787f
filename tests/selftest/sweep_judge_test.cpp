// SPDX-License-Identifier: GPL-2.0-only
// A routine's promise, and a way of being outside of it for each of its parts.
#include <catch2/catch_test_macros.hpp>
#include <cerrno>

#include "harness/sweep/judge.h"

using namespace tagtrap;
using namespace tagtrap::sweep;

namespace {

constexpr KernelFacts arm = {.arch = Arch::arm64, .major = 6, .minor = 12};
constexpr KernelFacts arm_mops = {.arch = Arch::arm64, .major = 7, .minor = 3, .mops = true};
constexpr KernelFacts x86 = {.arch = Arch::x86_64, .major = 6, .minor = 12};

constexpr Pass out = {Routine::to_user, Kind::tag};
constexpr Pass in = {Routine::from_user_loop, Kind::tag};
constexpr Pass loop = {Routine::from_user_atomic, Kind::tag};
constexpr Pass clear = {Routine::clear_user, Kind::tag};
constexpr Pass string = {Routine::strncpy_from_user, Kind::tag};
constexpr Pass word = {Routine::put_user_8, Kind::tag};
constexpr Pass whole = {Routine::from_user_nofault, Kind::tag};
constexpr Pass nofault_string = {Routine::strncpy_from_user_nofault, Kind::tag};
constexpr Pass silent = {Routine::to_user_nofault, Kind::tag};

/// A copy of `one` that came `done` bytes far, and stored as many.
Seen copied(uint32_t done)
{
	const bool nothing = done == 0;
	return {.result = nothing ? -EFAULT : int64_t{done}, .arrived = done, .changed = done};
}

Wrong verdict(const Pass &pass, const Case &one, const Seen &seen, const KernelFacts &facts = arm)
{
	return judge(pass, one, seen, facts).wrong;
}

} // namespace

TEST_CASE("copy_to_user of arm64 is up to 15 bytes short, and stores up to 8 beyond")
{
	const Case one = {.length = 200, .good = 100};
	for (uint32_t missing = 0; missing <= 15; ++missing)
		CHECK(verdict(out, one, copied(100 - missing)) == Wrong::nothing);
	CHECK(verdict(out, one, copied(84)) == Wrong::too_short);
	CHECK(verdict(out, one, copied(101)) == Wrong::past_fault);
	Seen seen = copied(90);
	seen.changed = 98;
	CHECK(verdict(out, one, seen) == Wrong::nothing);
	CHECK(judge(out, one, seen, arm).beyond == 8);
	seen.changed = 99;
	CHECK(verdict(out, one, seen) == Wrong::beyond);
	seen.changed = 101;
	CHECK(verdict(out, one, seen) == Wrong::touched);
}

TEST_CASE("copy_from_user of arm64 stops by the length that is left when its source is aligned")
{
	const Case tiny = {.length = 12, .good = 9, .user = 7};
	CHECK(verdict(in, tiny, copied(2)) == Wrong::nothing);
	CHECK(verdict(in, tiny, copied(1)) == Wrong::too_short);
	const Case small = {.length = 70, .good = 25, .user = 7}; // 61 behind 9
	CHECK(class_of(in, small, 4096) == Class::small);
	CHECK(verdict(in, small, copied(25)) == Wrong::nothing);
	CHECK(verdict(in, small, copied(24)) == Wrong::too_short);
	const Case middle = {.length = 100, .good = 48};
	CHECK(verdict(in, middle, copied(32)) == Wrong::nothing);
	CHECK(verdict(in, middle, copied(40)) == Wrong::too_short);
	CHECK(verdict(in, middle, copied(16)) == Wrong::too_short);
	const Case large = {.length = 200, .good = 64};
	for (const uint32_t missing : {0U, 16U, 32U, 48U})
		CHECK(verdict(in, large, copied(64 - missing)) == Wrong::nothing);
	CHECK(verdict(in, large, copied(0)) == Wrong::too_short);
	// A single byte where nothing else was copied.
	CHECK(verdict(in, {.length = 200, .good = 48}, copied(1)) == Wrong::nothing);
	CHECK(verdict(in, {.length = 200, .good = 48}, copied(2)) == Wrong::too_short);
}

TEST_CASE("bytes that arrive are those of the source, and none of the bad granule")
{
	const Case one = {.length = 64, .good = 32};
	Seen seen = copied(32);
	seen.arrived = 31;
	CHECK(verdict(in, one, seen) == Wrong::bytes);
	seen = copied(32);
	seen.changed = 33;
	CHECK(verdict(in, one, seen) == Wrong::touched);
	seen = copied(16);
	seen.changed = 24;
	CHECK(verdict(in, {.length = 100, .good = 32}, seen) == Wrong::beyond);
}

TEST_CASE("a loop and x86-64 are exact, whatever they copy; MOPS leaves it to the CPU")
{
	const Case one = {.length = 200, .good = 64};
	CHECK(verdict(loop, one, copied(64)) == Wrong::nothing);
	CHECK(verdict(loop, one, copied(63)) == Wrong::too_short);
	constexpr KernelFacts old = {.arch = Arch::arm64, .major = 5, .minor = 10};
	CHECK(verdict(loop, one, copied(0), old) == Wrong::nothing);
	CHECK(verdict(loop, one, copied(65), old) == Wrong::past_fault);
	for (const Pass &pass : {out, in, clear}) {
		CHECK(verdict(pass, one, copied(64), x86) == Wrong::nothing);
		CHECK(verdict(pass, one, copied(63), x86) == Wrong::too_short);
	}
	CHECK(verdict(in, one, copied(3), arm_mops) == Wrong::nothing);
	CHECK(verdict(in, one, copied(65), arm_mops) == Wrong::past_fault);
	CHECK(verdict(out, one, copied(50), arm_mops) == Wrong::nothing);
	CHECK(verdict(out, one, copied(48), arm_mops) ==
	      Wrong::too_short); // of the suite's promise
}

TEST_CASE("clear_user is up to 7 bytes short, and may have cleared them")
{
	const Case one = {.length = 40, .good = 13, .user = 3};
	CHECK(verdict(clear, one, copied(6)) == Wrong::nothing);
	CHECK(verdict(clear, one, copied(5)) == Wrong::too_short);
	Seen seen = copied(8);
	seen.changed = 13;
	CHECK(verdict(clear, one, seen) == Wrong::nothing);
}

TEST_CASE("a fault behind the buffer changes nothing")
{
	const Case one = {.length = 20, .good = 29, .user = 3};
	CHECK(verdict(out, one, copied(20)) == Wrong::nothing);
	CHECK_FALSE(judge(out, one, copied(20), arm).faults);
	CHECK(verdict(out, one, copied(19)) == Wrong::incomplete);
	CHECK(verdict(out, one, copied(0)) == Wrong::incomplete);
	Seen seen = copied(20);
	seen.changed = 21;
	CHECK(verdict(out, one, seen) == Wrong::touched);
	CHECK(verdict(out, {.length = 0, .good = 16}, {.result = 0}) == Wrong::nothing);
}

TEST_CASE("strings and words are whole or EFAULT")
{
	const Case bad = {.length = 8, .good = 4}, good = {.length = 8, .good = 8};
	for (const Pass &pass : {string, word}) {
		CHECK(verdict(pass, bad, {.result = -EFAULT}) == Wrong::nothing);
		CHECK(verdict(pass, bad, {.result = 0, .done = true}) == Wrong::past_fault);
		CHECK(verdict(pass, bad, {.result = -ENOMEM}) == Wrong::error);
		CHECK(verdict(pass, good, {.result = 0, .done = true}) == Wrong::nothing);
		CHECK(verdict(pass, good, {.result = -EFAULT}) == Wrong::incomplete);
	}
	CHECK(verdict(word, bad, {.result = -EFAULT, .changed = 4}) == Wrong::beyond);
	// A futex is changed by a path that is not checked for tags.
	const Case first = {.length = 4, .good = 0};
	const Seen changed = {.result = 0, .done = true}, refused = {.result = -EFAULT};
	CHECK(verdict({Routine::futex_change, Kind::tag}, first, changed) == Wrong::nothing);
	CHECK(verdict({Routine::futex_change, Kind::tag}, first, refused) == Wrong::incomplete);
	CHECK(verdict({Routine::futex_change, Kind::page}, first, refused) == Wrong::nothing);
}

TEST_CASE("a call that does not come back, or takes the child with it, is outside of any promise")
{
	const Case one = {.length = 8, .good = 4};
	CHECK(verdict(out, one, {.end = End::hung}) == Wrong::hung);
	CHECK(verdict(string, one, {.end = End::died}) == Wrong::died);
	CHECK(verdict(out, one, {.result = -EIO}) == Wrong::error);
}

TEST_CASE("what is copied without faults from user memory is whole, or EFAULT and nothing of it")
{
	const Case bad = {.length = 40, .good = 16}, good = {.length = 40, .good = 48};
	for (const Pass &pass : {whole, nofault_string}) {
		const int64_t all = pass == whole ? 0 : 40;
		const Seen came = {.result = all, .arrived = 40, .changed = 40, .done = true};
		CHECK(verdict(pass, good, came) == Wrong::nothing);
		CHECK(verdict(pass, bad, {.result = -EFAULT}) == Wrong::nothing);
		// What it left as it was may be the same as the source.
		CHECK(verdict(pass, bad, {.result = -EFAULT, .arrived = 3}) == Wrong::nothing);
		CHECK(verdict(pass, bad, came) == Wrong::past_fault);
		CHECK(verdict(pass, good, {.result = -EFAULT}) == Wrong::incomplete);
		CHECK(verdict(pass, good, {.result = 7}) == Wrong::error);
		CHECK(verdict(pass, bad, {.result = -EPERM}) == Wrong::error);
		Seen seen = came;
		seen.arrived = 39;
		CHECK(verdict(pass, good, seen) == Wrong::bytes);
		seen = came;
		seen.changed = 41;
		CHECK(verdict(pass, good, seen) == Wrong::touched);
		CHECK(verdict(pass, bad, {.result = -EFAULT, .changed = 17}) == Wrong::touched);
		// A failure that leaves a part of it.
		CHECK(verdict(pass, bad, {.result = -EFAULT, .changed = 16}) == Wrong::beyond);
		CHECK(judge(pass, bad, {.result = -EFAULT, .changed = 16}, arm).beyond == 16);
	}
}

TEST_CASE("of what is copied without faults to user memory all that was stored counts")
{
	const Case bad = {.length = 200, .good = 100}, good = {.length = 200, .good = 208};
	const auto stored = [](uint32_t bytes, int64_t result) -> Seen {
		return {.result = result, .arrived = bytes, .changed = bytes, .done = result == 0};
	};
	CHECK(verdict(silent, good, stored(200, 0)) == Wrong::nothing);
	for (uint32_t missing = 0; missing <= 15; ++missing)
		CHECK(verdict(silent, bad, stored(100 - missing, -EFAULT)) == Wrong::nothing);
	CHECK(judge(silent, bad, stored(93, -EFAULT), arm).missing == 7);
	CHECK(verdict(silent, bad, stored(84, -EFAULT)) == Wrong::too_short);
	CHECK(verdict(silent, bad, stored(101, -EFAULT)) == Wrong::touched);
	CHECK(verdict(silent, bad, stored(100, 0)) == Wrong::past_fault);
	CHECK(verdict(silent, good, stored(200, -EFAULT)) == Wrong::incomplete);
	CHECK(verdict(silent, good, stored(199, 0)) == Wrong::bytes);
	CHECK(verdict(silent, bad, stored(90, -EPERM)) == Wrong::error);
	Seen hole = stored(90, -EFAULT);
	hole.changed = 98;
	CHECK(verdict(silent, bad, hole) == Wrong::bytes);
	Seen behind = stored(200, 0);
	behind.changed = 201;
	CHECK(verdict(silent, good, behind) == Wrong::touched);
	CHECK(verdict(silent, bad, stored(99, -EFAULT), x86) == Wrong::too_short);
	CHECK(verdict(silent, bad, stored(86, -EFAULT), arm_mops) == Wrong::nothing);
	CHECK(verdict(silent, bad, stored(84, -EFAULT), arm_mops) == Wrong::too_short);
}

TEST_CASE("a word that failed has changed nothing, one that was stored nothing behind it")
{
	CHECK(verdict(word, {.length = 8, .good = 4}, {.result = -EFAULT, .changed = 5}) ==
	      Wrong::touched);
	const Case good = {.length = 8, .good = 8};
	CHECK(verdict(word, good, {.result = 0, .changed = 8, .done = true}) == Wrong::nothing);
	CHECK(verdict(word, good, {.result = 0, .changed = 9, .done = true}) == Wrong::touched);
}

TEST_CASE("what the source and the suite say, in words")
{
	const auto of = [](const Pass &pass, Class which, const KernelFacts &facts) {
		const Limits limits = limits_of(pass, which, facts);
		return short_words(limits) + "; " + beyond_words(limits);
	};
	CHECK(of(out, Class::large, arm) == "0..15; 0..8");
	CHECK(of(silent, Class::large, arm) == "0..15; 0");
	CHECK(of(in, Class::large, arm) == "0, 16, 32, 48; 0");
	CHECK(of(in, Class::small, arm) == "0; 0");
	CHECK(of(in, Class::large, arm_mops) == "left to the CPU; -");
	CHECK(of(clear, Class::tiny, arm) == "0..7; 0..7");
	CHECK(of(whole, Class::tiny, arm) == "fails whole; 0");
	CHECK(of({Routine::futex_change, Kind::tag}, Class::tiny, arm) == "succeeds; -");
	CHECK(suite_words(out, arm) == "close(15)");
	CHECK(suite_words(silent, x86) == "exact");
	CHECK(suite_words(word, x86) == "all-or-nothing");
	CHECK(suite_words(in, arm) == "-");
}

TEST_CASE("each routine has a file of the kernel's source")
{
	for (const auto &what : traits())
		for (const auto &facts : {arm, x86}) {
			const Pass pass = {what.routine, Kind::page};
			CHECK_FALSE(limits_of(pass, Class::tiny, facts).file.empty());
		}
	CHECK(limits_of(in, Class::large, arm).file == "arch/arm64/lib/copy_from_user.S");
	CHECK(limits_of(silent, Class::large, x86).file == "arch/x86/lib/copy_user_64.S");
	constexpr KernelFacts old = {.arch = Arch::x86_64, .major = 5, .minor = 10};
	CHECK(limits_of(clear, Class::large, old).file == "arch/x86/lib/usercopy_64.c");
}
