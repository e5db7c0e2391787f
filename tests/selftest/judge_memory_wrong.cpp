// SPDX-License-Identifier: GPL-2.0-only
// P9: the pointer is right, and the memory has been through something.
#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

namespace {

Scene through_much(Scene made, Memory memory)
{
	made.point.memory = memory;
	return made;
}

/// Every tag is right, and everything moves.
Scene right(const Case &call, Contract contract, Memory memory = Memory::cow)
{
	Scene made = through_much(scene(call, contract), memory);
	made.point.stand = Stand::good;
	report(made, 4096);
	return made;
}

} // namespace

std::vector<Wrong> wrong_memory()
{
	using enum Rule;
	const Scene read = right(read_exact, mainline);
	const Scene write = right(write_exact, mainline);
	return {
		{"right pointer: EFAULT", read, [](Scene &at) { report(at, -EFAULT); }, {p9}},
		{"right pointer: a byte short", write, [](Scene &at) { report(at, 4095); }, {p9}},
		{"right pointer, forced: EFAULT",
		 right(read_exact, forced),
		 [](Scene &at) { report(at, -EFAULT); },
		 {p9}},
		{"right pointer: a signal", read, add_signal, {p9}},
		{"right pointer, forced: a signal", right(write_exact, forced), add_signal, {p9}},
		{"right pointer: death", read, is_killed, {p9}},
		{"right pointer: a wrong byte",
		 read,
		 [](Scene &at) { at.seen.arrived = 4095; },
		 {p4, p9}},
		{"right pointer: a wrong byte on the other side",
		 write,
		 [](Scene &at) { at.seen.peer_arrived = 0; },
		 {p4, p9}},
		{"right pointer: around stored to",
		 read,
		 [](Scene &at) { at.seen.around_changed = true; },
		 {p4}},
		{"right pointer: a tag is lost",
		 read,
		 [](Scene &at) { at.seen.tags_lost = 1; },
		 {p9}},
		{"right pointer: a tag where zero is due",
		 right(write_exact, mainline, Memory::discarded),
		 [](Scene &at) { at.seen.tags_gained = 1; },
		 {p9}},
		{"right pointer: the call does not end",
		 right(read_exact, mainline),
		 [](Scene &at) {
			 const Point point = at.point;
			 at = hangs(read_exact, mainline);
			 at.point = point;
		 },
		 {p1, m5},
		 VerdictKind::livelock},
		{"pages that come and go: nothing moved, and it is told as success",
		 right(write_exact, mainline, Memory::raceunmap),
		 [](Scene &at) { report(at, 0); },
		 {p9}},
		{"pages that come and go: another error",
		 right(read_exact, mainline, Memory::raceprotect),
		 [](Scene &at) { report(at, -ENOMEM); },
		 {p9}},
		{"pages that come and go: more than there is",
		 right(read_exact, forced, Memory::raceprotect),
		 [](Scene &at) { report(at, 4097); },
		 {p9}},
		{"pages that come and go: a signal",
		 right(read_exact, forced, Memory::raceunmap),
		 add_signal,
		 {p9}},
		{"pages that come and go: fewer bytes than were told",
		 right(write_exact, mainline, Memory::raceunmap),
		 [](Scene &at) { at.seen.peer_arrived = 100; },
		 {p4, p9}},
		{"pages that are read-only at times: a byte short, of a call that only loads",
		 right(write_exact, mainline, Memory::racerdonly),
		 [](Scene &at) { report(at, 4095); },
		 {p9}},
		{"pages that are read-only at times: success without a byte, of a call that stores",
		 right(read_exact, mainline, Memory::racerdonly),
		 [](Scene &at) { report(at, 0); },
		 {p9}},
		{"pages that are always to be had: a byte short",
		 right(write_exact, mainline, Memory::racediscard),
		 [](Scene &at) { report(at, 4095); },
		 {p9}},
		{"bad granule: a tag is lost",
		 through_much(stops(read_exact, mainline), Memory::cow),
		 [](Scene &at) { at.seen.tags_lost = 256; },
		 {p9}},
		{"bad granule, forced: a tag is lost",
		 through_much(stops(write_exact, forced), Memory::memfd),
		 [](Scene &at) { at.seen.tags_lost = 1; },
		 {p9}},
		{"bad granule: past it",
		 through_much(stops(read_exact, mainline), Memory::cow),
		 [](Scene &at) { report(at, 1601); },
		 {p3}},
		{"ordinary memory: EFAULT is no P9",
		 through_much(read, Memory::plain),
		 [](Scene &at) { report(at, -EFAULT); },
		 {},
		 VerdictKind::broken},
	};
}

} // namespace tagtrap::selftest
