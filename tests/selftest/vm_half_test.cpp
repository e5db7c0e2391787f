// SPDX-License-Identifier: GPL-2.0-only
// Whether a run without tags is told from one that judged nothing, or too much.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "harness/cli/vm_half.h"

namespace tagtrap {

namespace {

void add_end(StoredRun &run, const char *id, VerdictKind kind, const char *reason = "")
{
	StoredEnd end;
	end.id = id;
	end.verdict.kind = kind;
	end.verdict.reason = reason;
	run.journal.ends.push_back(end);
}

StoredRun half_run()
{
	StoredRun run;
	Json head;
	head["half"] = "ordinary";
	run.journal.runs.push_back(head);
	add_end(run, "read/tmpfs/cached+protnone/sync/16384@4096/handler", VerdictKind::pass);
	add_end(run, "read/tmpfs/cached+pkey/sync/4096@0/handler", VerdictKind::skip, "no keys");
	add_end(run, "read/tmpfs/cached/sync/4096@0/handler", VerdictKind::skip, "no-mte");
	return run;
}

size_t wrong_checks(const StoredRun &run)
{
	return static_cast<size_t>(
		std::ranges::count(check_half(run), VmCheck::Result::failed, &VmCheck::result));
}

} // namespace

TEST_CASE("a run without tags is told from one that judged nothing, or too much")
{
	CHECK(wrong_checks(half_run()) == 0);
	StoredRun whole = half_run();
	whole.journal.runs.front().erase("half");
	CHECK(wrong_checks(whole) == 1);
	StoredRun failed = half_run();
	failed.journal.ends[0].verdict.kind = VerdictKind::fail;
	CHECK(wrong_checks(failed) == 1);
	StoredRun left_out = half_run();
	left_out.journal.ends[0].verdict.kind = VerdictKind::skip;
	CHECK(wrong_checks(left_out) == 1);
	StoredRun tagged = half_run();
	tagged.journal.ends[2].verdict.kind = VerdictKind::pass;
	CHECK(wrong_checks(tagged) == 1);
	StoredRun none = half_run();
	none.journal.ends.clear();
	CHECK(wrong_checks(none) == 2);
}

TEST_CASE("what a run without tags is asked for is booted without tags")
{
	const auto words = half_words();
	CHECK(std::ranges::find(words, "--cmdline=arm64.nomte") != words.end());
}

} // namespace tagtrap
