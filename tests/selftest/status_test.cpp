// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>

#include "harness/report/status.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;

namespace {

int status_of(const std::vector<VerdictKind> &kinds, const std::string &preflight = "ok",
	      const Json &run = sample_run(), bool finished = true)
{
	Journal journal;
	journal.runs = {run};
	journal.runs[0]["plan"]["points"] = kinds.size();
	journal.runs[0]["plan"]["controls"] = Json::array();
	journal.preflights = {{{"event", "preflight"}, {"status", preflight}}};
	for (auto kind : kinds) {
		StoredEnd end;
		end.verdict.kind = kind;
		journal.ends.push_back(end);
	}
	if (finished)
		journal.finish = {{"event", "finish"}};
	return exit_status(journal);
}

Json native_run()
{
	auto run = sample_run();
	run["machine"] = {{"kind", "native"}};
	return run;
}

Json ordinary_run()
{
	auto run = native_run();
	run["half"] = "ordinary";
	return run;
}

} // namespace

TEST_CASE("the exit status is the first that applies", "[status]")
{
	using enum VerdictKind;
	CHECK(status_of({pass}) == 0);
	CHECK(status_of({unchecked, skip}) == 0);
	CHECK(status_of({}) == 77);
	CHECK(status_of({skip, skip}) == 77);
	for (auto kind : {fail, livelock, deadlock, crash}) {
		CHECK(status_of({pass, kind}) == 1);
		CHECK(status_of({pass, kind, broken}) == 3);
	}
	CHECK(status_of({pass, broken}) == 3);
}

TEST_CASE("a run that did not finish is not sound", "[status]")
{
	CHECK(status_of({VerdictKind::pass}, "ok", sample_run(), false) == 3);
	CHECK(exit_status(Journal{}) == 3);
}

TEST_CASE("a run for which no contract can be chosen is not sound", "[status]")
{
	auto run = sample_run();
	run["contract"]["name"] = nullptr;
	CHECK(status_of({}, "ok", run) == 3);
}

TEST_CASE("a preflight that fails is ours in a VM and nobody's elsewhere", "[status]")
{
	for (const auto *status : {"no-mte", "nomte", "machine", "refused"}) {
		CHECK(status_of({}, status, native_run()) == 77);
		CHECK(status_of({}, status, sample_run()) == 3);
		CHECK(status_of({}, status, native_run(), false) == 77);
		CHECK(status_of({VerdictKind::pass}, status, native_run()) == 77);
	}
	for (const auto *status : {"wrong", "", "unheard of"}) {
		CHECK(status_of({}, status, native_run()) == 3);
		CHECK(status_of({VerdictKind::fail}, status, sample_run()) == 3);
	}
}

TEST_CASE("without tags the status is that of what was judged", "[status]")
{
	using enum VerdictKind;
	for (const auto *status : {"no-mte", "nomte", "machine"}) {
		CHECK(status_of({pass, skip}, status, ordinary_run()) == 0);
		CHECK(status_of({pass, fail}, status, ordinary_run()) == 1);
		CHECK(status_of({pass, broken}, status, ordinary_run()) == 3);
		CHECK(status_of({skip, skip}, status, ordinary_run()) == 77);
		CHECK(status_of({pass}, status, ordinary_run(), false) == 3);
	}
	CHECK(status_of({pass}, "wrong", ordinary_run()) == 3);
	// In a VM of ours they are missing by mistake, unless it was booted without them.
	auto ours = sample_run();
	ours["half"] = "ordinary";
	CHECK(status_of({pass, skip}, "nomte", ours) == 0);
	CHECK(status_of({pass, skip}, "machine", ours) == 3);
}
