// SPDX-License-Identifier: GPL-2.0-only
// What was measured beside what the source allows, and the page that is made of it.
#include <catch2/catch_test_macros.hpp>
#include <cerrno>

#include "harness/sweep/compare.h"
#include "harness/sweep/stored.h"

using namespace tagtrap;
using namespace tagtrap::sweep;

namespace {

constexpr KernelFacts arm = {.arch = Arch::arm64, .major = 6, .minor = 12};

Tally measured(std::map<uint32_t, uint64_t> missing, std::map<uint32_t, uint64_t> beyond = {})
{
	Tally tally;
	tally.cases = tally.faults = 100;
	tally.missing = std::move(missing);
	tally.beyond = std::move(beyond);
	return tally;
}

Limits of(Routine routine, Class which, const KernelFacts &facts = arm)
{
	return limits_of({routine, Kind::tag}, which, facts);
}

Json head(bool mops)
{
	return {{"event", "sweep"}, {"plan", 2},  {"release", "7.3.4+x"}, {"arch", "arm64"},
		{"major", 7},       {"minor", 3}, {"mops", mops},         {"page_size", 4096},
		{"quick", false},   {"seed", 9},  {"machine", "a test"}};
}

/// The page of a sweep with one call of copy_from_user() that came `done` of 48 bytes far.
std::string page_of(bool mops, uint32_t done)
{
	const Pass pass = {Routine::from_user_loop, Kind::tag};
	const Case one = {.length = 200, .good = 48};
	const Seen seen = {.result = done, .arrived = done, .changed = done};
	Stored stored;
	stored.take(head(mops));
	Tallies tallies;
	tallies[static_cast<size_t>(Class::large)].add(
		judge(pass, one, seen, facts_of(stored.head)), one, seen);
	stored.take(swept_event(pass, 0, 1, 1, tallies));
	return page({stored});
}

bool has(const std::string &text, std::string_view part)
{
	return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("measured agrees with the source where the most that it allows was seen, and no more")
{
	const Limits large = of(Routine::from_user_loop, Class::large);
	CHECK(compare(measured({{0, 5}, {16, 1}, {48, 1}}), large) == "agrees");
	CHECK(compare(measured({{0, 5}, {15, 1}, {48, 1}}), large) == "agrees"); // a single byte
	CHECK(compare(measured({{0, 5}}), large) == "narrower: 0 short");
	CHECK(compare(measured({{0, 5}, {16, 1}}), large) == "narrower: at most 16 short");
	CHECK(compare(measured({{0, 5}, {8, 1}, {48, 1}}), large) == "wider: 8 short");
	CHECK(compare(measured({{64, 5}}), large) == "wider: 64 short");
	CHECK(compare(measured({{48, 5}}, {{3, 1}}), large) == "wider: 3 beyond");
	const Limits small = of(Routine::from_user_loop, Class::small);
	CHECK(compare(measured({{0, 5}}), small) == "agrees");
	CHECK(compare(measured({{15, 5}}), small) == "wider: 15 short");
}

TEST_CASE("what is stored beyond is compared as well")
{
	const Limits out = of(Routine::to_user, Class::large);
	CHECK(compare(measured({{15, 5}}, {{8, 1}}), out) == "agrees");
	CHECK(compare(measured({{15, 5}}, {{7, 1}}), out) == "narrower: at most 7 beyond");
	CHECK(compare(measured({{6, 5}}), out) == "narrower: at most 6 short, 0 beyond");
	CHECK(compare(measured({{16, 5}, {20, 1}}, {{9, 1}}), out) ==
	      "wider: 16, 20 short, 9 beyond");
}

TEST_CASE(
	"what is whole agrees while no call is outside; where the source says nothing, it is said")
{
	Tally tally = measured({{0, 5}});
	const Limits word = of(Routine::get_user_4, Class::tiny);
	CHECK(compare(tally, word) == "agrees");
	tally.wrong[Wrong::past_fault] = 2;
	tally.wrong[Wrong::error] = 1;
	CHECK(compare(tally, word) == "wider: 2 calls");
	tally.wrong.erase(Wrong::past_fault);
	CHECK(compare(tally, word) == "differs: 1 calls");
	constexpr KernelFacts mops = {.arch = Arch::arm64, .major = 7, .minor = 3, .mops = true};
	const Limits open = of(Routine::from_user, Class::tiny, mops);
	CHECK(compare(measured({{0, 5}}), open) == "left open: is exact");
	CHECK(compare(measured({{3, 5}}), open) == "left open");
	CHECK(compare(Tally(), open) == "-");
}

TEST_CASE("the page has measured and allowed side by side, with the file that allows it")
{
	const std::string single = page_of(false, 1);
	CHECK(has(single, "## Linux 7.3.4, arm64, copies without MOPS"));
	CHECK(has(single, "pages of 4096 bytes; whole plan, seed 9."));
	CHECK(has(single, "| copy_from_user, in a loop | tag | 128.. | 1 | 1 | 47 | - | "
			  "arch/arm64/lib/copy_from_user.S | 0, 16, 32, 48; single | 0 | "
			  "narrower: at most 47 short | - | 0 |"));
	CHECK(has(page_of(false, 0), "| 48 | - | arch/arm64/lib/copy_from_user.S | "
				     "0, 16, 32, 48; single | 0 | agrees | - | 0 |"));
	CHECK(has(page_of(false, 40), "| wider: 8 short | - | 1 |"));
	CHECK(has(page_of(true, 48), "| left to the CPU | - | left open: is exact | - | 0 |"));
	CHECK(has(single, "| copy_to_user_nofault | bpf_probe_write_user |"));
}
