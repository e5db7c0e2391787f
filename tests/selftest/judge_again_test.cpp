// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <csignal>

#include "harness/model/case.h"
#include "harness/report/judge_again.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;

namespace {

constexpr PlaceKind on_files[] = {PlaceKind::file};

const Case journal_case = {
	.name = "journal-case",
	.man = "read(2)",
	.kernel = "ksys_read",
	.direction = Direction::stores,
	.on = on_files,
	.shape = {.hidden = true},
	.promise =
		[](const Point &, const KernelFacts &) {
			return Promise{.kind = PromiseKind::close, .bytes = 15};
		},
};
const Registered registered(journal_case);

const std::string prefix = "journal-case/gfs2/cached/sync/4096@";

/// Judges `end.seen` as a run does.
EndRecord judged(EndRecord end, const Terms &terms)
{
	auto point = parse_id(end.id);
	end.group = group(point);
	end.promise = expect(point, terms.kernel).promise;
	end.verdict = judge(point, end.seen, terms);
	return end;
}

EndRecord signalled(const std::string &id, int number)
{
	auto end = sample_end(id);
	end.seen.signal_count = 1;
	end.seen.signals[0] = {.number = number,
			       .code = number == SIGSEGV ? int{SEGV_MTESERR} : int{BUS_ADRERR},
			       .before_return = true,
			       .behind_svc = true,
			       .frame_x0 = end.seen.result};
	return end;
}

/// A run as `contract` judges it, over two machine starts.
std::vector<std::string> stored_run(Contract contract)
{
	std::vector<std::string> lines;
	for (int start = 0; start < 2; start++) {
		auto run = sample_run();
		run["contract"]["name"] = to_string(contract);
		lines.push_back(to_line(run));
		const Terms terms = {.contract = contract, .kernel = facts_from_run(run)};
		auto base = prefix + std::to_string(16 * start + 1600);
		lines.push_back(to_line(judged(sample_end(base + "/handler"), terms)));
		lines.push_back(to_line(judged(signalled(base + "/restart", SIGSEGV), terms)));
		lines.push_back(to_line(judged(signalled(base + "/noexpose", SIGBUS), terms)));
		auto hung = sample_end(base + "/blocked");
		hung.seen.end = End::hung;
		hung.seen.hang = {.seen = true, .watched_ns = 1, .last = {.system_ticks = 9}};
		lines.push_back(to_line(judged(hung, terms)));
		lines.push_back(to_line(crash_end(base + "/ignored", "the machine was lost")));
		auto skip = sample_end(base + "/default", VerdictKind::skip, "not today");
		lines.push_back(to_line(skip));
	}
	return lines;
}

} // namespace

TEST_CASE("a stored run is judged again to the same verdicts, byte for byte", "[judge_again]")
{
	for (auto contract : {Contract::mainline, Contract::forced_signal}) {
		auto lines = stored_run(contract);
		auto journal = read_back(lines);
		auto again = judge_again(journal, contract, SignalPin::any);
		REQUIRE(again.size() == 12);
		std::vector<std::string> before, after;
		for (const auto &line : lines)
			if (line.find("\"event\":\"end\"") != std::string::npos)
				before.push_back(line);
		for (const auto &end : again)
			after.push_back(to_line(end));
		// What the suite itself decided has no promise to be worked out again.
		for (auto *side : {&before, &after})
			for (auto &line : *side) {
				auto json = Json::parse(line);
				if (json["verdict"] == "SKIP")
					json.erase("promise");
				line = to_line(json);
			}
		CHECK(before == after);
	}
}

TEST_CASE("another contract judges the same run otherwise", "[judge_again]")
{
	auto journal = read_back(stored_run(Contract::mainline));
	auto mainline = rejudged(journal, Contract::mainline, SignalPin::any).ends;
	auto forced = rejudged(journal, Contract::forced_signal, SignalPin::any).ends;
	CHECK(mainline[0].verdict.kind == VerdictKind::pass);
	CHECK(forced[0].verdict.kind == VerdictKind::fail);
	CHECK(forced[0].verdict.rules == std::vector{Rule::f1});
	CHECK(mainline[1].verdict.kind == VerdictKind::fail);
	for (const size_t start : {size_t(0), size_t(6)}) {
		CHECK(forced[start + 1].verdict.kind == VerdictKind::pass);
		CHECK(forced[start + 2].verdict.kind == VerdictKind::fail); // a tie: SIGSEGV
	}
	auto pinned = rejudged(journal, Contract::forced_signal, SignalPin::bus).ends;
	CHECK(pinned[1].verdict.kind == VerdictKind::fail);
	CHECK(pinned[2].verdict.kind == VerdictKind::pass);
}

TEST_CASE("verdicts of the suite stand when a run is judged again", "[judge_again]")
{
	auto journal = read_back(stored_run(Contract::mainline));
	auto again = judge_again(journal, Contract::forced_signal, SignalPin::any);
	CHECK(again[4].verdict.kind == VerdictKind::crash);
	CHECK(again[4].verdict.reason == "the machine was lost");
	CHECK(again[5].verdict.kind == VerdictKind::skip);
	CHECK(again[5].verdict.reason == "not today");
}

TEST_CASE("a journal judged again says so and keeps the rest", "[judge_again]")
{
	auto journal = read_back(stored_run(Contract::mainline));
	auto again = rejudged(journal, Contract::forced_signal, SignalPin::segv);
	CHECK(again.ends[0].verdict.kind == VerdictKind::fail);
	CHECK(again.ends[0].seen == journal.ends[0].seen);
	CHECK(again.ends[4].promise == "");
	CHECK(again.runs[1]["contract"]["name"] == "forced-signal");
	CHECK(again.runs[1]["contract"]["why"] ==
	      "judged again; the run itself was held to mainline");
	CHECK(again.runs[0]["signal"]["pin"] == "segv");
	// Judged again from what settle() made of it, it is the same.
	const auto back = rejudged(again, Contract::mainline, SignalPin::any);
	const auto once = rejudged(journal, Contract::mainline, SignalPin::any);
	for (size_t i = 0; i < once.ends.size(); i++)
		CHECK(back.ends[i].verdict == once.ends[i].verdict);
}

TEST_CASE("a point that this version does not know is named", "[judge_again]")
{
	auto journal =
		read_back({to_line(sample_run()), to_line(sample_end("no/such/x/sync/1@0/y"))});
	CHECK_THROWS_WITH(
		judge_again(journal, Contract::mainline, SignalPin::any),
		"'no' is no call (in point id 'no/such/x/sync/1@0/y'); judge this run with "
		"the version that made it");
}
