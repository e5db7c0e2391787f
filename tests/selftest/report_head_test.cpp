// SPDX-License-Identifier: GPL-2.0-only
// What the head of a report says of the whole run.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cerrno>
#include <csignal>

#include "harness/report/report.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("complaints stand with the violations, a WARN in the head", "[report]")
{
	auto warned = sample_end("read/ext4/new/sync/1@0/handler");
	warned.seen.kernel_complained = true;
	warned.seen.complaint_kind = ComplaintKind::warning;
	auto accused = sample_end("read/ext4/new/sync/2@0/handler", VerdictKind::fail, "P8: BUG");
	accused.verdict.rules = {Rule::p8};
	accused.seen.kernel_complained = true;
	accused.seen.complaint_kind = ComplaintKind::report;
	auto report = [](std::vector<std::string> lines) {
		lines.insert(lines.begin(), to_line(sample_run()));
		return text_report(read_back(lines));
	};
	const std::string clean = "none in the kernel's log", below = "rule P8 below",
			  head = "the kernel warned or was tainted while 1 point ran:\n";
	CHECK_THAT(report({to_line(warned)}), ContainsSubstring(head));
	CHECK_THAT(report({to_line(warned)}), !ContainsSubstring(below));
	CHECK_THAT(report({to_line(accused)}),
		   ContainsSubstring("1 point of which the kernel complained: rule P8 below"));
	CHECK_THAT(report({to_line(accused)}), !ContainsSubstring(head));
	CHECK_THAT(report({to_line(accused)}), ContainsSubstring("P8 complaint (derived)"));
	const auto both = report({to_line(warned), to_line(accused)});
	CHECK_THAT(both, ContainsSubstring(head) && ContainsSubstring(below));
	CHECK_THAT(both, !ContainsSubstring(clean));
	auto blind = sample_run();
	blind["kernel_log"] = false;
	CHECK_THAT(text_report(read_back({to_line(blind)})),
		   ContainsSubstring("the kernel's log was not read, what leaves no\n"
				     "            taint was not seen\n"));
}

TEST_CASE("a call that returns 0 was checked only where a fault is seen", "[report]")
{
	auto end = sample_end("ppoll/pipe/plain/none/1024@0/handler");
	end.seen.length = 1024;
	end.seen.full = 0;
	end.seen.result = 0;
	auto report = [&](const EndRecord &one) {
		return text_report(read_back({to_line(sample_run()), to_line(one)}));
	};
	CHECK_THAT(report(end), ContainsSubstring("ppoll: pipe (no fault was seen)\n"));
	CHECK_THAT(report(end), ContainsSubstring("Of 0 points that ended"));
	end.seen.result = -EINVAL; // no fault either
	CHECK_THAT(report(end), ContainsSubstring("no fault was seen"));

	const auto seen = [&](auto change) {
		auto one = end;
		one.seen.result = 0;
		change(one.seen);
		const auto text = report(one);
		CHECK_THAT(text, ContainsSubstring("every call was checked on every place\n"));
		return text;
	};
	CHECK_THAT(seen([](Observation &at) { at.result = -EFAULT; }),
		   ContainsSubstring("Of 1 point that ended with a checked fault:\n"
				     "     1  no signal\n"));
	CHECK_THAT(seen([](Observation &at) { at.pending_after = true; }),
		   ContainsSubstring("     1  left pending\n"));
	CHECK_THAT(seen([](Observation &at) { at.awaited = true; }),
		   ContainsSubstring("     1  taken by a thread that waits for it\n"));
	CHECK_THAT(seen([](Observation &at) {
			   at.stop_count = 1;
			   at.stop.number = SIGSEGV;
			   at.stop.code = SEGV_MTESERR;
		   }),
		   ContainsSubstring("a tracer's stop\n"));
	CHECK_THAT(seen([](Observation &at) {
			   at.end = End::killed;
			   at.death_signal = SIGSEGV;
		   }),
		   ContainsSubstring("     1  died of SIGSEGV\n"));
	end.seen.full = 1; // how many descriptors are ready: none is too few
	end.seen.result = 0;
	CHECK_THAT(report(end), ContainsSubstring("every call was checked on every place\n"));
}

TEST_CASE("kernel copies that did not do as they should are told in the head, once", "[report]")
{
	const auto copy = [](const std::string &name, const std::string &seen, bool ok) {
		return Json{{"name", name}, {"expected", "another"}, {"seen", seen}, {"ok", ok}};
	};
	const Json preflight = {
		{"event", "preflight"},
		{"status", "ok"},
		{"checks", Json::array()},
		{"copies",
		 {copy("kernel copy out, matching tag", "32 of 32 bytes moved", true),
		  copy("kernel copy in, mismatching tag", "all moved", false),
		  copy("kernel copy out, mismatching tag", "both moved", false)}}};
	auto journal = read_back({to_line(sample_run())});
	journal.preflights = {preflight, preflight}; // each machine start has one
	const auto report = text_report(journal);
	const std::string told = "\nCopies      kernel copy in, mismatching tag: all moved\n"
				 "            kernel copy out, mismatching tag: both moved\n";
	const auto at = report.find(told);
	REQUIRE(at != std::string::npos);
	CHECK(report.find("mismatching tag", at + told.size()) == std::string::npos);
	CHECK(report.find("out, matching tag") == std::string::npos);

	journal.preflights[1]["copies"] = {copy("\x1b[2J\n\xff", "", false), 7, {{"ok", nullptr}}};
	CHECK(std::ranges::all_of(text_report(journal),
				  [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
}

TEST_CASE("the head says when only page faults were judged", "[report]")
{
	auto run = sample_run();
	run["machine"] = {{"kind", "native"}};
	run["cpu"]["features"] = Json::array();
	run["facts"]["arch"] = "x86_64";
	const auto head = [](const Json &first) {
		return text_report(read_back({to_line(first)}));
	};
	CHECK_THAT(head(run), !ContainsSubstring("Half "));
	run["half"] = "ordinary";
	CHECK_THAT(head(run), ContainsSubstring("Half        ordinary: ") &&
				      ContainsSubstring("SKIP no-mte") &&
				      ContainsSubstring("Machine     native; x86_64; pages") &&
				      ContainsSubstring("a bad page in the caller's buffer"));
}
