// SPDX-License-Identifier: GPL-2.0-only
// What a kernel was built without is SKIP, and nothing else is.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "harness/model/case.h"
#include "harness/model/contract.h"
#include "harness/model/settle_parts.h"

using namespace tagtrap;
using enum VerdictKind;

namespace {

const std::string good_row = "fgetxattr.value/tmpfs/good/sync/@first/handler";
const std::string bad_row = "fgetxattr.value/tmpfs/plain/sync/@first/handler";

Observation returned(const std::string &id, int64_t result)
{
	const Point point = parse_id(id);
	Observation seen;
	seen.phase = Phase::done;
	seen.end = End::returned;
	seen.result = seen.submit_result = result;
	seen.length = seen.full = point.length;
	seen.good = point.stand == Stand::good ? point.length : 0;
	seen.repeated = seen.repeat_data_right = true;
	seen.repeat_result = point.length;
	return seen;
}

Observation not_set_up(int error)
{
	Observation seen;
	seen.end = End::setup_failed;
	seen.failure.error = error;
	strcpy(seen.failure.step.data(), "an AF_INET socket");
	return seen;
}

VerdictKind judged(const std::string &id, const Observation &seen)
{
	return judge(parse_id(id), seen, {}).kind;
}

} // namespace

TEST_CASE("a row whose call is refused with a good tag is SKIP")
{
	const int error = GENERATE(ENOSYS, EOPNOTSUPP, EAFNOSUPPORT, ENOPROTOOPT, ENOTTY);
	CHECK(judged(good_row, returned(good_row, -error)) == skip);
	auto seen = returned(good_row, -error);
	seen.signal_count = 1;
	CHECK(judged(good_row, seen) != skip);
	seen = returned(good_row, -error);
	seen.complaint_kind = ComplaintKind::report;
	CHECK(judged(good_row, seen) != skip);
	// A bad tag that is answered with it is a matter for the contract.
	CHECK(judged(bad_row, returned(bad_row, -error)) == fail);
	// Cases are written for calls that are there.
	const std::string no_row = "read/tmpfs/cached+good/sync/4096@0/handler";
	CHECK(judged(no_row, returned(no_row, -error)) == broken);
}

TEST_CASE("a row whose call fails in another way is BROKEN")
{
	const int error = GENERATE(EINVAL, EPERM, EIO, EFAULT, EBADMSG);
	CHECK(judged(good_row, returned(good_row, -error)) == broken);
	if (error != EPERM) // of an object it is said to users who may not make it
		CHECK(judged(good_row, not_set_up(error)) == broken);
}

TEST_CASE("what a kernel says of an operation that it lacks may be a row's own")
{
	const std::string good = "prctl.PR_GET_AUXV/self/good/sync/@first/handler";
	const std::string bad = "prctl.PR_GET_AUXV/self/plain/sync/@first/handler";
	CHECK(judged(good, returned(good, -EINVAL)) == skip);
	CHECK(judged(good, returned(good, -EIO)) == broken);
	CHECK(judged(bad, returned(bad, -EINVAL)) == fail);
}

TEST_CASE("a row whose object cannot be made is SKIP")
{
	CHECK(judged(good_row, not_set_up(EAFNOSUPPORT)) == skip);
	CHECK(judged(good_row, not_set_up(EACCES)) == skip);
	CHECK(judged(bad_row, not_set_up(ENOSYS)) == skip);
	auto seen = not_set_up(ENOSYS);
	seen.complaint_kind = ComplaintKind::report;
	seen.kernel_complained = true;
	CHECK(judged(bad_row, seen) != skip);
}

TEST_CASE("where a control is refused, its points are SKIP, but for what the kernel said of itself")
{
	settling::Ground ground;
	ground.terms = Terms{};
	StoredEnd control = {.id = good_row, .seen = returned(good_row, -EOPNOTSUPP)};
	StoredEnd other = {.id = bad_row, .seen = returned(bad_row, -EOPNOTSUPP)};
	const auto settle = [&] {
		control.verdict = judge(parse_id(good_row), control.seen, {});
		other.verdict = judge(parse_id(bad_row), other.seen, {});
		settling::Entries entries = {{&control, parse_id(good_row), &ground},
					     {&other, parse_id(bad_row), &ground}};
		settling::heed_absences(entries);
		settling::heed_controls(entries);
		return other.verdict;
	};
	CHECK(settle().kind == skip);
	CHECK(other.verdict.reason.starts_with(good_row));
	other.seen.kernel_complained = true;
	other.seen.complaint_kind = ComplaintKind::report;
	CHECK(settle().kind == fail);
	other.seen = returned(bad_row, -EOPNOTSUPP);
	control.seen = returned(good_row, -EIO);
	CHECK(settle().kind == broken);
}

TEST_CASE("where a control is refused, a hang and a trace that a point left stand")
{
	settling::Ground ground;
	ground.terms = Terms{};
	StoredEnd control = {.id = good_row, .seen = returned(good_row, -ENOTTY)};
	control.verdict = judge(parse_id(good_row), control.seen, {});
	const auto settled = [&](const Observation &seen, Verdict verdict) {
		StoredEnd other = {.id = bad_row, .verdict = std::move(verdict), .seen = seen};
		settling::Entries entries = {{&control, parse_id(good_row), &ground},
					     {&other, parse_id(bad_row), &ground}};
		settling::heed_absences(entries);
		return other.verdict.kind;
	};
	const Verdict failed = {.kind = fail, .rules = {Rule::p5}};
	CHECK(settled(returned(bad_row, -EFAULT), failed) == skip);
	CHECK(settled(returned(bad_row, -EIO), failed) == fail);
	Observation seen = returned(bad_row, -ENOTTY);
	seen.end = End::hung;
	CHECK(settled(seen, {.kind = livelock, .rules = {Rule::p1}}) == livelock);
	const auto with = [&](auto change) {
		Observation one = returned(bad_row, -ENOTTY);
		change(one);
		return settled(one, failed);
	};
	CHECK(with([](Observation &one) { one.granule_changed = true; }) == fail);
	CHECK(with([](Observation &one) { one.around_changed = true; }) == fail);
	CHECK(with([](Observation &one) { one.signal_count = 1; }) == fail);
	CHECK(with([](Observation &one) { one.open_after++; }) == fail);
	CHECK(with([](Observation &one) { one.tags_kept = false; }) == fail);
}

TEST_CASE("an object that could be made for the control and then not is BROKEN")
{
	settling::Ground ground;
	ground.terms = Terms{};
	StoredEnd control = {.id = good_row, .seen = returned(good_row, 64)};
	StoredEnd other = {.id = bad_row, .seen = not_set_up(EOPNOTSUPP)};
	other.verdict = judge(parse_id(bad_row), other.seen, {});
	REQUIRE(other.verdict.kind == skip);
	settling::Entries entries = {{&control, parse_id(good_row), &ground},
				     {&other, parse_id(bad_row), &ground}};
	control.verdict.kind = skip;
	settling::heed_absences(entries);
	CHECK(other.verdict.kind == skip);
	control.verdict.kind = pass;
	settling::heed_absences(entries);
	CHECK(other.verdict.kind == broken);
	CHECK(other.provisional->kind == skip);
}

TEST_CASE("a control that is refused and left a trace is BROKEN")
{
	auto seen = returned(good_row, -EOPNOTSUPP);
	seen.around_changed = true;
	CHECK(judged(good_row, seen) == broken);
	seen = returned(good_row, -EOPNOTSUPP);
	seen.lowest_after++;
	CHECK(judged(good_row, seen) == broken);
}
