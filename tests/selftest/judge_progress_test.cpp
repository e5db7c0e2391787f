// SPDX-License-Identifier: GPL-2.0-only
// P1, P2, P6, F4, M5: calls that do not end, and machines that do.
#include <catch2/catch_test_macros.hpp>

#include "harness/model/record.h"
#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

namespace {

void turn_into(Scene &at, const Scene &other)
{
	at.seen = other.seen;
}

void still(Scene &at)
{
	at.seen.hang.last = at.seen.hang.first;
}

template <ComplaintKind kind> void complains(Scene &at)
{
	at.seen.kernel_complained = true;
	at.seen.complaint_kind = kind;
	std::string_view("BUG: KASAN: use-after-free\xff").copy(at.seen.complaint.data(), 27);
}

} // namespace

std::vector<Wrong> wrong_progress()
{
	using enum Rule;
	using enum VerdictKind;
	const Scene today = stops(read_exact, mainline);
	const Scene proposed = stops(read_exact, forced);
	return {
		{"kernel time grows",
		 today,
		 [](Scene &at) { turn_into(at, hangs(read_exact, mainline)); },
		 {p1, m5},
		 livelock},
		{"kernel time grows",
		 proposed,
		 [](Scene &at) { turn_into(at, hangs(read_exact, forced)); },
		 {p1, f4},
		 livelock},
		{"only faults grow",
		 today,
		 [](Scene &at) {
			 turn_into(at, hangs(read_exact, mainline));
			 still(at);
			 at.seen.hang.last.minor_faults++;
		 },
		 {p1, m5},
		 livelock},
		{"only voluntary switches grow",
		 today,
		 [](Scene &at) {
			 turn_into(at, hangs(read_exact, mainline));
			 still(at);
			 at.seen.hang.last.voluntary_switches++;
		 },
		 {p1, m5},
		 livelock},
		{"only user time grows",
		 today,
		 [](Scene &at) {
			 turn_into(at, hangs(read_exact, mainline));
			 still(at);
			 at.seen.hang.last.user_ticks++;
		 },
		 {p1, m5},
		 deadlock},
		{"sleeps for good",
		 proposed,
		 [](Scene &at) {
			 turn_into(at, hangs(read_exact, forced));
			 still(at);
		 },
		 {p1, f4},
		 deadlock},
		{"survives SIGKILL",
		 today,
		 [](Scene &at) {
			 turn_into(at, hangs(read_exact, mainline));
			 at.seen.hang.killable = false;
		 },
		 {p2, p1, m5},
		 livelock},
		{"survives SIGKILL asleep",
		 proposed,
		 [](Scene &at) {
			 turn_into(at, hangs(read_exact, forced));
			 still(at);
			 at.seen.hang.killable = false;
		 },
		 {p2, p1, f4},
		 deadlock},
		{"others stand still while it hangs",
		 today,
		 [](Scene &at) {
			 turn_into(at, hangs(read_exact, mainline));
			 at.seen.hang.others_measured = true;
		 },
		 {p1, m5, p6},
		 livelock},
		{"others stand still while it is slow",
		 today,
		 [](Scene &at) { at.seen.hang.others_measured = true; },
		 {p6}},
		{"machine lost",
		 today,
		 [](Scene &at) { at.seen.end = End::machine_lost; },
		 {p1},
		 crash},
		{"a sanitizer complains", today, complains<ComplaintKind::report>, {p8}},
		{"a stall is told of", proposed, complains<ComplaintKind::stall>, {p8}},
		{"a call that hangs stalls a CPU",
		 today,
		 [](Scene &at) {
			 turn_into(at, hangs(read_exact, mainline));
			 complains<ComplaintKind::stall>(at);
		 },
		 {p1, p8, m5},
		 livelock},
		{"a complaint, and the granule is stored to",
		 today,
		 [](Scene &at) {
			 complains<ComplaintKind::report>(at);
			 at.seen.granule_changed = true;
		 },
		 {p8, p4}},
		{"a complaint in a task that then dies like of a signal",
		 dies(read_exact, Disposition::ignored),
		 complains<ComplaintKind::report>,
		 {p8}},
		{"a complaint where the suite cannot go on",
		 today,
		 [](Scene &at) {
			 complains<ComplaintKind::report>(at);
			 at.seen.end = End::setup_failed;
		 },
		 {p8}},
		{"an oops", today, [](Scene &at) { at.seen.kernel_oopsed = true; }, {p1}, crash},
		{"an oops that kills like a signal",
		 dies(read_exact, Disposition::blocked),
		 [](Scene &at) { at.seen.kernel_oopsed = true; },
		 {p1},
		 crash},
		{"an oops where the signal is ignored",
		 dies(read_exact, Disposition::ignored),
		 [](Scene &at) { at.seen.kernel_oopsed = true; },
		 {p1},
		 crash},
		{"an oops where nobody handles the signal",
		 dies(read_exact, Disposition::fatal),
		 [](Scene &at) { at.seen.kernel_oopsed = true; },
		 {p1},
		 crash},
	};
}

TEST_CASE("a complaint is told with the verdict, a WARN in a note", "[judge]")
{
	Scene at = stops(read_exact, mainline);
	complains<ComplaintKind::report>(at);
	CHECK(judge(at).reason == "expected 1600 and no signal, saw 1600; P8: BUG: KASAN: "
				  "use-after-free?");
	CHECK(judge(at).notes.empty());
	at.seen.complaint_kind = ComplaintKind::warning;
	CHECK(judge(at).kind == VerdictKind::pass);
	CHECK(judge(at).notes ==
	      std::vector<std::string>{"complained: BUG: KASAN: use-after-free?"});
	at.seen.complaint_kind = ComplaintKind::report;
	at.seen.end = End::setup_failed;
	CHECK(judge(at).reason ==
	      "expected 1600 and no signal, saw nothing; P8: BUG: KASAN: use-after-free?; the "
	      "suite could not do its work: setting up");
	at.seen.end = End::none; // nothing ran that it could be a complaint of
	CHECK(judge(at).kind == VerdictKind::broken);
}

TEST_CASE("a control of which the kernel complains works all the same", "[judge]")
{
	Scene at = scene(read_exact, mainline);
	report(at, 4096);
	at.point.stand = Stand::good;
	CHECK(judge(at).kind == VerdictKind::pass);
	complains<ComplaintKind::report>(at);
	CHECK(judge(at).kind == VerdictKind::fail);
	CHECK(judge(at).rules == std::vector{Rule::p8});
	report(at, 1600);
	CHECK(judge(at).kind == VerdictKind::broken);
}

TEST_CASE("others that get on do not break P6", "[judge]")
{
	Scene at = hangs(read_exact, mainline);
	at.seen.hang.others_measured = true;
	at.seen.hang.others_progress = 1;
	CHECK(judge(at).rules == std::vector{Rule::p1, Rule::m5});
}

TEST_CASE("a call that ends late is slow, not hung", "[judge]")
{
	Scene at = stops(read_exact, mainline);
	at.seen.hang = hangs(read_exact, mainline).seen.hang;
	at.seen.elapsed_ns = 2'500'000'000;
	const Verdict verdict = judge(at);
	CHECK(verdict.kind == VerdictKind::pass);
	CHECK(verdict.notes == std::vector<std::string>{"slow: 2500 ms"});
	at.seen.hang = {};
	CHECK(judge(at).notes == verdict.notes);
	at.seen.elapsed_ns = 500'000'000;
	CHECK(judge(at).notes.empty());
	at.seen.hang.seen = true; // the watchdog found it late
	CHECK(judge(at).notes == std::vector<std::string>{"slow: 500 ms"});
}

TEST_CASE("a control that does not end is neither livelock nor deadlock", "[judge]")
{
	Scene at = hangs(read_exact, mainline);
	at.point.stand = Stand::good;
	CHECK(judge(at).kind == VerdictKind::broken);
	still(at);
	CHECK(judge(at).kind == VerdictKind::broken);
}

TEST_CASE("the reason of a hang holds its evidence", "[judge]")
{
	Scene at = hangs(read_exact, mainline);
	CHECK(judge(at).reason ==
	      "expected 1600 and no signal, saw a livelock for 10000 ms: system "
	      "ticks +1000, minor faults +0, voluntary switches +0, killable");
	at.seen.hang.worker = true;
	at.seen.hang.killable = false;
	CHECK(judge(at).reason ==
	      "expected 1600 and no signal, saw a livelock for 10000 ms: system ticks +1000, minor "
	      "faults +0, voluntary switches +0 in a worker, unkillable; P2: it survived SIGKILL");
}

TEST_CASE("a hang that was watched for a shorter time says so", "[judge]")
{
	Scene at = hangs(read_exact, mainline);
	CHECK(judge(at).notes.empty());
	at.seen.hang.shortened = true;
	REQUIRE(judge(at).notes.size() == 1);
	CHECK(judge(at).notes[0].starts_with("shortened: watched for 10000 ms"));
}

} // namespace tagtrap::selftest
