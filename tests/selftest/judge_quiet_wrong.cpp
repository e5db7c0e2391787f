// SPDX-License-Identifier: GPL-2.0-only
// Signals where none is due: F5, F6, F8, F9, M1 to M3.
#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

namespace {

/// What the CPU noted in mode ASYNC is told when the call returns.
void puts_off(Scene &at)
{
	add_signal(at);
	at.seen.signals[0].code = SEGV_MTEAERR;
	at.seen.signals[0].address = 0;
}

} // namespace

std::vector<Wrong> wrong_quiet()
{
	using enum Rule;
	using enum TagCheckMode;
	const Scene handled = stops(read_exact, forced);
	const Scene worker = through(stops(uring_read, forced), Submission::worker);
	const Scene sqpoll = through(stops(uring_write, forced), Submission::sqpoll);
	return {
		{"page fault: a signal", standing(handled, Stand::unmapped), add_signal, {f5}},
		{"page fault: a death", standing(handled, Stand::protnone), is_killed, {f5}},
		{"page fault: pending", standing(handled, Stand::rdonly), leaves_pending, {f5}},
		{"none: a signal", in_mode(completes(read_exact, forced), none), add_signal, {f6}},
		{"async: a death", in_mode(completes(read_exact, forced), async), is_killed, {f6}},
		{"async: put off by the kernel",
		 in_mode(completes(read_exact, forced), async),
		 puts_off,
		 {f6}},
		{"asymm stores: a signal",
		 in_mode(completes(read_exact, forced), asymm),
		 add_signal,
		 {f6}},
		{"store-only loads: a signal",
		 in_mode(completes(write_exact, forced), storeonly),
		 add_signal,
		 {f6}},
		{"pinned: a signal", completes(read_pinned, forced), add_signal, {f6}},
		{"looking ahead: a signal", ends_before(forced), add_signal, {f8}},
		{"looking ahead: a death", ends_before(forced), is_killed, {f8}},
		{"worker: a signal", worker, add_signal, {f9}},
		{"worker: a signal in another thread",
		 worker,
		 [](Scene &at) {
			 add_signal(at);
			 at.seen.signals[0].thread = 4711;
		 },
		 {f9}},
		{"SQPOLL: a death", sqpoll, is_killed, {f9}},
		{"SQPOLL: pending", sqpoll, leaves_pending, {f9}},

		{"mainline: a signal", stops(read_exact, mainline), add_signal, {m1}},
		{"mainline: pending", stops(write_exact, mainline), leaves_pending, {m1}},
		{"mainline: a death", stops(read_exact, mainline), is_killed, {m1}},
		{"mainline, unchecked: a signal",
		 completes(read_exact, mainline),
		 add_signal,
		 {m1}},
		{"mainline, worker: a signal",
		 through(stops(uring_read, mainline), Submission::worker),
		 add_signal,
		 {m1}},
		{"mainline, page fault: a signal",
		 standing(stops(read_exact, mainline), Stand::unmapped),
		 add_signal,
		 {m1}},
		{"mainline, none: a signal",
		 in_mode(completes(read_exact, mainline), none),
		 add_signal,
		 {m2}},
		{"mainline, async: put off by the kernel",
		 in_mode(completes(read_exact, mainline), async),
		 puts_off,
		 {m2}},
		{"mainline, asymm stores: a signal",
		 in_mode(completes(read_exact, mainline), asymm),
		 add_signal,
		 {m3}},
		{"mainline, asymm loads: a signal",
		 in_mode(stops(write_exact, mainline), asymm),
		 add_signal,
		 {m1}},
	};
}

} // namespace tagtrap::selftest
