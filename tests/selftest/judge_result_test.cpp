// SPDX-License-Identifier: GPL-2.0-only
// What promises allow, controls, and the words of reasons. What is wrong: judge_result_wrong.cpp.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

namespace {

} // namespace

TEST_CASE("every count that a promise allows passes", "[judge]")
{
	const std::pair<const Case *, std::vector<int64_t>> rows[] = {
		{&read_exact, {1600}},
		{&read_close, {1585, 1590, 1600}},
		{&read_pages, {1024, 1025, 1600}},
		{&read_whole, {-EFAULT}},
		{&read_zero, {-EFAULT, 1, 800, 1600}},
		{&read_pinned, {4096}},
		{&read_perhaps, {1585, 1600, 4096}},
		{&write_exact, {1600}},
		{&write_pinned, {4096}},
	};
	for (const auto &[call, results] : rows) {
		for (const int64_t result : results) {
			Scene at = result == 4096 ? completes(*call, mainline)
						  : stops(*call, mainline);
			report(at, result);
			CAPTURE(call->name, result);
			CHECK(judge(at).kind == VerdictKind::pass);
		}
	}
}

TEST_CASE("EFAULT is due where the promise covers all good bytes", "[judge]")
{
	Scene at = scene(read_close, mainline);
	at.seen.good = 15;
	report(at, -EFAULT);
	CHECK(judge(at).kind == VerdictKind::pass);
	at.seen.good = 16;
	CHECK(judge(at).rules == std::vector{Rule::p3});
}

TEST_CASE("success without a byte is right where none is due", "[judge]")
{
	const auto tells_success = [](Scene at) {
		at.seen.result = at.seen.submit_result = 1;
		return judge(at);
	};
	// A failed copy that is dropped by design, a granule that the good call does not reach.
	CHECK(tells_success(refuses(drops_struct, mainline)).kind == VerdictKind::pass);
	CHECK(tells_success(refuses(probe_struct, mainline)).kind == VerdictKind::pass);
	Scene at = refuses(probe_struct, mainline);
	at.point.mode = TagCheckMode::none;
	CHECK(tells_success(at).kind == VerdictKind::pass);
	// A page that is gone cannot be looked at.
	at = standing(refuses(waits_struct, mainline), Stand::unmapped);
	CHECK(judge(at).kind == VerdictKind::pass);
	at = refuses(waits_struct, mainline);
	CHECK(tells_success(at).reason ==
	      "expected EFAULT and no signal, saw 1; P3: success, and nothing was stored");
}

TEST_CASE("where a second thread takes pages away any count is right, and EFAULT", "[judge]")
{
	for (const Memory memory : {Memory::racerdonly, Memory::raceprotect, Memory::raceunmap})
		for (const Contract contract : {Contract::mainline, Contract::forced_signal})
			for (const int64_t result : {-EFAULT, 1, 1600, 4096}) {
				CAPTURE(result);
				Scene at = scene(read_exact, contract);
				at.point.memory = memory;
				at.point.stand = Stand::good;
				report(at, result);
				CHECK(judge(at).kind == VerdictKind::pass);
			}
}

TEST_CASE("a race in which the second thread did nothing is told", "[judge]")
{
	Scene at = scene(write_exact, Contract::mainline);
	at.point.memory = Memory::racediscard;
	at.point.stand = Stand::good;
	report(at, 4096);
	const auto told = [&] {
		return std::ranges::any_of(judge(at).notes, [](const std::string &note) {
			return note.starts_with("unraced: ");
		});
	};
	CHECK(told());
	at.seen.race_steps = 1;
	CHECK(!told());
	at.seen.race_steps = 0;
	at.point.memory = Memory::memfd;
	CHECK(!told());
}

TEST_CASE("a call whose normal result is 0 is all or nothing too", "[judge]")
{
	Scene at = stops(read_whole, mainline);
	at.seen.full = 0;
	at.seen.repeat_result = 0;
	CHECK(judge(at).kind == VerdictKind::pass);
	report(at, 0);
	at.seen.arrived = 4096;
	at.seen.granule_changed = true;
	CHECK(judge(at).kind == VerdictKind::unchecked);
}

TEST_CASE("a call that is entered once and submits nothing by itself is right", "[judge]")
{
	Scene at = stops(uring_read, forced);
	at.seen.entries = 1;
	at.seen.submit_result = at.seen.signals[0].frame_x0 = 0; // SQPOLL submits by itself
	CHECK(judge(at).kind == VerdictKind::pass);
}

TEST_CASE("a transfer that ends where the granule starts does not reach it", "[judge]")
{
	Scene at = completes(read_exact, mainline);
	at.seen.granule_changed = at.seen.behind_changed = false;
	at.seen.full = at.seen.repeat_result = static_cast<int64_t>(at.seen.good);
	report(at, 1600);
	CHECK(judge(at).kind == VerdictKind::pass);
	report(at, -EFAULT);
	CHECK(judge(at).rules == std::vector{Rule::p3});
	at = completes(read_whole, mainline);
	at.seen.granule_changed = at.seen.behind_changed = false;
	at.seen.full = at.seen.repeat_result = 1000;
	report(at, 1000);
	CHECK(judge(at).kind == VerdictKind::pass);
	// A granule behind the buffer is out of reach, whatever the promise.
	for (const Case *call : {&read_whole, &read_ignored}) {
		at = completes(*call, forced);
		at.seen.granule_changed = at.seen.behind_changed = false;
		at.seen.length = at.seen.good;
		CHECK(judge(at).kind == VerdictKind::pass);
	}
}

TEST_CASE("an ignored failure is told from an unchecked access by the granule", "[judge]")
{
	Scene at = stops(read_ignored, mainline);
	report(at, 4096);
	CHECK(judge(at).kind == VerdictKind::pass);
	at.seen.granule_changed = true;
	CHECK(judge(at).kind == VerdictKind::unchecked);
}

TEST_CASE("a page fault is held to the promise that a bad granule is", "[judge]")
{
	const std::pair<const Case *, std::vector<int64_t>> kept[] = {
		{&read_exact, {1600}},
		{&read_close, {1585, 1600}},
		{&read_pages, {1024, 1600}},
		{&read_whole, {-EFAULT}},
	};
	for (const Contract contract : {mainline, forced}) {
		for (const Stand stand : {Stand::unmapped, Stand::protnone, Stand::rdonly}) {
			for (const auto &[call, results] : kept) {
				for (const int64_t result :
				     {-int64_t{EFAULT}, int64_t{1}, int64_t{1024}, int64_t{1585},
				      int64_t{1600}}) {
					Scene at = standing(stops(*call, contract), stand);
					report(at, result);
					const bool due = std::ranges::find(results, result) !=
								 results.end() ||
							 (call == &read_pages && result == 1585);
					CAPTURE(call->name, result);
					CHECK(judge(at).kind ==
					      (due ? VerdictKind::pass : VerdictKind::fail));
				}
			}
		}
	}
	// Of what is pinned by page any part may have moved.
	for (const int64_t result : {-int64_t{EFAULT}, int64_t{1}, int64_t{1600}}) {
		Scene pinned = standing(stops(read_pinned, mainline), Stand::unmapped);
		report(pinned, result);
		CHECK(judge(pinned).kind == VerdictKind::pass);
	}
	// The kernel may load from a read-only page.
	Scene at = standing(completes(write_exact, mainline), Stand::rdonly);
	CHECK(judge(at).kind == VerdictKind::pass);
	report(at, 1600);
	CHECK(judge(at).rules == std::vector{Rule::p3});
}

TEST_CASE("a path that may be unchecked passes either way and says why", "[judge]")
{
	for (const Contract contract : {mainline, forced}) {
		for (const Disposition how : {Disposition::handler, Disposition::blocked}) {
			Scene at = with_tco(completes(read_perhaps, contract));
			at.point.disposition = how;
			CHECK(judge(at).kind == VerdictKind::pass);
			CHECK(judge(at).notes == std::vector<std::string>{"unchecked: it may pin"});
		}
		CHECK(judge(stops(read_perhaps, contract)).kind == VerdictKind::pass);
		CHECK(judge(stops(read_perhaps, contract)).notes.empty());
	}
}

TEST_CASE("TCO changes nothing where the access is checked", "[judge]")
{
	for (const Contract contract : {mainline, forced})
		CHECK(judge(with_tco(stops(read_exact, contract))).kind == VerdictKind::pass);
}

TEST_CASE("a control that fails is BROKEN, not FAIL", "[judge]")
{
	for (const Contract contract : {mainline, forced}) {
		Scene at = standing(completes(read_exact, contract), Stand::good);
		CHECK(judge(at).kind == VerdictKind::pass);
		report(at, 1600);
		CHECK(judge(at).kind == VerdictKind::broken);
		CHECK(judge(at).reason ==
		      "the control with a matching tag fails: expected 4096 and no signal, saw "
		      "1600");
		CHECK(judge(at).rules.empty());
	}
}

TEST_CASE("what the documentation leaves open is named", "[judge]")
{
	const auto notes = [](TagCheckMode mode) {
		return judge(in_mode(completes(read_exact, mainline), mode)).notes;
	};
	CHECK(notes(TagCheckMode::async).empty());
	REQUIRE(notes(TagCheckMode::asymm).size() == 1);
	CHECK(notes(TagCheckMode::asymm)[0].starts_with("silent: "));
}

TEST_CASE("reasons say what was expected and seen", "[judge]")
{
	Scene at = scene(read_zero, mainline);
	report(at, 1700);
	CHECK(judge(at).reason ==
	      "expected EFAULT or 1..1600 and no signal, saw 1700; P3: 100 bytes "
	      "past the fault");
	at = stops(read_exact, mainline);
	CHECK(judge(at).reason == "expected 1600 and no signal, saw 1600");
	completes_now(at);
	CHECK(judge(at).reason == "expected 1600 and no signal, saw 4096; completed unchecked");
	at = stops(read_exact, forced);
	report(at, -EIO);
	CHECK(judge(at).reason == "expected 1600 and one SIGSEGV or SIGBUS, saw EIO and SIGSEGV "
				  "(code 9)");
	at.terms.pin = SignalPin::segv;
	CHECK(judge(at).reason.starts_with("expected 1600 and one SIGSEGV, saw EIO"));
	CHECK(judge(dies(read_perhaps, Disposition::blocked)).reason ==
	      "expected death by SIGSEGV or SIGBUS (or 4096 unchecked), saw death by SIGSEGV");
	CHECK(judge(stops(uring_read, forced)).reason ==
	      "expected 1600 and one SIGSEGV or SIGBUS if the process copied, saw 1600 and SIGSEGV "
	      "(code 9)");
}

} // namespace tagtrap::selftest
