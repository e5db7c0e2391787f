// SPDX-License-Identifier: GPL-2.0-only
// The checks of the test `chaos`: each passes and can fail.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include "harness/cli/chaos_checks.h"
#include "harness/cli/child.h"
#include "harness/cli/small_disk.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "tests/selftest/sample_journal.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using namespace std::chrono_literals;

namespace {

using Points = std::initializer_list<std::pair<const char *, const char *>>;

bool passes(const VmCheck &check)
{
	return check.result == VmCheck::Result::passed;
}

Verdicts verdicts(Points points)
{
	Json report = {{"points", Json::array()}};
	for (const auto &[id, verdict] : points) {
		const bool fails = verdict == std::string("FAIL");
		report["points"].push_back(
			{{"id", id},
			 {"verdict", verdict},
			 {"rules", fails ? Json::array({"P4", "P3"}) : Json::array()}});
	}
	return verdicts_of(report);
}

const Verdicts undisturbed = verdicts({{"a", "PASS"}, {"b", "FAIL"}, {"c", "SKIP"}});

VmCheck same(Points points)
{
	return check_same(undisturbed, verdicts(points), {"a", "b", "c"});
}

/// A journal with a machine lost, another one started, and each kind of line.
std::string short_journal()
{
	std::string text;
	size_t ends = 0;
	for (const auto &line : sample_lines())
		if (!line.starts_with(R"({"event":"end",)") || ends++ < 3)
			text += line;
	return text;
}

} // namespace

TEST_CASE("a run that was disturbed has to say the same of the same points", "[chaos]")
{
	CHECK(undisturbed == Verdicts{{"a", "PASS"}, {"b", "FAIL P4 P3"}, {"c", "SKIP"}});
	CHECK(passes(same({{"a", "PASS"}, {"b", "FAIL"}, {"c", "SKIP"}})));
	CHECK(same({{"a", "PASS"}, {"b", "FAIL"}}).wrong == "c was lost");
	CHECK(same({{"a", "PASS"}, {"b", "PASS"}, {"c", "SKIP"}}).wrong ==
	      "b is PASS, undisturbed FAIL P4 P3");
	CHECK(same({{"a", "PASS"}, {"a", "PASS"}, {"b", "FAIL"}, {"c", "SKIP"}}).wrong ==
	      "a is PASS and PASS, undisturbed PASS");
	CHECK(same({{"a", "PASS"}, {"b", "FAIL"}, {"c", "SKIP"}, {"d", "PASS"}}).wrong ==
	      "d is no point of the undisturbed run");
}

TEST_CASE("a run that was ended may lack points, and says the same of the others", "[chaos]")
{
	CHECK(passes(check_part(undisturbed, {})));
	CHECK(passes(check_part(undisturbed, {{"a", "PASS"}})));
	CHECK_FALSE(passes(check_part(undisturbed, {{"a", "BROKEN"}})));
	CHECK_FALSE(passes(check_part(undisturbed, {{"d", "PASS"}})));
}

TEST_CASE("a journal that the host wrote has whole lines", "[chaos]")
{
	CHECK(passes(check_lines("")));
	CHECK(passes(check_lines("a\nb\n")));
	CHECK(check_lines("a\nb").wrong == "it ends in b");
}

TEST_CASE("a journal is read wherever it is cut, at every byte", "[chaos]")
{
	const Scratch scratch;
	const auto text = short_journal();
	std::vector<size_t> cuts(text.size() + 1);
	std::iota(cuts.begin(), cuts.end(), size_t(0));
	CHECK(check_cuts(text, cuts, scratch.path).wrong == "");
	// A machine that is lost while it boots has not told what it is.
	const std::string lost = R"({"event":"restart","after":null,"why":"x","console":[]})"
				 "\n";
	std::ranges::transform(cuts, cuts.begin(), [&](size_t at) { return at + lost.size(); });
	cuts.insert(cuts.begin(), {0, 10, lost.size() - 1, lost.size()});
	CHECK(check_cuts(lost + text, cuts, scratch.path).wrong == "");
}

TEST_CASE("a journal that is not read right where it is cut is told", "[chaos]")
{
	const Scratch scratch;
	auto text = short_journal();
	constexpr std::string_view end = R"({"event":"end","id":")";
	const auto first = text.find(end);
	auto again = text.substr(first, text.find('\n', first) + 1 - first);
	// The same id in other letters looks like one more point, which is not read.
	again.replace(end.size(), 1, fmt::format("\\u{:04x}", again[end.size()]));
	const auto twice = text + again;
	CHECK(check_cuts(twice, {twice.size()}, scratch.path).wrong.ends_with(" points are read"));
	text.insert(text.find('\n') + 1, "{\"event\":\n");
	CHECK(check_cuts(text, {text.size()}, scratch.path).wrong.find("it is not read: ") !=
	      std::string::npos);
}

TEST_CASE("a child of ours is found and ended, and what it leaves is told", "[chaos]")
{
	const Scratch scratch;
	auto child = start_child({"sh", "-c", "sleep 100 & touch \"$TMPDIR/file\"; exit 7"},
				 scratch.path, "child");
	CHECK(wait_for(child, 60s) == 7);
	const auto found = left_behind(child);
	REQUIRE(found.size() == 2);
	CHECK(found[0].ends_with(": sleep 100 "));
	CHECK(found[1] == (scratch.path / "child.tmp" / "file").string());
	CHECK(qemu_of(child) == -1);
	kill(std::stoi(found[0].substr(std::string("process ").size())), SIGKILL);
	std::filesystem::remove(found[1]);
	CHECK(left_behind(child).empty());
}

TEST_CASE("a signal reaches a child and what it started", "[chaos]")
{
	const Scratch scratch;
	auto child = start_child({"sh", "-c", "sleep 100; exit 0"}, scratch.path, "child");
	CHECK(running(child));
	disturb(child, SIGHUP);
	CHECK(wait_for(child, 60s) == 128 + SIGHUP);
	CHECK(left_behind(child).empty());
	disturb(child, SIGKILL); // of nobody, and least of all of process 1
}

TEST_CASE("a child that does not end is ended", "[chaos]")
{
	const Scratch scratch;
	auto child =
		start_child({"sh", "-c", "echo last words; exec sleep 100"}, scratch.path, "child");
	while (!std::filesystem::exists(child.log) || std::filesystem::file_size(child.log) == 0)
		std::this_thread::sleep_for(10ms);
	std::string told;
	try {
		wait_for(child, 1s);
	} catch (const sys::Problem &problem) {
		told = problem.what();
	}
	CHECK(told.ends_with("last words"));
	CHECK(left_behind(child).empty());
}

TEST_CASE("a small disk is full soon, and gone with what is done there", "[chaos]")
{
	const Scratch scratch;
	const auto directory = scratch.path / "small";
	const auto tally = on_small_disk(directory, 64, [&]() -> Tally {
		try {
			sys::write_file(directory / "much", std::string(100'000, 'x'));
		} catch (const std::system_error &error) {
			return {.passed = error.code() == std::errc::no_space_on_device};
		}
		return {.failed = 1};
	});
	if (!tally)
		SKIP("no filesystem of our own can be mounted here");
	CHECK(*tally == Tally{.passed = 1});
	CHECK(std::filesystem::is_empty(directory));
	CHECK(on_small_disk(directory, 64, []() -> Tally { throw std::runtime_error("a test"); }) ==
	      Tally{.failed = 1});
}
