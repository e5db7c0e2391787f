// SPDX-License-Identifier: GPL-2.0-only
// What got worse from one run to another.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/report/compare.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string on_pipe = "write/pipe/plain/sync/4096@0/handler";
const std::string on_ext4 = "read/ext4/cached/sync/4096@0/handler";
const std::string on_gfs2 = "read/gfs2/cached/sync/4096@0/handler";

EndRecord breaks(const std::string &id, Rule rule)
{
	auto end = sample_end(id, VerdictKind::fail, "expected one thing, saw another");
	end.verdict.rules = {rule};
	return end;
}

struct Run {
	Journal journal;
	Digest all;

	explicit Run(const std::vector<EndRecord> &ends, const Json &run = sample_run())
		: journal(made(ends, run)), all(digest(journal))
	{
	}

private:
	static Journal made(const std::vector<EndRecord> &ends, const Json &run)
	{
		std::vector<std::string> lines = {to_line(run)};
		for (const auto &end : ends)
			lines.push_back(to_line(to_json(end)));
		return read_back(lines);
	}
};

} // namespace

TEST_CASE("a run is no worse than itself", "[compare]")
{
	const Run one({sample_end(on_pipe), breaks(on_ext4, Rule::p3)});
	const auto all = compare(one.all, one.all);
	CHECK(comparison_status(all) == 0);
	CHECK(all.same == 2);
	CHECK(all.unlike.empty());
	CHECK_THAT(comparison_text(all), ContainsSubstring("Nothing got worse."));
}

TEST_CASE("a point that violates and did not is worse, a cause that was not there is new",
	  "[compare]")
{
	const Run before({sample_end(on_pipe), breaks(on_ext4, Rule::p3)});
	const Run after({breaks(on_pipe, Rule::p5), sample_end(on_ext4)});
	const auto all = compare(before.all, after.all);
	CHECK(comparison_status(all) == 1);
	REQUIRE(all.fresh.size() == 1);
	CHECK(all.fresh[0].after->key == CauseKey{"pipe_write", Rule::p5});
	REQUIRE(all.gone.size() == 1);
	CHECK(all.gone[0].before->key == CauseKey{"filemap_read", Rule::p3});
	CHECK(all.worse.size() == 1);
	CHECK(all.better.size() == 1);
	const auto text = comparison_text(all);
	CHECK_THAT(text, ContainsSubstring("PASS -> FAIL P5: 1 point\n      " + on_pipe));
	CHECK_THAT(text, ContainsSubstring("FAIL P3 -> PASS: 1 point\n      " + on_ext4));
	CHECK(comparison_status(compare(after.all, before.all)) == 1); // the other cause is back
}

TEST_CASE("a violation that is expected is worse all the same where it was not there", "[compare]")
{
	const Run before({sample_end(on_pipe)});
	Run after({breaks(on_pipe, Rule::p5)});
	after.journal.ends[0].known = {{"reason", "expected"}};
	after.all = digest(after.journal);
	const auto all = compare(before.all, after.all);
	CHECK(comparison_status(all) == 1);
	CHECK_THAT(comparison_text(all), ContainsSubstring("known: expected"));
}

TEST_CASE("a cause that reaches further is worse, one that reaches less is not", "[compare]")
{
	const Run one({breaks(on_pipe, Rule::p5), sample_end(on_ext4)});
	const auto further = "write/pipe/plain/sync/4096@16/handler";
	const Run two({breaks(on_pipe, Rule::p5), breaks(further, Rule::p5)});
	CHECK(comparison_status(compare(one.all, two.all)) == 1);
	CHECK(compare(one.all, two.all).changed.size() == 1);
	CHECK(comparison_status(compare(two.all, one.all)) == 0);
}

TEST_CASE("a hang that SIGKILL does not end any more is worse", "[compare]")
{
	const Run before({sample_hang(on_gfs2, VerdictKind::livelock, true)});
	const Run after({sample_hang(on_gfs2, VerdictKind::livelock, false)});
	CHECK(comparison_status(compare(before.all, after.all)) == 1);
	CHECK(comparison_status(compare(after.all, before.all)) == 0);
}

TEST_CASE("of a cause whose points were not judged nobody can tell that it is gone", "[compare]")
{
	const Run before({breaks(on_pipe, Rule::p5), sample_end(on_ext4)});
	const Run after({sample_end(on_pipe, VerdictKind::skip, "no time"), sample_end(on_ext4)});
	const auto all = compare(before.all, after.all);
	CHECK(all.gone.empty());
	CHECK(all.untold.size() == 1);
	CHECK(all.better.empty());
	CHECK(comparison_status(all) == 0);
	// And where no point is in both, nobody can tell anything.
	const Run other({sample_end(on_gfs2)});
	CHECK(comparison_status(compare(other.all, before.all)) == 1);
	CHECK(comparison_status(compare(before.all, other.all)) == 77);
}

TEST_CASE("BROKEN is worse than PASS and better than a violation", "[compare]")
{
	const Run passed({sample_end(on_pipe)});
	const Run broken({sample_end(on_pipe, VerdictKind::broken, "no memory")});
	const Run failed({breaks(on_pipe, Rule::p5)});
	CHECK(comparison_status(compare(passed.all, broken.all)) == 1);
	CHECK(comparison_status(compare(broken.all, failed.all)) == 1);
	CHECK(comparison_status(compare(failed.all, broken.all)) == 77);
}

TEST_CASE("what makes two runs unlike is said before anything else", "[compare]")
{
	auto run = sample_run();
	run["machine"]["qemu_version"] = "11.1.3";
	run["plan"]["level"] = "quick";
	run["suite"]["version"] = "0.2.0";
	auto changed = sample_end(on_ext4);
	changed.seen.result = 16;
	const Run before({sample_end(on_pipe), sample_end(on_ext4)}), after({changed}, run);
	const auto all = compare(before.all, after.all);
	CHECK(all.unlike == std::vector<std::string>{"QEMU: 10.0.2, now 11.1.3",
						     "suite: 0.1.0, now 0.2.0",
						     "plan: default, now quick"});
	CHECK(all.results.size() == 1);
	CHECK(all.only_before == 1);
	CHECK(comparison_status(all) == 0);
	const auto text = comparison_text(all);
	CHECK(text.find("differs: QEMU") < text.find("points with the same verdict"));
}
