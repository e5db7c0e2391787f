// SPDX-License-Identifier: GPL-2.0-only
// P4 from both ends, P5.
#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

namespace {

/// Writes behind the end of a file of 1000 bytes, from offset 500.
Scene extends(const Case &call)
{
	Scene made = stops(call, mainline);
	made.seen.start = 500;
	made.seen.size_before = 1000;
	made.seen.size_after = 2100;
	if (!call.shape.positioned) {
		made.seen.position_before = 500;
		made.seen.position_after = 2100;
	}
	return made;
}

/// Appends to an empty file.
Scene first_bytes(const Case &call)
{
	Scene made = stops(call, mainline);
	made.seen.size_before = 0;
	made.seen.size_after = 1600;
	return made;
}

Scene nothing_moved()
{
	Scene made = scene(write_exact, mainline);
	made.seen.good = 0;
	report(made, -EFAULT);
	made.seen.start = made.seen.position_before = made.seen.position_after = 9000;
	return made;
}

} // namespace

std::vector<Wrong> wrong_data()
{
	using enum Rule;
	const Scene read = stops(read_exact, mainline);
	const Scene write = stops(write_exact, mainline);
	const Scene worker = [] {
		Scene made = stops(uring_read, forced);
		made.point.submission = Submission::worker;
		made.seen.signal_count = 0;
		return made;
	}();
	Scene unknown_start = extends(pwrite_exact);
	unknown_start.seen.start = -1;
	Scene unmapped = read;
	unmapped.point.stand = Stand::unmapped;
	Scene unmapped_write = stops(write_pinned, mainline);
	unmapped_write.point.stand = Stand::unmapped;
	report(unmapped_write, 1000);
	Scene before_end = scene(read_exact, mainline);
	before_end.seen.full = before_end.seen.repeat_result = 1000;
	report(before_end, 1000);
	return {
		{"read: a byte is missing", read, [](Scene &at) { at.seen.arrived = 1599; }, {p4}},
		{"read: granule stored to",
		 read,
		 [](Scene &at) { at.seen.granule_changed = true; },
		 {p4}},
		{"read: behind stored to",
		 read,
		 [](Scene &at) { at.seen.behind_changed = true; },
		 {p4}},
		{"read: around stored to",
		 read,
		 [](Scene &at) { at.seen.around_changed = true; },
		 {p4}},
		{"read, forced: granule stored to",
		 stops(read_exact, forced),
		 [](Scene &at) { at.seen.granule_changed = true; },
		 {p4}},
		{"read: full count, signal, granule stored to",
		 stops(read_exact, forced),
		 [](Scene &at) {
			 report(at, 4096);
			 at.seen.granule_changed = true;
		 },
		 {p4, p3}},
		{"read: full count forgotten",
		 read,
		 [](Scene &at) {
			 report(at, 4096);
			 at.seen.arrived = 1600;
		 },
		 {p4, p3}},
		{"unchecked read: around stored to",
		 in_mode(completes(read_exact, mainline), TagCheckMode::none),
		 [](Scene &at) { at.seen.around_changed = true; },
		 {p4}},
		{"unchecked read: granule left out",
		 in_mode(completes(read_exact, mainline), TagCheckMode::none),
		 [](Scene &at) { at.seen.arrived = 1600; },
		 {p4, p3}},
		{"pinned write: granule left out",
		 completes(write_pinned, mainline),
		 [](Scene &at) { at.seen.peer_arrived = 1600; },
		 {p4, p3}},
		{"page fault: page stored to",
		 unmapped,
		 [](Scene &at) { at.seen.granule_changed = true; },
		 {p4}},
		{"end of file: granule stored to",
		 before_end,
		 [](Scene &at) { at.seen.granule_changed = true; },
		 {p4}},
		{"read: file grew", read, [](Scene &at) { at.seen.size_after += 1; }, {p4}},
		{"read: position", read, [](Scene &at) { at.seen.position_after = 0; }, {p4}},
		{"pread: position",
		 stops(pread_exact, mainline),
		 [](Scene &at) { at.seen.position_after = 1600; },
		 {p4}},

		{"write: a byte is missing",
		 write,
		 [](Scene &at) { at.seen.peer_arrived = 1599; },
		 {p4}},
		{"write: more than counted",
		 write,
		 [](Scene &at) { at.seen.peer_arrived = 1601; },
		 {p4}},
		{"write: more than counted, still good",
		 unmapped_write,
		 [](Scene &at) { at.seen.peer_arrived = 1200; },
		 {p4}},
		{"write: nothing counted, one byte there",
		 nothing_moved(),
		 [](Scene &at) { at.seen.peer_arrived = 1; },
		 {p4}},
		{"read: nothing arrived", read, [](Scene &at) { at.seen.arrived = 0; }, {p4}},
		{"write: an empty file grew by more",
		 first_bytes(write_exact),
		 [](Scene &at) { at.seen.size_after = 4096; },
		 {p4}},
		{"write: an empty file stayed so",
		 first_bytes(write_exact),
		 [](Scene &at) { at.seen.size_after = 0; },
		 {p4}},
		{"pwrite: an empty file stayed so",
		 first_bytes(pwrite_exact),
		 [](Scene &at) { at.seen.size_after = 0; },
		 {p4}},
		{"read: full count, nothing arrived",
		 read,
		 [](Scene &at) {
			 report(at, 4096);
			 at.seen.arrived = 0;
		 },
		 {p4, p3}},
		{"pipe: nothing was there",
		 from_pipe(read),
		 [](Scene &at) { at.seen.source_total = at.seen.source_left = 0; },
		 {p4}},
		{"write: a hole behind the count",
		 write,
		 [](Scene &at) { at.seen.peer_beyond = 1; },
		 {p4}},
		{"write: a byte in front of it",
		 write,
		 [](Scene &at) { at.seen.peer_before = 1; },
		 {p4}},
		{"write: another byte through a mapping",
		 write,
		 [](Scene &at) {
			 at.seen.view_differs = 1;
			 at.seen.view = View::mapped;
		 },
		 {p4}},
		{"write: a byte that nobody wrote",
		 write,
		 [](Scene &at) { at.seen.foreign = 1; },
		 {p4}},
		{"write: buffer stored to",
		 write,
		 [](Scene &at) { at.seen.buffer_changed = true; },
		 {p4}},
		{"write: position", write, [](Scene &at) { at.seen.position_after = 1601; }, {p4}},
		{"pwrite: position",
		 stops(pwrite_exact, mainline),
		 [](Scene &at) { at.seen.position_after = 1600; },
		 {p4}},
		{"write: overwritten file shrank",
		 write,
		 [](Scene &at) { at.seen.size_after = 1600; },
		 {p4}},
		{"write: file too long",
		 extends(write_exact),
		 [](Scene &at) { at.seen.size_after = 4596; },
		 {p4}},
		{"pwrite: file too short",
		 extends(pwrite_exact),
		 [](Scene &at) { at.seen.size_after = 2099; },
		 {p4}},
		{"pwrite, start unknown: too long",
		 unknown_start,
		 [](Scene &at) { at.seen.size_after = 2601; },
		 {p4}},
		{"write: nothing moved, file grew",
		 nothing_moved(),
		 [](Scene &at) { at.seen.size_after = 9000; },
		 {p4}},
		{"death: the granule got out",
		 dies(write_exact, Disposition::blocked),
		 [](Scene &at) { at.seen.peer_arrived = 4096; },
		 {p4}},
		{"death: granule stored to",
		 dies(read_exact, Disposition::fatal),
		 [](Scene &at) { at.seen.granule_changed = true; },
		 {p4}},
		{"pipe: bytes come again",
		 from_pipe(read),
		 [](Scene &at) { at.seen.source_left += 1; },
		 {p4}},

		{"repeat: short", read, [](Scene &at) { at.seen.repeat_result = 1600; }, {p5}},
		{"repeat: fails",
		 stops(read_exact, forced),
		 [](Scene &at) { at.seen.repeat_result = -EFAULT; },
		 {p5}},
		{"repeat: wrong data",
		 read,
		 [](Scene &at) { at.seen.repeat_data_right = false; },
		 {p5}},
		{"hang: the place cannot be mounted again",
		 hangs(read_exact, mainline),
		 [](Scene &at) {
			 at.seen.repeated = true;
			 at.seen.repeat_result = -EBUSY;
		 },
		 {p1, m5, p5},
		 VerdictKind::livelock},
		{"remount fails",
		 mounts_again(),
		 [](Scene &at) { at.seen.repeat_result = -EBUSY; },
		 {p5}},
		{"tags", read, [](Scene &at) { at.seen.tags_kept = false; }, {p5}},
		{"mode", read, [](Scene &at) { at.seen.mode_kept = false; }, {p5}},
		{"mask", read, [](Scene &at) { at.seen.mask_kept = false; }, {p5}},
		{"disposition", read, [](Scene &at) { at.seen.dispositions_kept = false; }, {p5}},
		{"unchecked, and a leak",
		 completes(read_exact, mainline),
		 [](Scene &at) { at.seen.tags_kept = false; },
		 {p5}},
		{"worker: mask", worker, [](Scene &at) { at.seen.mask_kept = false; }, {f9, p5}},
		{"worker: disposition",
		 worker,
		 [](Scene &at) { at.seen.dispositions_kept = false; },
		 {f9, p5}},
	};
}

} // namespace tagtrap::selftest
