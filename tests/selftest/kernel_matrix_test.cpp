// SPDX-License-Identifier: GPL-2.0-only
// Several kernels in one table: since when, no longer, nowhere else; and what may not be told.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/report/html.h"
#include "harness/report/kernel_matrix.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string of_pipe = "write/pipe/plain/sync/4096@0/handler";
const std::string of_ext4 = "read/ext4/cached/sync/4096@0/handler";
const std::string of_gfs2 = "read/gfs2/cached/sync/4096@0/handler";

EndRecord fails(const std::string &id, Rule rule = Rule::p5)
{
	auto end = sample_end(id, VerdictKind::fail, "expected one thing, saw another");
	end.verdict.rules = {rule};
	return end;
}

/// A run that ended, of a kernel MAJOR.MINOR.
Journal run_of_kernel(int major, int minor, const std::vector<EndRecord> &ends,
		      const Json &more = Json::object())
{
	auto run = sample_run();
	run["kernel"]["release"] = std::to_string(major) + "." + std::to_string(minor) + ".1";
	run["facts"]["major"] = major;
	run["facts"]["minor"] = minor;
	run["plan"] = {{"level", "quick"}, {"points", ends.size()}};
	run.update(more);
	std::vector<std::string> lines = {to_line(run)};
	for (const auto &end : ends)
		lines.push_back(to_line(to_json(end)));
	lines.push_back(to_line({{"event", "finish"},
				 {"totals", Json::object()},
				 {"elapsed_s", 12.5},
				 {"planned", ends.size()},
				 {"pending", Json::object()}}));
	return read_back(lines);
}

const MatrixCause &with_rule(const KernelMatrix &all, Rule rule)
{
	const auto found = std::ranges::find_if(
		all.causes, [&](const MatrixCause &cause) { return cause.key.rule == rule; });
	REQUIRE(found != all.causes.end());
	return *found;
}

} // namespace

TEST_CASE("a matrix tells since when a cause is there, and when it was gone", "[matrix]")
{
	const auto old = run_of_kernel(5, 10, {sample_end(of_pipe), sample_end(of_ext4)});
	const auto middle = run_of_kernel(6, 1, {fails(of_pipe), sample_end(of_ext4)});
	const auto later = run_of_kernel(6, 12, {fails(of_pipe), fails(of_ext4, Rule::p3)});
	const auto newest = run_of_kernel(7, 3, {sample_end(of_pipe), sample_end(of_ext4)});
	// The order of the columns is that in which they were asked for; history goes by version.
	const std::vector<KernelRun> runs = {
		{"7.3", &newest}, {"6.12", &later}, {"5.10", &old}, {"6.1", &middle}};
	const auto all = kernel_matrix(runs);
	REQUIRE(all.causes.size() == 2);
	const auto &leak = with_rule(all, Rule::p5);
	CHECK(leak.first == "6.1");
	CHECK(leak.before == "5.10");
	CHECK(leak.gone == "7.3");
	CHECK_FALSE(leak.only);
	CHECK(leak.shown_in == 1); // the newest that has it
	CHECK(history_text(all, leak) == "first seen in 6.1, not in 5.10; gone since 7.3");
	CHECK(with_rule(all, Rule::p3).only);
	const auto text = kernel_matrix_text(all, std::nullopt);
	CHECK_THAT(text, ContainsSubstring("write/pipe   ok   FAIL 1  ok    FAIL 1"));
	CHECK(history_text(all, with_rule(all, Rule::p3)) ==
	      "first seen in 6.12, not in 6.1; gone since 7.3; only in 6.12");
	CHECK_THAT(text, ContainsSubstring("12.5"));
	CHECK(kernel_matrix_status(all) == 1);
}

TEST_CASE("a kernel in which no point of a cause was judged says nothing of it", "[matrix]")
{
	const auto old = run_of_kernel(
		5, 10, {sample_end(of_pipe, VerdictKind::skip, "no time"), sample_end(of_ext4)});
	const auto later = run_of_kernel(6, 12, {fails(of_pipe), sample_end(of_ext4)});
	const std::vector<KernelRun> runs = {{"5.10", &old}, {"6.12", &later}};
	const auto all = kernel_matrix(runs);
	const auto &leak = with_rule(all, Rule::p5);
	CHECK(leak.sights == std::vector{Sight::none, Sight::seen});
	CHECK(leak.before.empty());
	CHECK_FALSE(leak.only);
	CHECK(history_text(all, leak) == "first seen in 6.12, the oldest that was judged");
}

TEST_CASE("a cause whose points fail otherwise is not gone", "[matrix]")
{
	const auto old = run_of_kernel(6, 1, {fails(of_pipe)});
	const auto later = run_of_kernel(6, 12, {fails(of_pipe, Rule::p3)});
	const std::vector<KernelRun> runs = {{"6.1", &old}, {"6.12", &later}};
	const auto all = kernel_matrix(runs);
	const auto &leak = with_rule(all, Rule::p5);
	CHECK(leak.sights == std::vector{Sight::seen, Sight::other});
	CHECK(leak.gone.empty());
	CHECK_FALSE(leak.only);
	CHECK_THAT(kernel_matrix_text(all, std::nullopt), ContainsSubstring("otherwise  6.12"));
}

TEST_CASE("a reference kernel is no part of a history", "[matrix]")
{
	const auto own = run_of_kernel(6, 12, {fails(of_pipe)},
				       {{"reference", {{"switch", "off"}, {"mutant", nullptr}}}});
	const auto mainline = run_of_kernel(7, 3, {fails(of_pipe)});
	const std::vector<KernelRun> runs = {{"reference:off", &own}, {"7.3", &mainline}};
	CHECK(with_rule(kernel_matrix(runs), Rule::p5).first == "7.3");
	const std::vector<KernelRun> alone = {{"reference:off", &own}};
	CHECK(with_rule(kernel_matrix(alone), Rule::p5).first.empty());
}

TEST_CASE("a kernel that was not to be had is named, and no failure of the rest", "[matrix]")
{
	const auto good = run_of_kernel(6, 12, {sample_end(of_pipe)});
	std::vector<KernelRun> runs = {{"6.12", &good},
				       {"kasan", nullptr, "no kernel of this name"}};
	const auto all = kernel_matrix(runs);
	CHECK(kernel_matrix_status(all) == 0);
	CHECK_THAT(kernel_matrix_text(all, std::nullopt),
		   ContainsSubstring("kasan  not run: no kernel of this name"));
	CHECK(page_data({.matrix = &all})["kernels"][1]["gap"] == "no kernel of this name");
	runs.erase(runs.begin());
	CHECK(kernel_matrix_status(kernel_matrix(runs)) == 3);
}

TEST_CASE("a run that broke off leaves its points in the table, and status 3", "[matrix]")
{
	auto broken_off = run_of_kernel(6, 12, {sample_end(of_pipe)});
	broken_off.finish = nullptr;
	const auto good = run_of_kernel(6, 1, {sample_end(of_pipe)});
	const std::vector<KernelRun> runs = {{"6.12", &broken_off}, {"6.1", &good}};
	const auto all = kernel_matrix(runs);
	CHECK(kernel_matrix_status(all) == 3);
	CHECK_THAT(kernel_matrix_text(all, std::nullopt), ContainsSubstring("without a result"));
}

TEST_CASE("what is withheld in one kernel is withheld in all, in the table and in the page",
	  "[matrix]")
{
	auto held = run_of_kernel(6, 12,
				  {sample_hang(of_gfs2, VerdictKind::livelock, false),
				   sample_end(of_pipe),
				   sample_end("read/gfs2/cached/sync/4096@16/handler",
					      VerdictKind::skip, "group: read/gfs2/cached/sync")});
	held.ends[0].known = {{"reason", "known to the project, withheld"}, {"withheld", true}};
	held.ends[0].group = held.ends[2].group = "read/gfs2/cached/sync";
	auto told = run_of_kernel(
		7, 3, {sample_hang(of_gfs2, VerdictKind::livelock, false), fails(of_pipe)});
	told.ends[0].known = {{"reason", "known"}, {"source", "https://example.org/"}};
	const auto function = std::string(held.ends[0].seen.hang.heart.data());
	REQUIRE_FALSE(function.empty());
	const std::vector<KernelRun> runs = {{"6.12", &held}, {"7.3", &told}};
	const auto all = kernel_matrix(runs);
	CHECK(all.withheld.size() == 1);
	REQUIRE(all.causes.size() == 1);
	CHECK(all.causes[0].key.rule == Rule::p5);
	const auto text = kernel_matrix_text(all, std::nullopt), page = html_page({.matrix = &all});
	for (const auto &output : {text, page}) {
		CHECK(output.find(function) == std::string::npos);
		CHECK(output.find("gfs2") ==
		      std::string::npos); // of its place nothing else is there
		CHECK(output.find(all.withheld[0]) == std::string::npos);
	}
	CHECK_THAT(text, ContainsSubstring("1 cause withheld: the kernel's"));
	CHECK(page_data({.matrix = &all})["kernels"][0]["withheld"] ==
	      Json{{"causes", 1}, {"points", 1}});
	// Without that row it is told.
	const std::vector<KernelRun> alone = {{"7.3", &told}};
	CHECK_THAT(kernel_matrix_text(kernel_matrix(alone), std::nullopt),
		   ContainsSubstring(function));
}

TEST_CASE("what makes runs unlike is said once, with who is how", "[matrix]")
{
	const auto one = run_of_kernel(6, 1, {sample_end(of_pipe)});
	const auto other = run_of_kernel(6, 12, {sample_end(of_pipe)},
					 {{"plan", {{"level", "default"}, {"points", 1}}}});
	const std::vector<KernelRun> runs = {{"6.1", &one}, {"6.12", &other}};
	CHECK(kernel_matrix(runs).unlike ==
	      std::vector<std::string>{"plan: default in 6.12; quick in 6.1"});
}
