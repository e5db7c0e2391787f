// SPDX-License-Identifier: GPL-2.0-only
// P4 and P5: what is noted only, and what is not judged. What is wrong: judge_data_wrong.cpp.
#include <catch2/catch_test_macros.hpp>

#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

namespace {

} // namespace

TEST_CASE("what is unspecified or lost is noted, not judged", "[judge]")
{
	Scene at = stops(read_close, mainline);
	report(at, 1590);
	at.seen.arrived = 1598;
	at.seen.stored_beyond = 1598;
	CHECK(judge(at).kind == VerdictKind::pass);
	CHECK(judge(at).notes == std::vector<std::string>{"stored_beyond: up to byte 1598"});

	at = from_pipe(stops(read_exact, mainline));
	CHECK(judge(at).notes.empty());
	at.seen.source_left -= 100;
	CHECK(judge(at).kind == VerdictKind::pass);
	CHECK(judge(at).notes ==
	      std::vector<std::string>{"lost: 100 bytes were consumed and not delivered"});
}

TEST_CASE("a complaint of the kernel and a missing repeat are noted", "[judge]")
{
	Scene at = stops(read_exact, mainline);
	at.seen.kernel_complained = true;
	at.seen.repeated = false;
	CHECK(judge(at).kind == VerdictKind::pass);
	REQUIRE(judge(at).notes.size() == 2);
	CHECK(judge(at).notes[0].starts_with("unrepeated: "));
	CHECK(judge(at).notes[1].starts_with("complained: "));
}

TEST_CASE("an access that is not checked may store into the granule", "[judge]")
{
	CHECK(judge(in_mode(completes(read_exact, mainline), TagCheckMode::none)).kind ==
	      VerdictKind::pass);
	CHECK(judge(completes(read_pinned, mainline)).kind == VerdictKind::pass);

	// A device that fills whole blocks: the file ends before the granule, the block does not.
	Scene at = completes(read_perhaps, mainline);
	at.seen.full = at.seen.repeat_result = 1000;
	report(at, 1000);
	CHECK(judge(at).kind == VerdictKind::pass);
}

TEST_CASE("numbers that do not apply are not judged", "[judge]")
{
	for (int64_t Observation::*const number :
	     {&Observation::arrived, &Observation::peer_beyond, &Observation::peer_before,
	      &Observation::view_differs, &Observation::foreign, &Observation::size_before,
	      &Observation::size_after, &Observation::position_before, &Observation::position_after,
	      &Observation::source_left, &Observation::source_total}) {
		Scene at = stops(read_exact, mainline);
		at.seen.source_total = 1600;
		at.seen.source_left = 0;
		CHECK(judge(at).kind == VerdictKind::pass);
		at.seen.*number = -1;
		CHECK(judge(at).kind == VerdictKind::pass);
		CHECK(judge(at).notes.empty());
	}
	Scene at = stops(read_ignored, mainline); // its count is no number of bytes
	report(at, 4096);
	at.seen.arrived = at.seen.size_after = at.seen.position_after = 7;
	CHECK(judge(at).kind == VerdictKind::pass);
}

TEST_CASE("a remount says what it is about", "[judge]")
{
	Scene at = mounts_again();
	CHECK(judge(at).reason == "expected the place to be unmounted and mounted again, saw that");
	CHECK(judge(at).notes.empty());
	at.seen.repeat_result = -EBUSY;
	CHECK(judge(at).reason ==
	      "expected the place to be unmounted and mounted again, saw EBUSY; P5: unmounting the "
	      "place and mounting it again then gave EBUSY instead of 1");
	at.seen.repeated = false;
	CHECK(judge(at).kind == VerdictKind::broken);
}

TEST_CASE("details name what was stored to, and which repeat failed", "[judge]")
{
	const auto says = [](const Scene &at, std::string_view words) {
		return judge(at).reason.find(words) != std::string::npos;
	};
	Scene at = stops(read_exact, mainline);
	at.seen.granule_changed = true;
	at.seen.repeat_data_right = false;
	CHECK(says(at, "P4: the bad granule was stored to"));
	CHECK(says(at, "P5: the same call with a good tag then moved wrong data"));
	at.point.stand = Stand::unmapped;
	CHECK(says(at, "P4: the forbidden page was stored to"));
	at = hangs(read_exact, mainline);
	at.seen.repeated = true;
	at.seen.repeat_result = -EBUSY;
	CHECK(says(at, "P5: unmounting the place and mounting it again then gave EBUSY"));
}

TEST_CASE("all that was in a pipe may be lost", "[judge]")
{
	Scene at = from_pipe(stops(read_exact, mainline));
	at.seen.source_left = 0;
	CHECK(judge(at).notes ==
	      std::vector<std::string>{"lost: 6592 bytes were consumed and not delivered"});
}

} // namespace tagtrap::selftest
