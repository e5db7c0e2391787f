// SPDX-License-Identifier: GPL-2.0-only
// What a preflight makes of what its trials saw. The trials are made up.
#include <catch2/catch_test_macros.hpp>
#include <cerrno>

#include "harness/run/preflight_trials.h"

namespace tagtrap {

namespace {

using How = TrialEnd::How;

constexpr int mteserr = 9;
constexpr int accerr = 2;

/// Each kind of trial, ending as it has to on a stock kernel with MTE.
std::vector<Trial> all_right()
{
	return {{"load, matching tag", Due::no_fault, {How::quiet, 0}},
		{"load, mismatching tag", Due::fault, {How::handler, mteserr}},
		{"copy, matching tag", Due::all, {How::moved, copied_bytes}},
		{"copy, mismatching tag", Due::not_all, {How::refused, EFAULT}}};
}

Preflight with(Due due, TrialEnd end)
{
	auto trials = all_right();
	for (auto &trial : trials)
		if (trial.due == due)
			trial.end = end;
	return weigh(trials);
}

const Check &only_copy_that_is_not_ok(const Preflight &seen)
{
	const Check *found = nullptr;
	for (const auto &copy : seen.copies)
		if (!copy.ok) {
			REQUIRE(found == nullptr);
			found = &copy;
		}
	REQUIRE(found != nullptr);
	return *found;
}

} // namespace

TEST_CASE("a machine whose trials end as they have to is ok", "[preflight]")
{
	const auto seen = weigh(all_right());
	CHECK(seen.ground == Ground::ok);
	CHECK(seen.advice.empty());
	CHECK(seen.checks.size() == 2);
	CHECK(seen.copies.size() == 2);
	for (const auto &copy : seen.copies)
		CHECK(copy.ok);
}

TEST_CASE("user mode that gets tags wrong fails the machine, however it does", "[preflight]")
{
	const auto wrong = [](Due due, TrialEnd end) {
		const auto seen = with(due, end);
		CHECK(seen.ground == Ground::wrong);
		CHECK_FALSE(seen.advice.empty());
		CHECK(status_of(seen, true) == 3);
		CHECK(status_of(seen, false) == 3);
	};
	for (const auto end : {TrialEnd{How::wrong, 0}, TrialEnd{How::handler, mteserr},
			       TrialEnd{How::handler, accerr}, TrialEnd{How::killed, 11},
			       TrialEnd{How::not_tried, 0}, TrialEnd{How::hung, 0}})
		wrong(Due::no_fault, end);
	for (const auto end :
	     {TrialEnd{How::quiet, 0}, TrialEnd{How::wrong, 0}, TrialEnd{How::handler, accerr},
	      TrialEnd{How::killed, 11}, TrialEnd{How::not_tried, 0}, TrialEnd{How::hung, 0}})
		wrong(Due::fault, end);
}

TEST_CASE("a kernel copy that does not stop is told, and does not fail the machine", "[preflight]")
{
	const auto seen = with(Due::not_all, {How::moved, copied_bytes});
	CHECK(seen.ground == Ground::ok);
	CHECK(status_of(seen, true) == 0);
	const auto &copy = only_copy_that_is_not_ok(seen);
	CHECK(copy.name == "copy, mismatching tag");
	CHECK(copy.seen == "32 of 32 bytes moved");
	const auto event = to_json(seen);
	CHECK(event["status"] == "ok");
	CHECK(event["checks"].size() == 2);
	CHECK(event["copies"][1]["seen"] == "32 of 32 bytes moved");
	CHECK(event["copies"][1]["ok"] == false);
	CHECK(describe(seen).find("KERNEL   copy, mismatching tag: expected EFAULT, a short count "
				  "or a signal, saw 32 of 32 bytes moved\n") != std::string::npos);
}

TEST_CASE("a kernel copy stops at a bad granule in any of several ways", "[preflight]")
{
	for (const auto end :
	     {TrialEnd{How::refused, EFAULT}, TrialEnd{How::moved, 0}, TrialEnd{How::moved, 16},
	      TrialEnd{How::handler, mteserr}, TrialEnd{How::killed, 11}}) {
		const auto seen = with(Due::not_all, end);
		CHECK(seen.ground == Ground::ok);
		CHECK(seen.copies[1].ok);
	}
}

TEST_CASE("no other end of a kernel copy fails the machine, and each is told", "[preflight]")
{
	for (const auto end : {TrialEnd{How::refused, EFAULT}, TrialEnd{How::moved, 16},
			       TrialEnd{How::handler, mteserr}, TrialEnd{How::killed, 11},
			       TrialEnd{How::not_tried, 0}, TrialEnd{How::hung, 0}}) {
		const auto seen = with(Due::all, end);
		CHECK(seen.ground == Ground::ok);
		CHECK(only_copy_that_is_not_ok(seen).name == "copy, matching tag");
	}
	for (const auto end : {TrialEnd{How::not_tried, 0}, TrialEnd{How::hung, 0}}) {
		const auto seen = with(Due::not_all, end);
		CHECK(seen.ground == Ground::ok);
		CHECK(only_copy_that_is_not_ok(seen).name == "copy, mismatching tag");
	}
}

} // namespace tagtrap
