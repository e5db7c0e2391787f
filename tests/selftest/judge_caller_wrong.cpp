// SPDX-License-Identifier: GPL-2.0-only
// F1 and F2 hold for every thread: each caller with each main disposition.
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <deque>

#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

namespace {

constexpr std::array deadly = {Disposition::blocked, Disposition::ignored, Disposition::fatal};

/// The call stops as it should, and the caller's handler runs.
Scene caught_by(Caller caller)
{
	Scene made = stops(read_exact, forced);
	made.point.caller = caller;
	if (is_traced(caller))
		add_stop(made);
	return made;
}

/// A tracer takes the signal away.
Scene taken_away(Disposition how, Contract contract = forced)
{
	Scene made = stops(read_exact, contract);
	made.point.caller = Caller::suppressed;
	made.point.disposition = how;
	made.seen.signal_count = 0;
	if (contract == forced)
		add_stop(made);
	return made;
}

/// It is stopped for the signal, and lives on although its tracer passed it on.
void lives_on(Scene &at)
{
	survives(at);
	add_stop(at);
}

void holds_it_back(Scene &at)
{
	survives(at);
	at.seen.pending_after = true;
}

void is_not_told(Scene &at)
{
	at.seen.signal_count = 0;
}

void no_stop(Scene &at)
{
	at.seen.stop_count = 0;
}

void mask_changes(Scene &at)
{
	at.seen.mask_kept = false;
}

void dispositions_change(Scene &at)
{
	at.seen.dispositions_kept = false;
}

/// Names live as long as the program.
std::string_view named(Caller caller, Disposition how, std::string_view what)
{
	static std::deque<std::string> names;
	return names.emplace_back(handling(caller, how) + ": " + std::string(what));
}

void add_each_caller(std::vector<Wrong> &all)
{
	using enum Rule;
	const auto add = [&all](Caller caller, Disposition how, std::string_view what, Scene good,
				void (*change)(Scene &), Rule rule) {
		all.push_back({named(caller, how, what), std::move(good), change, {rule}});
	};
	for (const auto &row : callers()) {
		const Caller who = row.caller;
		if (who == Caller::suppressed)
			continue;
		const auto handler = Disposition::handler;
		add(who, handler, "dies although handled", caught_by(who), is_killed, f1);
		add(who, handler, "no signal", caught_by(who), is_not_told, f1);
		add(
			who, handler, "another thread", caught_by(who),
			[](Scene &at) { at.seen.signals[0].thread = 4711; }, f1);
		for (const Disposition how : deadly) {
			add(who, how, "survives", dies(read_exact, how, who), survives, f2);
			add(who, how, "held back", dies(write_exact, how, who), holds_it_back, f2);
			add(
				who, how, "late", dies(read_exact, how, who),
				[](Scene &at) { at.seen.phase = Phase::returned; }, f3);
		}
	}
}

} // namespace

std::vector<Wrong> wrong_callers()
{
	using enum Rule;
	using Seen = SignalSeen;
	std::vector<Wrong> all;
	add_each_caller(all);
	for (const Disposition how : deadly) {
		const Scene traced = dies(read_exact, how, Caller::traced);
		const auto add = [&](std::string_view what, void (*change)(Scene &), Rule rule) {
			all.push_back({named(Caller::traced, how, what), traced, change, {rule}});
		};
		add("seen and not killed", lives_on, f2);
		add("no stop", no_stop, f2);
		add("stop: address", stop<[](Seen &s) { s.address += 16; }>, f1);
		add("stop: code", stop<[](Seen &s) { s.code = SI_KERNEL; }>, f1);
		add("stop: pc", stop<[](Seen &s) { s.behind_svc = false; }>, f3);
		add("stop: x0", stop<[](Seen &s) { s.frame_x0 = -EINTR; }>, f3);
		add("stop: nothing moved", stop<[](Seen &s) { s.frame_x0 = -EFAULT; }>, f3);

		const auto who = Caller::suppressed;
		const Scene taken = taken_away(how);
		all.push_back({named(who, how, "delivered"), taken, add_signal, {f2}});
		all.push_back({named(who, how, "dies"), taken, is_killed, {f2}});
		all.push_back({named(who, how, "no stop"), taken, no_stop, {f2}});
		if (how != Disposition::blocked)
			all.push_back({named(who, how, "mask"), taken, mask_changes, {p5}});
		if (how != Disposition::ignored)
			all.push_back(
				{named(who, how, "disposition"), taken, dispositions_change, {p5}});
		const Scene quiet = taken_away(how, mainline);
		all.push_back({named(who, how, "mainline: mask"), quiet, mask_changes, {p5}});
		all.push_back({named(who, how, "mainline: disposition"),
			       quiet,
			       dispositions_change,
			       {p5}});
		all.push_back({named(who, how, "mainline: a stop"), quiet, add_stop, {m1}});
	}
	const Scene seen = taken_away(Disposition::handler);
	all.push_back({"suppressed: mask", seen, mask_changes, {p5}});
	all.push_back({"suppressed: disposition", seen, dispositions_change, {p5}});
	all.push_back({"suppressed+blocked: no stop and another mask",
		       taken_away(Disposition::blocked),
		       [](Scene &at) {
			       no_stop(at);
			       mask_changes(at);
		       },
		       {f2, p5}});
	return all;
}

TEST_CASE("each caller with each disposition as the contract wants it passes", "[judge]")
{
	for (const auto &row : callers()) {
		CAPTURE(row.name);
		if (row.caller == Caller::suppressed)
			continue;
		CHECK(judge(caught_by(row.caller)).kind == VerdictKind::pass);
		for (const Disposition how : deadly) {
			CHECK(judge(dies(read_exact, how, row.caller)).kind == VerdictKind::pass);
			CHECK(judge(dies(write_exact, how, row.caller)).kind == VerdictKind::pass);
		}
	}
	for (const Disposition how : deadly) {
		CHECK(judge(taken_away(how)).kind == VerdictKind::pass);
		CHECK(judge(taken_away(how)).notes.empty());
		CHECK(judge(taken_away(how, mainline)).kind == VerdictKind::pass);
	}
}

TEST_CASE("what forcing a signal does to mask and action is no leak where it is taken away",
	  "[judge]")
{
	Scene opened = taken_away(Disposition::blocked);
	mask_changes(opened);
	CHECK(judge(opened).kind == VerdictKind::pass);
	REQUIRE(judge(opened).notes.size() == 1);
	CHECK(judge(opened).notes[0].starts_with("opened: "));
	Scene reset = taken_away(Disposition::ignored);
	dispositions_change(reset);
	CHECK(judge(reset).kind == VerdictKind::pass);
	REQUIRE(judge(reset).notes.size() == 1);
	CHECK(judge(reset).notes[0].starts_with("reset: "));
}

TEST_CASE("init of a PID namespace is immune to what others send, not to this", "[judge]")
{
	Scene lives = dies(read_exact, Disposition::fatal, Caller::init);
	CHECK(judge(lives).reason == "expected death by SIGSEGV or SIGBUS, saw death by SIGSEGV");
	survives(lives);
	CHECK(judge(lives).rules == std::vector{Rule::f2});
	CHECK(judge(caught_by(Caller::init)).kind == VerdictKind::pass);
}

TEST_CASE("the x0 of a tracer's stop is not the result where the call only submits", "[judge]")
{
	Scene at = dies(aio_writes, Disposition::blocked, Caller::traced);
	at.seen.stop.frame_x0 = 2; // requests
	CHECK(judge(at).kind == VerdictKind::pass);
}

} // namespace tagtrap::selftest
