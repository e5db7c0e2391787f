// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/vm_injected.h"

namespace tagtrap {

std::span<const Injected> injected_faults()
{
	using enum VerdictKind;
	using enum Rule;
	static const std::vector<Injected> rows = {
		// Calls that do not come back, and one that does.
		{"inject-deadlock/pipe/good/sync/4096@2048/handler", pass},
		{"inject-deadlock/pipe/plain/sync/4096@0/handler", deadlock, {p1, m5}},
		{"inject-deadlock/pipe/plain/sync/4096@2048/handler", deadlock, {p1, m5}},
		{"inject-deadlock/pipe/plain/sync/4096@4080/handler",
		 skip,
		 {},
		 "group: inject-deadlock/pipe/plain/sync"},
		{"inject-livelock/pipe/good/sync/4096@2048/handler", pass},
		{"inject-livelock/pipe/plain/sync/4096@0/handler", livelock, {p1, m5}},
		{"inject-livelock/pipe/plain/sync/4096@2048/handler", livelock, {p1, m5}},
		{"inject-dead-child/pipe/plain/sync/4096@2048/handler", deadlock, {p1, m5}},
		{"inject-slow/pipe/plain/sync/4096@2048/handler", pass, {}, "slow: "},
		{"inject-last-look/ext4/cached/sync/4096@2048/handler", pass, {}, "slow: "},
		{"inject-anyway/pipe/good/sync/4096@2048/handler", broken, {}, "control"},
		{"inject-anyway/pipe/plain/sync/4096@0/handler",
		 broken,
		 {},
		 "with a good tag, right before it"},
		{holding_id, deadlock, {p1, m5}},
		// Observations that are wrong.
		{"inject-count/pipe/good/sync/4096@2048/handler", pass},
		{"inject-count/pipe/plain/sync/4096@2048/handler", fail, {p3}},
		{"inject-overrun/pipe/plain/sync/4096@2048/handler", fail, {p4}},
		{"inject-signal/pipe/plain/sync/4096@2048/handler", fail, {m1}},
		{"inject-mask/pipe/plain/sync/4096@2048/handler", fail, {p5}},
		{"inject-once/pipe/plain/sync/4096@2048/handler", fail, {p5}},
		{"inject-kept-lock/pipe/plain/sync/4096@2048/handler", fail, {p5}},
		{"inject-descriptor/pipe/plain/sync/4096@2048/handler", fail, {p5}},
		{"inject-far-descriptor/pipe/plain/sync/4096@2048/handler", fail, {p5}},
		{"inject-late/pipe/plain/sync/4096@2048/handler", fail, {m1}},
		{"inject-late/pipe/plain/sync/4096@2048/default", fail, {m1}},
		{"inject-hollow/pipe/good/sync/1024@0/handler", pass},
		{"inject-hollow/pipe/plain/sync/1024@0/handler",
		 fail,
		 {p3},
		 "success, and nothing was stored"},
		// A signal that kills, whoever makes the call.
		{"inject-forced/pipe/good/sync/4096@2048/thread", pass},
		{"inject-forced/pipe/plain/sync/4096@2048/thread", fail, {m1}},
		{"inject-forced/pipe/plain/sync/4096@2048/thread+blocked", fail, {m1}},
		{"inject-forced/pipe/plain/sync/4096@2048/fork+ignored", fail, {m1}},
		{"inject-forced/pipe/plain/sync/4096@2048/vfork+default", fail, {m1}},
		{"inject-forced/pipe/plain/sync/4096@2048/init", fail, {m1}},
		{"inject-forced/pipe/plain/sync/4096@2048/traced+blocked", fail, {m1}},
		// A complaint of the kernel's, and the points around it.
		{"inject-complaint/ext4/cached+good/sync/4096@2048/handler", pass},
		{"inject-complaint/ext4/cached/sync/4096@0/handler", pass},
		{complaint_id, fail, {p8}, "blocked for more than"},
		{"inject-complaint/ext4/cached/sync/4096@4080/handler", pass},
		// Faults of the suite itself.
		{"inject-death/pipe/good/sync/4096@2048/handler", pass},
		{"inject-death/pipe/plain/sync/4096@2048/handler", broken, {}, "signal 15"},
		{"inject-forbidden/pipe/plain/sync/4096@2048/handler", broken, {}, "seccomp"},
		{"inject-user-fault/pipe/plain/sync/4096@2048/handler",
		 broken,
		 {},
		 "fault in the suite's own code"},
		{"inject-control/pipe/good/sync/4096@2048/handler", broken, {}, "control"},
		{"inject-control/pipe/plain/sync/4096@2048/handler", broken, {}, "control"},
		{"inject-idle/pipe/good/sync/1024@0/handler", broken, {}, "control"},
		{"inject-idle/pipe/plain/sync/1024@0/handler", broken, {}, "control"},
		// Losses of the machine.
		{panic_id, crash, {p1}, "panic"},
		{unkillable_id, deadlock, {p2, p1, p8, m5, p6}, "SIGKILL"},
		{"inject-unkillable-fork/ext4/cached/sync/4096@2048/fork",
		 deadlock,
		 {p2, p1, p8, m5, p6},
		 "SIGKILL"},
		{"inject-unkillable-vfork/ext4/cached/sync/4096@2048/vfork",
		 deadlock,
		 {p2, p1, p8, m5, p6},
		 "SIGKILL"},
		{"inject-unkillable-child/ext4/cached/sync/4096@2048/handler",
		 deadlock,
		 {p2, p1, p8, m5, p6},
		 "SIGKILL"},
		{"inject-kept/ext4/cached/sync/4096@2048/handler", fail, {p2, p8, p5}, "SIGKILL"},
		{silent_id, crash, {p1}, "no sign of life"},
	};
	return rows;
}

} // namespace tagtrap
