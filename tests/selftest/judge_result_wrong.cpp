// SPDX-License-Identifier: GPL-2.0-only
// P3 promise by promise, P7, M1 to M4, and the results of F3, F5, F6, F7, F9.
#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

namespace {

template <int64_t result> void reports(Scene &at)
{
	report(at, result);
}

/// A good call while a SIGSEGV that was sent is blocked and pending.
Scene pending(Stand stand)
{
	Scene made = completes(read_exact, forced);
	made.point.stand = stand;
	made.point.mode = stand == Stand::good ? TagCheckMode::sync : TagCheckMode::none;
	made.point.disposition = Disposition::pending;
	made.seen.pending_before = made.seen.pending_after = true;
	return made;
}

/// Success, and the granule is as it was.
void tells_success(Scene &at)
{
	at.seen.result = at.seen.submit_result = 1;
	at.seen.signal_count = 0;
}

Scene stores_unchecked()
{
	Scene made = in_mode(refuses(waits_struct, mainline), TagCheckMode::none);
	tells_success(made);
	made.seen.granule_changed = true;
	return made;
}

Scene ignores(Contract contract)
{
	Scene made = stops(read_ignored, contract);
	report(made, 4096);
	return made;
}

} // namespace

std::vector<Wrong> wrong_results()
{
	using enum Rule;
	using enum TagCheckMode;
	const Scene exact = stops(read_exact, mainline);
	const Scene close = stops(read_close, mainline);
	const Scene whole = stops(read_whole, mainline);
	const Scene worker = through(stops(uring_read, forced), Submission::worker);
	Scene pages = scene(read_pages, mainline);
	report(pages, 1024);
	Scene nothing = scene(read_exact, mainline);
	nothing.seen.good = 0;
	report(nothing, -EFAULT);
	return {
		{"exact: a byte short", exact, reports<1599>, {p3}},
		{"exact: a byte far", exact, reports<1601>, {p3}},
		{"exact: a granule short", exact, reports<1584>, {p3}},
		{"exact: nothing", exact, reports<-EFAULT>, {p3}},
		{"exact, forced: a granule short", stops(read_exact, forced), reports<1584>, {p3}},
		{"write: a granule short", stops(write_exact, mainline), reports<1584>, {p3}},
		{"close: beyond its bytes", close, reports<1584>, {p3}},
		{"close: past g", close, reports<1601>, {p3}},
		{"close: nothing", close, reports<-EFAULT>, {p3}},
		{"granular: before the edge", pages, reports<1023>, {p3}},
		{"granular: past g", pages, reports<2048>, {p3}},
		{"granular: nothing", pages, reports<-EFAULT>, {p3}},
		{"all or nothing: a part", whole, reports<1600>, {p3}},
		{"all or nothing: one byte", whole, reports<1>, {p3}},
		{"ignored: not the normal result", ignores(mainline), reports<-EFAULT>, {m1}},
		{"ignored, forced: not the normal result", ignores(forced), reports<-EFAULT>, {f3}},
		{"unchecked: short", completes(read_pinned, mainline), reports<1600>, {p3}},
		{"unchecked, forced: short",
		 completes(read_pinned, forced),
		 reports<1600>,
		 {p3, f6}},
		{"fixed buffer: short", completes(uring_fixed, mainline), reports<1600>, {p3}},
		{"perhaps unchecked, but short",
		 stops(read_perhaps, mainline),
		 reports<1000>,
		 {p3}},
		{"ends before: short", ends_before(mainline), reports<999>, {p3}},
		{"ends before, forced: nothing", ends_before(forced), reports<-EFAULT>, {p3}},

		{"another error", exact, reports<-EIO>, {m1}},
		{"a count of 0", nothing, reports<0>, {m1}},
		{"interrupted", exact, reports<-EINTR>, {m1}},
		{"another error, forced", stops(read_exact, forced), reports<-EIO>, {f3}},
		{"interrupted, forced", stops(read_exact, forced), reports<-EINTR>, {f3}},
		{"a count of 0, forced", stops(read_exact, forced), reports<0>, {f3}},
		{"entered twice",
		 stops(read_exact, forced),
		 [](Scene &at) { at.seen.entries = 2; },
		 {f3}},
		{"io_uring_enter fails",
		 stops(uring_read, mainline),
		 [](Scene &at) { at.seen.submit_result = -EINTR; },
		 {m1}},
		{"io_uring_enter fails, forced",
		 stops(uring_read, forced),
		 [](Scene &at) { at.seen.submit_result = at.seen.signals[0].frame_x0 = -EINTR; },
		 {f3}},

		{"none: short",
		 in_mode(completes(read_exact, mainline), none),
		 reports<1600>,
		 {m2}},
		{"async: nothing",
		 in_mode(completes(read_exact, mainline), async),
		 reports<-EFAULT>,
		 {m2}},
		{"asymm stores: short",
		 in_mode(completes(read_exact, mainline), asymm),
		 reports<1600>,
		 {m3}},
		{"store-only loads: short",
		 in_mode(completes(write_exact, mainline), storeonly),
		 reports<1600>,
		 {m3}},
		{"store-only stores: short",
		 in_mode(stops(read_exact, mainline), storeonly),
		 reports<1584>,
		 {p3}},
		{"store-only loads: nothing",
		 in_mode(completes(write_exact, mainline), storeonly),
		 reports<-EFAULT>,
		 {m3}},
		{"store-only stores: completes",
		 in_mode(stops(read_exact, mainline), storeonly),
		 completes_now,
		 {m4},
		 VerdictKind::unchecked},
		{"asymm loads: completes",
		 in_mode(stops(write_exact, mainline), asymm),
		 completes_now,
		 {m4},
		 VerdictKind::unchecked},
		{"store-only stores, forced: completes",
		 in_mode(stops(read_exact, forced), storeonly),
		 completes_now,
		 {f1}},
		{"asymm loads: short",
		 in_mode(stops(write_exact, mainline), asymm),
		 reports<1584>,
		 {p3}},
		{"none, forced: short",
		 in_mode(completes(read_exact, forced), none),
		 reports<1600>,
		 {f6}},
		{"async, forced: nothing",
		 in_mode(completes(write_exact, forced), async),
		 reports<-EFAULT>,
		 {f6}},

		{"unmapped: past it", standing(exact, Stand::unmapped), reports<1601>, {p3}},
		{"unmapped: short of it", standing(exact, Stand::unmapped), reports<1599>, {p3}},
		{"protnone: EFAULT", standing(exact, Stand::protnone), reports<-EFAULT>, {p3}},
		{"unmapped: another error", standing(exact, Stand::unmapped), reports<-EIO>, {m1}},
		{"unmapped: a count of 0", standing(exact, Stand::protnone), reports<0>, {m1}},
		{"protnone, forced: another error",
		 standing(stops(read_exact, forced), Stand::protnone),
		 reports<-EIO>,
		 {f5}},
		{"rdonly, forced: past it",
		 standing(stops(read_exact, forced), Stand::rdonly),
		 reports<1601>,
		 {p3}},

		{"pending SIGSEGV stops a good call", pending(Stand::good), reports<1600>, {f7}},
		{"pending SIGSEGV stops an unchecked call",
		 pending(Stand::bad),
		 reports<-EFAULT>,
		 {f7}},
		{"pending SIGSEGV stops the repeat",
		 pending(Stand::good),
		 [](Scene &at) { at.seen.repeat_result = -EFAULT; },
		 {f7, p5}},

		{"worker: another error", worker, reports<-EIO>, {f9}},
		{"worker: a count of 0", worker, reports<0>, {f9}},
		{"worker: past g", worker, reports<1601>, {p3}},
		{"worker: unchecked", worker, completes_now, {f1, f9}},

		{"success without a byte", refuses(waits_struct, mainline), tells_success, {p3}},
		{"success without a byte, forced",
		 refuses(waits_struct, forced),
		 tells_success,
		 {p3, f1}},
		{"success without a byte after a signal",
		 refuses(waits_struct, forced),
		 [](Scene &at) {
			 at.seen.result = at.seen.submit_result = 1;
			 at.seen.signals[0].frame_x0 = 1;
		 },
		 {p3}},
		{"success without a byte, unchecked",
		 stores_unchecked(),
		 [](Scene &at) { at.seen.granule_changed = false; },
		 {p3}},
		{"success with its bytes",
		 refuses(waits_struct, mainline),
		 [](Scene &at) {
			 tells_success(at);
			 at.seen.granule_changed = true;
		 },
		 {m4},
		 VerdictKind::unchecked},
		{"success in a child's memory",
		 refuses(child_struct, mainline),
		 tells_success,
		 {m4},
		 VerdictKind::unchecked},

		{"declared checked, completes", exact, completes_now, {m4}, VerdictKind::unchecked},
		{"declared checked, completes: write",
		 stops(write_exact, mainline),
		 completes_now,
		 {m4},
		 VerdictKind::unchecked},
		{"declared checked, completes: forced",
		 stops(read_exact, forced),
		 completes_now,
		 {f1}},
		{"TCO honoured", with_tco(exact), completes_now, {p7}},
		{"TCO honoured, forced",
		 with_tco(stops(read_exact, forced)),
		 completes_now,
		 {f1, p7}},
	};
}

} // namespace tagtrap::selftest
