// SPDX-License-Identifier: GPL-2.0-only
// A sweep that goes on where it stopped, and its table; and a walk on the kernel at hand.
#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <csignal>
#include <unistd.h>

#include "harness/sweep/walk.h"

using namespace tagtrap;
using namespace tagtrap::sweep;

namespace {

constexpr Pass out = {Routine::to_user, Kind::page};

Json sweep_head(uint64_t seed = 5)
{
	return {{"event", "sweep"}, {"plan", 1},    {"release", "6.12.1+x"}, {"arch", "arm64"},
		{"major", 6},       {"minor", 12},  {"mops", false},         {"page_size", 4096},
		{"quick", true},    {"seed", seed}, {"machine", "a test"}};
}

Tallies one_call(const Case &one, int64_t result)
{
	Tallies tallies;
	const auto count = static_cast<uint32_t>(result > 0 ? result : 0);
	const Seen seen = {.result = result, .arrived = count, .changed = count};
	tallies[0].add(judge(out, one, seen, {}), one, seen);
	return tallies;
}

std::string line(const Json &event)
{
	return event.dump() + '\n';
}

/// A quick sweep of this machine of which nothing is left to be run.
Walk all_done_here()
{
	Walk what;
#if defined(__x86_64__)
	what.facts.arch = Arch::x86_64;
#endif
	what.request = {.page_size = static_cast<uint32_t>(::sysconf(_SC_PAGESIZE)), .quick = true};
	for (const Pass &pass : passes())
		what.done[name(pass)] = UINT32_MAX;
	return what;
}

} // namespace

TEST_CASE("tallies of parts add up to that of the whole, also through their lines")
{
	const Case one = {.length = 15, .good = 13, .user = 3};
	Tallies sum = one_call(one, 13);
	const Tallies other = one_call(one, 14); // past the fault
	sum[0].add(tallies_from(to_json(other))[0]);
	CHECK(sum[0].cases == 2);
	CHECK(sum[0].wrong_cases() == 1);
	CHECK(sum[0].examples.size() == 1);
	CHECK(tallies_from(to_json(sum)) == sum);
	for (int i = 0; i < 9; ++i)
		sum[0].add(other[0]);
	CHECK(sum[0].examples.size() == Tally::most_examples);
}

TEST_CASE("numbers that follow one another are a range")
{
	CHECK(numbers({}) == "-");
	std::map<uint32_t, uint64_t> even;
	for (uint32_t number = 2; number <= 20; number += 2)
		even[number] = 1;
	CHECK(numbers(even) == "10 values, 2..20");
	CHECK(numbers({{0, 3}, {1, 1}, {2, 9}, {16, 1}, {32, 1}}) == "0..2, 16, 32");
}

TEST_CASE("a sweep goes on behind its last whole line")
{
	const Case one = {.length = 15, .good = 13, .user = 3};
	const std::string text =
		line(sweep_head()) + line(swept_event(out, 0, 10, 30, one_call(one, 13)));
	const auto more = line(swept_event(out, 10, 30, 30, one_call(one, 13)));
	const auto cut = read_stored(text + more.substr(0, more.size() / 2));
	CHECK(cut.done() == Json{{"copy_to_user/page", 10}});
	CHECK_FALSE(cut.passes.at("copy_to_user/page").through());
	CHECK(status_of(cut) == 3);
	const auto whole = read_stored(text + more);
	CHECK(whole.done() == Json{{"copy_to_user/page", 30}});
	CHECK(whole.passes.at("copy_to_user/page").tallies[0].cases == 2);
	// A part that is missing or there twice is no sweep.
	CHECK_THROWS(read_stored(line(sweep_head()) + more));
	CHECK_THROWS(read_stored(text + more + more));
}

TEST_CASE("what belongs to another sweep is refused")
{
	Stored stored;
	stored.take(sweep_head());
	CHECK_NOTHROW(stored.take(sweep_head()));
	CHECK_THROWS(stored.take(sweep_head(6)));
	auto other = sweep_head();
	other["release"] = "7.3";
	CHECK_THROWS(stored.take(other));
}

TEST_CASE("the status of a sweep")
{
	const Case one = {.length = 15, .good = 13, .user = 3};
	Stored stored;
	stored.take(sweep_head());
	for (const Pass &pass : passes())
		stored.take(left_event(pass, "not here"));
	CHECK(status_of(stored) == 77);
	stored.passes.erase(name(out));
	CHECK(status_of(stored) == 3);
	stored.take(swept_event(out, 0, 1, 1, one_call(one, 13)));
	CHECK(status_of(stored) == 0);
	stored.passes.erase(name(out));
	stored.take(swept_event(out, 0, 1, 1, one_call(one, 14)));
	CHECK(status_of(stored) == 1);
	const auto text = page({stored});
	CHECK(text.find("## Linux 6.12.1, arm64, copies without MOPS") != std::string::npos);
	CHECK(text.find("past_fault: length 15, user +3, kernel +0, fault at 13: 14") !=
	      std::string::npos);
	CHECK(text.find("- copy_from_user/page: not here") != std::string::npos);
}

TEST_CASE("a walk goes through what is left of a pass, on the kernel at hand")
{
	Walk what = all_done_here();
	const Pass words = {Routine::get_user_4, Kind::page};
	what.done[name(words)] = 20;
	std::vector<Json> said;
	what.say = [&said](const Json &event) { said.push_back(event); };
	REQUIRE(walk(what));
	REQUIRE(said.size() == 1);
	CHECK(said[0].at("first") == 20);
	CHECK(said[0].at("next") == cases_of(words, what.request).size());
	CHECK(said[0].at("next") == said[0].at("of"));
	const Tally tally = tallies_from(said[0].at("classes"))[0];
	CHECK(tally.cases == said[0].at("of").get<size_t>() - 20);
	CHECK(tally.wrong_cases() == 0);
	CHECK(tally.faults != 0);
	what.stop = [] { return true; };
	CHECK_FALSE(walk(what));
}

TEST_CASE("what takes no fault is reached by BPF, or left with the reason, on the kernel at hand")
{
	Walk what = all_done_here();
	const Pass two[] = {{Routine::from_user_nofault, Kind::page},
			    {Routine::to_user_nofault, Kind::page}};
	for (const Pass &pass : two)
		what.done[name(pass)] = cases_of(pass, what.request).size() - 3000;
	size_t said = 0;
	what.say = [&said](const Json &event) {
		++said;
		if (event.at("event") == "sweep_left") {
			INFO(event.dump());
			CHECK(event.at("why").get<std::string>().find("BPF") != std::string::npos);
			return;
		}
		uint64_t cases = 0;
		for (const Tally &tally : tallies_from(event.at("classes"))) {
			cases += tally.cases;
			CHECK(tally.examples == std::vector<std::string>());
		}
		CHECK(cases == 3000);
	};
	CHECK(walk(what));
	CHECK(said == std::size(two));
}

TEST_CASE("a call that takes the child with it, or does not return, is passed over")
{
	const Pass words = {Routine::get_user_4, Kind::page};
	Walk what;
	what.limit_s = 0.3;
	for (const Pass &pass : passes())
		what.done[name(pass)] = pass == words ? 0 : UINT32_MAX;
	const auto all = cases_of(words, what.request);
	const Case dies = all.at(5), hangs = all.at(7);
	what.instead = [&](const Case &one) -> Seen {
		if (one == dies)
			::raise(SIGKILL);
		while (one == hangs)
			::pause();
		const bool good = one.good >= one.length;
		return {.result = good ? 0 : -EFAULT, .done = good};
	};
	Stored stored;
	stored.take(sweep_head());
	what.say = [&stored](const Json &event) { stored.take(event); };
	REQUIRE(walk(what));
	const Progress &progress = stored.passes.at(name(words));
	CHECK(progress.next == all.size());
	CHECK(progress.left.empty());
	const Tally &tally = progress.tallies[0];
	CHECK(tally.cases == all.size());
	CHECK(tally.wrong == std::map<Wrong, uint64_t>{{Wrong::hung, 1}, {Wrong::died, 1}});
	CHECK(tally.examples.at(0).starts_with("died: " + describe(dies, {}).substr(0, 30)));
	CHECK(tally.examples.at(1).starts_with("hung: " + describe(hangs, {}).substr(0, 30)));
}

TEST_CASE("a pass whose calls do not come back is left after a few of them")
{
	const Pass words = {Routine::put_user_4, Kind::page};
	Walk what;
	for (const Pass &pass : passes())
		what.done[name(pass)] = pass == words ? 0 : UINT32_MAX;
	what.instead = [](const Case &) -> Seen {
		::raise(SIGKILL);
		return {};
	};
	Stored stored;
	stored.take(sweep_head());
	what.say = [&stored](const Json &event) { stored.take(event); };
	REQUIRE(walk(what));
	CHECK(stored.passes.at(name(words)).next == 5);
	CHECK(stored.passes.at(name(words)).left == "too many calls did not come back");
	CHECK(stored.wrong_cases() == 5);
}

TEST_CASE("without tags their passes are left, with a word")
{
	Walk what;
	for (const Pass &pass : passes())
		if (pass.kind == Kind::page)
			what.done[name(pass)] = UINT32_MAX;
	size_t left = 0;
	what.say = [&left](const Json &event) {
		CHECK(event.at("event") == "sweep_left");
		CHECK(event.at("why").get<std::string>().starts_with("no-mte"));
		++left;
	};
	CHECK(walk(what));
	CHECK(left == traits().size());
}
