// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>

#include "harness/report/report.h"
#include "tests/selftest/approve.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using Catch::Matchers::ContainsSubstring;

namespace {

/// What the kernel's own parser says of `report`, or "" where TAGTRAP_KUNIT does not name it.
std::string parsed_by_kernel(const std::string &report)
{
	const char *kunit = std::getenv("TAGTRAP_KUNIT");
	if (kunit == nullptr)
		return {};
	TemporaryFile file(report);
	auto command = "python3 '" + std::string(kunit) + "' parse " + file.path() + " 2>&1";
	auto *pipe = popen(command.c_str(), "r");
	REQUIRE(pipe != nullptr);
	std::string out;
	for (int c; (c = fgetc(pipe)) != EOF;)
		out += static_cast<char>(c);
	pclose(pipe);
	return out;
}

struct Counts {
	size_t ok = 0, not_ok = 0, skipped = 0;
	std::set<std::string> names;
};

/// Points, which are the subtests.
Counts count_points(const std::string &report)
{
	Counts counts;
	std::istringstream in(report);
	for (std::string line; std::getline(in, line);) {
		bool ok = line.starts_with("    ok "), not_ok = line.starts_with("    not ok ");
		if (!ok && !not_ok)
			continue;
		bool skip = line.find(" # SKIP ") != std::string::npos;
		counts.skipped += skip;
		counts.ok += ok && !skip;
		counts.not_ok += not_ok;
		auto name = line.substr(line.find_first_of("0123456789"));
		counts.names.insert(name.substr(name.find(' ')));
	}
	return counts;
}

} // namespace

TEST_CASE("the KTAP report is as approved", "[ktap]")
{
	auto report = ktap_report(sample_journal());
	CHECK(difference("results.ktap.txt", report) == "");
}

TEST_CASE("each verdict is what KTAP calls it", "[ktap]")
{
	using enum VerdictKind;
	auto line = [](VerdictKind kind) {
		auto end = sample_end("read/pipe/plain/sync/64@16/handler", kind, "the reason");
		return ktap_report(read_back({to_line(sample_run()), to_line(end)}));
	};
	for (auto kind : {pass, unchecked}) {
		CHECK_THAT(line(kind),
			   ContainsSubstring("\n    ok 1 read/pipe/plain/sync/64@16/handler\n"));
		CHECK_THAT(line(kind), ContainsSubstring("\nok 1 read/pipe\n"));
	}
	CHECK_THAT(line(unchecked), ContainsSubstring("handler: UNCHECKED: the reason\n"));
	CHECK_THAT(line(pass), !ContainsSubstring("the reason"));
	CHECK_THAT(line(skip), ContainsSubstring("\n    ok 1 read/pipe/plain/sync/64@16/handler "
						 "# SKIP the reason\n"));
	for (auto kind : {fail, livelock, deadlock, crash, broken}) {
		CHECK_THAT(
			line(kind),
			ContainsSubstring("\n    not ok 1 read/pipe/plain/sync/64@16/handler\n"));
		CHECK_THAT(line(kind), ContainsSubstring("\nnot ok 1 read/pipe\n"));
		CHECK_THAT(line(kind),
			   ContainsSubstring("handler: " + std::string(to_string(kind)) +
					     ": the reason\n"));
	}
}

TEST_CASE("texts that try to break the KTAP report do not", "[ktap]")
{
	auto report = ktap_report(nasty_journal());
	CHECK(difference("nasty.ktap.txt", report) == "");
	auto counts = count_points(report);
	CHECK(counts.ok == 0);
	CHECK(counts.not_ok == 4);
	CHECK(counts.skipped == 1);
	CHECK(counts.names.size() == 5);
	CHECK(std::ranges::all_of(report,
				  [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
	CHECK_THAT(report, !ContainsSubstring("reboot: System halted"));
}

TEST_CASE("the kernel's own parser accepts the KTAP report", "[ktap][kunit]")
{
	if (std::getenv("TAGTRAP_KUNIT") == nullptr)
		SKIP("TAGTRAP_KUNIT does not name tools/testing/kunit/kunit.py of a kernel source");
	for (const auto &lines : {sample_lines(), nasty_lines()}) {
		auto report = ktap_report(read_back(lines));
		auto counts = count_points(report);
		auto said = parsed_by_kernel(report);
		INFO(said);
		CHECK_THAT(said, !ContainsSubstring("[ERROR]") && !ContainsSubstring("Traceback"));
		// It counts points, and a test that was skipped as a whole counts as its points do.
		const bool whole = report.find(" tagtrap: points without") == std::string::npos;
		auto total = counts.ok + counts.not_ok + counts.skipped + (whole ? 0 : 1);
		auto expected = "Ran " + std::to_string(total) + " tests: ";
		if (counts.ok > 0)
			expected += "passed: " + std::to_string(counts.ok) + ", ";
		expected += "failed: " + std::to_string(counts.not_ok + (whole ? 0 : 1)) +
			    ", skipped: " + std::to_string(counts.skipped);
		CHECK_THAT(said, ContainsSubstring(expected));
	}
	auto empty = parsed_by_kernel(ktap_report(Journal{}));
	CHECK_THAT(empty, ContainsSubstring("failed: 1") && !ContainsSubstring("[ERROR]"));
}
