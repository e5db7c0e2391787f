// SPDX-License-Identifier: GPL-2.0-only
// Tracers, situations, and what else a call did: F1 to F4, F8, F9.
#include <catch2/catch_test_macros.hpp>

#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

namespace {

/// A tracer saw the stop, and passed the signal on or took it away.
Scene traced(Caller caller)
{
	Scene made = stops(read_exact, forced);
	made.point.caller = caller;
	add_stop(made);
	if (caller == Caller::suppressed)
		made.seen.signal_count = 0;
	return made;
}

/// Everything moves, nobody is told.
Scene through_quietly(const Case &call, Contract contract)
{
	Scene made = scene(call, contract);
	report(made, 4096);
	return made;
}

void two_of_three(Scene &at)
{
	at.seen.siblings_due = 3;
	at.seen.siblings_done = 2;
}

void child_dies(Scene &at)
{
	at.seen.child_signal = SIGSEGV;
}

void image_dies(Scene &at)
{
	at.seen.image_signal = SIGSEGV;
}

void comes_late(Scene &at)
{
	at.seen.late_count = 1;
	at.seen.late = good_signal(at);
}

void dies_late(Scene &at)
{
	at.seen.late_death = SIGSEGV;
}

void dies_while_checked(Scene &at)
{
	at.seen.phase = Phase::checking;
}

void leaves_a_task(Scene &at)
{
	at.seen.left_behind = true;
}

void leaves_a_descriptor(Scene &at)
{
	at.seen.lowest_before = 7;
	at.seen.lowest_after = 8;
}

void leaves_one_behind_a_gap(Scene &at)
{
	at.seen.lowest_before = at.seen.lowest_after = 7;
	at.seen.open_before = 7;
	at.seen.open_after = 8;
}

} // namespace

std::vector<Wrong> wrong_company()
{
	using enum Rule;
	using Seen = SignalSeen;
	const Scene passed = traced(Caller::traced), taken = traced(Caller::suppressed);
	const Scene exits = through_quietly(exit_clears, forced);
	const Scene quiet = through_quietly(reads_short, forced);
	const auto no_stop = [](Scene &at) { at.seen.stop_count = 0; };
	return {
		{"traced: no stop", passed, no_stop, {f2}},
		{"suppressed: no stop", taken, no_stop, {f2}},
		{"suppressed: delivered", taken, add_signal, {f2}},
		{"suppressed: dies", taken, is_killed, {f2}},
		{"traced: no handler", passed, [](Scene &at) { at.seen.signal_count = 0; }, {f1}},
		{"two stops", taken, [](Scene &at) { at.seen.stop_count = 2; }, {f1}},
		{"stop: number", taken, stop<[](Seen &s) { s.number = SIGILL; }>, {f1}},
		{"stop: code", taken, stop<[](Seen &s) { s.code = SI_KERNEL; }>, {f1}},
		{"stop: address", taken, stop<[](Seen &s) { s.address += 16; }>, {f1}},
		{"stop: x0", taken, stop<[](Seen &s) { s.frame_x0 = -EINTR; }>, {f3}},
		{"stop: pc", taken, stop<[](Seen &s) { s.behind_svc = false; }>, {f3}},
		{"stop: late", taken, stop<[](Seen &s) { s.before_return = false; }>, {f3}},
		{"mainline: a stop",
		 stops(read_exact, mainline),
		 [](Scene &at) { at.seen.stop_count = 1; },
		 {m1}},

		{"exiting thread: a signal", exits, add_signal, {f9}},
		{"exiting thread: a death", exits, is_killed, {f9}},
		{"exiting thread: a disposition",
		 exits,
		 [](Scene &at) { at.seen.dispositions_kept = false; },
		 {f9, p5}},
		{"nobody asked: a signal", quiet, add_signal, {f8}},
		{"nobody asked: a death", quiet, is_killed, {f8}},
		{"nobody asked: stops", quiet, [](Scene &at) { report(at, 1600); }, {p3}},

		{"siblings", stops(aio_writes, forced), two_of_three, {f4}},
		{"mainline: siblings", stops(aio_writes, mainline), two_of_three, {m1}},
		{"a child dies", stops(read_exact, forced), child_dies, {f1}},
		{"mainline: a child dies", stops(read_exact, mainline), child_dies, {m1}},
		{"a signal comes late", stops(read_exact, forced), comes_late, {f3}},
		{"a worker's signal comes late",
		 through(stops(uring_read, forced), Submission::worker),
		 comes_late,
		 {f9}},
		{"mainline: a signal comes late", stops(read_exact, mainline), comes_late, {m1}},
		{"the process dies late", stops(read_exact, forced), dies_late, {f3}},
		{"mainline: the process dies late", stops(read_exact, mainline), dies_late, {m1}},
		{"dies behind the call",
		 dies(read_exact, Disposition::fatal),
		 dies_while_checked,
		 {f3}},
		{"a task is left", stops(read_exact, mainline), leaves_a_task, {p2}},
		{"a descriptor is left", stops(read_exact, mainline), leaves_a_descriptor, {p5}},
		{"a descriptor is left behind a gap",
		 stops(read_exact, mainline),
		 leaves_one_behind_a_gap,
		 {p5}},

		{"an image dies", stops(read_exact, forced), image_dies, {f9}},
		{"mainline: an image dies", stops(read_exact, mainline), image_dies, {m1}},
	};
}

TEST_CASE("a control of a situation that loses a sibling is BROKEN", "[judge]")
{
	Scene at = through_quietly(aio_writes, forced);
	at.point.stand = Stand::good;
	CHECK(judge(at).kind == VerdictKind::pass);
	two_of_three(at);
	CHECK(judge(at).kind == VerdictKind::broken);
}

TEST_CASE("a situation's caller takes the fault itself", "[judge]")
{
	Scene at = stops(aio_writes, forced);
	at.seen.submit_result = 2; // the requests that it submitted: that is in the frame
	at.seen.signals[0].frame_x0 = 2;
	CHECK(judge(at).kind == VerdictKind::pass);
	at.seen.signals[0].frame_x0 = at.seen.result;
	CHECK(judge(at).rules == std::vector{Rule::f3});
}

} // namespace tagtrap::selftest
