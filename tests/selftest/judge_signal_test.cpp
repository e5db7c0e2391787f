// SPDX-License-Identifier: GPL-2.0-only
// F1, F2, F3's frames: signals that are due.
#include <catch2/catch_test_macros.hpp>

#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

namespace {

/// Changes the one signal of a scene.
template <auto change> void signal(Scene &at)
{
	change(at.seen.signals[0]);
}

Scene handled_by(Disposition how)
{
	Scene made = stops(read_exact, forced);
	made.point.disposition = how;
	add_signal(made);
	return made;
}

Scene by_bus()
{
	Scene made = stops(write_exact, forced);
	made.seen.signals[0].number = SIGBUS;
	made.seen.signals[0].code = BUS_ADRERR;
	return made;
}

/// io_uring gave the request to a worker, although nobody asked for that.
Scene worker_took_it(Disposition how)
{
	Scene made = standing(stops(uring_read, forced), Stand::bad);
	made.point.disposition = how;
	return made;
}

Scene pinned_to(Scene made, SignalPin pin)
{
	made.terms.pin = pin;
	return made;
}

void is_awaited(Scene &at)
{
	survives(at);
	at.seen.awaited = true;
}

} // namespace

std::vector<Wrong> wrong_signals()
{
	using enum Rule;
	using enum TagCheckMode;
	const Scene handled = stops(read_exact, forced);
	using Seen = SignalSeen;
	return {
		{"no signal", handled, [](Scene &at) { at.seen.signal_count = 0; }, {f1}},
		{"no signal for a write",
		 stops(write_exact, forced),
		 [](Scene &at) { at.seen.signal_count = 0; },
		 {f1}},
		{"two signals",
		 handled,
		 [](Scene &at) { at.seen.signals[at.seen.signal_count++] = good_signal(at); },
		 {f1}},
		{"a second one pending", handled, leaves_pending, {f1}},
		{"pending instead of delivered",
		 handled,
		 [](Scene &at) {
			 at.seen.signal_count = 0;
			 at.seen.pending_after = true;
		 },
		 {f1}},
		{"number", handled, signal<[](Seen &s) { s.number = SIGILL; }>, {f1}},
		{"code MAPERR", handled, signal<[](Seen &s) { s.code = SEGV_MAPERR; }>, {f1}},
		{"code MTEAERR", handled, signal<[](Seen &s) { s.code = SEGV_MTEAERR; }>, {f1}},
		{"code SI_KERNEL", handled, signal<[](Seen &s) { s.code = SI_KERNEL; }>, {f1}},
		{"code SI_USER", handled, signal<[](Seen &s) { s.code = SI_USER; }>, {f1}},
		{"code of SIGBUS", by_bus(), signal<[](Seen &s) { s.code = SEGV_MTESERR; }>, {f1}},
		{"address in the granule before",
		 handled,
		 signal<[](Seen &s) { s.address -= 1; }>,
		 {f1}},
		{"address in the granule behind",
		 handled,
		 signal<[](Seen &s) { s.address += 16; }>,
		 {f1}},
		{"address of the page",
		 handled,
		 signal<[](Seen &s) { s.address &= ~0xfffull; }>,
		 {f1}},
		{"address without tag",
		 handled,
		 signal<[](Seen &s) { s.address &= 0x00ff'ffff'ffff'ffff; }>,
		 {f1}},
		{"address with another tag",
		 handled_by(Disposition::restart),
		 signal<[](Seen &s) { s.address ^= 1ull << 56; }>,
		 {f1}},
		{"address with a tag that was not asked for",
		 handled_by(Disposition::noexpose),
		 signal<[](Seen &s) { s.address |= 3ull << 56; }>,
		 {f1}},
		{"address with a high bit",
		 handled_by(Disposition::noexpose_restart),
		 signal<[](Seen &s) { s.address |= 1ull << 63; }>,
		 {f1}},
		{"fault_address", handled, signal<[](Seen &s) { s.fault_address += 16; }>, {f1}},
		{"no fault_address", handled, signal<[](Seen &s) { s.fault_address = 0; }>, {f1}},
		{"ESR of a load", handled, signal<[](Seen &s) { s.esr &= ~(1ull << 6); }>, {f1}},
		{"ESR of a store",
		 stops(write_exact, forced),
		 signal<[](Seen &s) { s.esr |= 1u << 6; }>,
		 {f1}},
		{"ESR of a translation fault",
		 handled,
		 signal<[](Seen &s) { s.esr ^= 0x11 ^ 0x07; }>,
		 {f1}},
		{"ESR of an SVC",
		 handled,
		 signal<[](Seen &s) { s.esr = (s.esr & 0x3ffffff) | 0x15ull << 26; }>,
		 {f1}},
		{"another thread", handled, signal<[](Seen &s) { s.thread = 4711; }>, {f1}},
		{"not the run's signal",
		 pinned_to(handled, SignalPin::segv),
		 signal<[](Seen &s) {
			 s.number = SIGBUS;
			 s.code = BUS_ADRERR;
		 }>,
		 {f1}},
		{"not the signal that was pinned",
		 pinned_to(handled, SignalPin::segv),
		 [](Scene &at) { at.terms.pin = SignalPin::bus; },
		 {f1}},
		{"io_uring: number",
		 stops(uring_read, forced),
		 signal<[](Seen &s) { s.number = SIGILL; }>,
		 {f1}},

		{"dies of the other signal",
		 pinned_to(dies(read_exact, Disposition::fatal), SignalPin::segv),
		 [](Scene &at) { at.seen.death_signal = SIGBUS; },
		 {f1}},
		{"dies although handled", handled, is_killed, {f1}},
		{"dies late",
		 dies(read_exact, Disposition::blocked),
		 [](Scene &at) { at.seen.phase = Phase::returned; },
		 {f3}},
		{"blocked: survives", dies(read_exact, Disposition::blocked), survives, {f2}},
		{"ignored: survives", dies(read_exact, Disposition::ignored), survives, {f2}},
		{"nested: survives", dies(read_exact, Disposition::nested), survives, {f2}},
		{"sigwait: survives", dies(read_exact, Disposition::sigwait), survives, {f2}},
		{"sigwait: gets it", dies(read_exact, Disposition::sigwait), is_awaited, {f2}},
		{"signalfd: survives", dies(read_exact, Disposition::signalfd), survives, {f2}},
		{"pending: survives", dies(read_exact, Disposition::pending), survives, {f2}},
		{"open mask: survives", dies(read_exact, Disposition::mask_open), survives, {f2}},
		{"open mask: caught",
		 dies(read_exact, Disposition::mask_open),
		 [](Scene &at) { at.seen = stops(read_exact, forced).seen; },
		 {f2}},
		{"shut mask: lost", dies(read_exact, Disposition::mask_shut), survives, {f2}},
		{"default: survives", dies(write_exact, Disposition::fatal), survives, {f2}},
		{"blocked: completes unchecked",
		 dies(read_exact, Disposition::blocked),
		 [](Scene &at) { at.seen = completes(read_exact, forced).seen; },
		 {f1, f2}},
		{"io_uring: held back", worker_took_it(Disposition::blocked), leaves_pending, {f2}},

		{"handler after the return",
		 handled,
		 signal<[](Seen &s) { s.before_return = false; }>,
		 {f3}},
		{"pc not behind the SVC",
		 handled,
		 signal<[](Seen &s) { s.behind_svc = false; }>,
		 {f3}},
		{"x0 is not the result",
		 handled,
		 signal<[](Seen &s) { s.frame_x0 = -EINTR; }>,
		 {f3}},
		{"io_uring: x0 is the CQE's result",
		 stops(uring_read, forced),
		 signal<[](Seen &s) { s.frame_x0 = 1600; }>,
		 {f3}},
	};
}

TEST_CASE("signals as the contract wants them pass", "[judge]")
{
	for (const Disposition how :
	     {Disposition::handler, Disposition::restart, Disposition::noexpose,
	      Disposition::noexpose_restart, Disposition::altstack, Disposition::nodefer,
	      Disposition::mask_shut})
		CHECK(judge(handled_by(how)).kind == VerdictKind::pass);
	for (const Disposition how :
	     {Disposition::blocked, Disposition::ignored, Disposition::fatal, Disposition::nested,
	      Disposition::sigwait, Disposition::signalfd, Disposition::pending,
	      Disposition::mask_open, Disposition::mask_shut})
		CHECK(judge(dies(read_exact, how)).kind == VerdictKind::pass);
	CHECK(judge(by_bus()).kind == VerdictKind::pass);
	CHECK(judge(pinned_to(by_bus(), SignalPin::bus)).kind == VerdictKind::pass);

	Scene inside = stops(read_exact, forced); // any byte of the granule, in an unaligned buffer
	inside.seen.bad_pointer += 7;
	inside.seen.signals[0].address += 15;
	CHECK(judge(inside).kind == VerdictKind::pass);
	Scene bare = stops(read_exact, forced); // a record that a kernel need not write
	bare.seen.signals[0].has_esr = false;
	bare.seen.signals[0].esr = 0;
	CHECK(judge(bare).kind == VerdictKind::pass);
}

TEST_CASE("an address that cannot be judged is noted", "[judge]")
{
	Scene at = stops(read_exact, forced);
	at.seen.bad_pointer = 0;
	CHECK(judge(at).kind == VerdictKind::pass);
	CHECK(judge(at).notes.size() == 1);
}

TEST_CASE("io_uring may choose who copies", "[judge]")
{
	for (const Disposition how : {Disposition::handler, Disposition::blocked}) {
		const Verdict verdict = judge(worker_took_it(how));
		CHECK(verdict.kind == VerdictKind::pass);
		CHECK(verdict.notes ==
		      std::vector<std::string>{"no_signal: a worker may have copied"});
	}
	CHECK(judge(stops(uring_read, forced)).notes.empty());
	CHECK(judge(dies(uring_read, Disposition::blocked)).kind == VerdictKind::pass);
}

TEST_CASE("a fault that the suite took in user mode is BROKEN", "[judge]")
{
	const auto kind = [](TagCheckMode mode, int code, bool behind_svc, bool before_return) {
		Scene at = stops(write_exact, forced);
		at.point.mode = mode;
		at.seen.signals[0].code = code;
		at.seen.signals[0].behind_svc = behind_svc;
		at.seen.signals[0].before_return = before_return;
		return judge(at).kind;
	};
	using enum VerdictKind;
	CHECK(kind(TagCheckMode::sync, SEGV_MTESERR, true, true) == pass);
	CHECK(kind(TagCheckMode::sync, SEGV_MTESERR, false, false) == broken);
	CHECK(kind(TagCheckMode::sync, SEGV_MAPERR, false, false) == broken);
	CHECK(kind(TagCheckMode::sync, SEGV_MTEAERR, false, true) == broken);
	CHECK(kind(TagCheckMode::sync, SEGV_MTEAERR, true, true) == fail);
	// What the CPU put off in user mode is told before the call, or at its entry.
	for (const TagCheckMode mode : {TagCheckMode::asymm, TagCheckMode::async}) {
		CHECK(kind(mode, SEGV_MTEAERR, true, true) == fail);
		CHECK(kind(mode, SEGV_MTEAERR, false, true) == broken);
		CHECK(kind(mode, SEGV_MTEAERR, true, false) == broken);
	}
}

TEST_CASE("a death that is not the contract's is BROKEN", "[judge]")
{
	const auto kind = [](int number, Phase phase) {
		Scene at = dies(read_exact, Disposition::fatal);
		at.seen.death_signal = number;
		at.seen.phase = phase;
		return judge(at).kind;
	};
	CHECK(kind(SIGSEGV, Phase::entered) == VerdictKind::pass);
	for (const int number : {SIGKILL, SIGSYS, SIGABRT, 0})
		CHECK(kind(number, Phase::entered) == VerdictKind::broken);
	for (const Phase phase : {Phase::waiting, Phase::arming, Phase::done})
		CHECK(kind(SIGSEGV, phase) == VerdictKind::broken);
	// What ends the process while the suite looks at what the call did is the call's.
	CHECK(kind(SIGSEGV, Phase::checking) == VerdictKind::fail);
}

} // namespace tagtrap::selftest
