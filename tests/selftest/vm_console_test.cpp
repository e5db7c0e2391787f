// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>

#include "fixtures/follow/lines.h"
#include "fixtures/vm/console.h"
#include "fixtures/vm/pulse.h"

using namespace tagtrap::vm;
using namespace std::chrono_literals;

TEST_CASE("lines come out whole, in whatever pieces they arrive")
{
	using Texts = std::vector<std::string>;
	tagtrap::follow::Lines lines;
	CHECK(lines.feed("a") == Texts{});
	CHECK(lines.feed("b\nc\n\nd") == Texts{"ab", "c", ""});
	CHECK(lines.partial() == "d");
	CHECK(lines.feed("\n") == Texts{"d"});
	CHECK(lines.partial().empty());
}

TEST_CASE("the kernel's last words are told from everything else")
{
	const KernelDeath none = KernelDeath::none, oops = KernelDeath::oops,
			  panic = KernelDeath::panic;
	const std::vector<std::pair<const char *, KernelDeath>> lines = {
		{"[    7.022751] Kernel panic - not syncing: No working init found.", panic},
		{"[    7.0][    T1] Kernel panic - not syncing: sysrq triggered crash", panic},
		{"[   12.5] Unable to handle kernel NULL pointer dereference at 0000000000000010",
		 oops},
		{"[   12.5] Internal error: Oops: 0000000096000004 [#1] SMP", oops},
		{"[   12.5] kernel BUG at fs/gfs2/file.c:1024!", oops},
		{"arg run[   12.5] kernel BUG at fs/gfs2/file.c:1024!", oops},
		// What a program prints is not the kernel's.
		{"Kernel panic - not syncing: quoted", none},
		{"reason: Internal error: quoted", none},
		{"[   12.5] said: Kernel panic - not syncing", none},
		// Not a death: the watchdogs speak up when a point hangs.
		{"[   12.5] watchdog: BUG: soft lockup - CPU#0 stuck for 22s!", none},
		{"[   12.5] WARNING: CPU: 0 PID: 1 at fs/iomap/buffered-io.c:10", none},
		{"[   12.5] INFO: task read:12 blocked for more than 120 seconds.", none},
		{"[   12.5] Kernel command line: panic=-1", none},
		{"", none},
	};
	for (const auto &[line, means] : lines) {
		CAPTURE(line);
		CHECK(death_in(line) == means);
	}
}

TEST_CASE("a console keeps its end and the gravest of the kernel's last words")
{
	Console console;
	for (int i = 0; i < 100; i++)
		console.feed("line " + std::to_string(i) + "\r\n");
	CHECK(console.death() == KernelDeath::none);
	console.feed("[1.0] Internal error: Oops: 1 [#1] SMP\n[1.0] kernel BUG at a.c:1!\n");
	CHECK(console.death() == KernelDeath::oops);
	CHECK(console.death_line() == "Internal error: Oops: 1 [#1] SMP");
	console.feed("[1.1] Kernel panic - not ");
	CHECK(console.death() == KernelDeath::oops);
	console.feed("syncing: x\n\x1b[1mcut");
	CHECK(console.death() == KernelDeath::panic);
	CHECK(console.death_line() == "Kernel panic - not syncing: x");
	const auto tail = console.tail();
	CHECK(tail.size() == 41);
	CHECK(tail.back() == "[1mcut");
	CHECK(tail.front() == "line 63");
}

TEST_CASE("a machine is late by its own kind of silence")
{
	const Limits limits = {.boot = 100s, .silence = 10s, .stall = 50s};
	const TimePoint start{};
	Pulse pulse = {start, start, start, false};
	CHECK(late(pulse, start + 100s, limits) == Late::nothing);
	CHECK(late(pulse, start + 101s, limits) == Late::boot);
	pulse.ready = true;
	CHECK(late(pulse, start + 10s, limits) == Late::nothing);
	CHECK(late(pulse, start + 11s, limits) == Late::silent);
	pulse.heard = start + 60s;
	CHECK(late(pulse, start + 50s, limits) == Late::nothing);
	CHECK(late(pulse, start + 51s, limits) == Late::stalled);
	CHECK(late(pulse, start + 71s, limits) == Late::silent);
	CHECK(late(pulse, start + 71s, limits.scaled(2)) == Late::nothing);
	CHECK(describe(Late::silent, limits.scaled(2)) == "no sign of life for 20 s");
}
