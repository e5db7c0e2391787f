// SPDX-License-Identifier: GPL-2.0-only
// Every way of being wrong, and that no rule is without one.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

namespace {

std::vector<Wrong> all_wrongs()
{
	std::vector<Wrong> all;
	for (auto *family : {wrong_progress, wrong_results, wrong_signals, wrong_callers,
			     wrong_quiet, wrong_data, wrong_company, wrong_memory})
		for (Wrong &wrong : family())
			all.push_back(std::move(wrong));
	return all;
}

std::vector<std::string_view> names(const std::vector<Rule> &rules)
{
	std::vector<std::string_view> all;
	for (const Rule rule : rules)
		all.push_back(to_string(rule));
	return all;
}

} // namespace

TEST_CASE("each way of being wrong breaks exactly its rules", "[judge]")
{
	for (Wrong wrong : all_wrongs()) {
		CAPTURE(wrong.name);
		const Verdict before = judge(wrong.good);
		// Something else may be wrong from the start, but not that.
		const bool open = before.kind != VerdictKind::fail &&
				  before.kind != VerdictKind::broken && before.rules != wrong.rules;
		CAPTURE(before.reason);
		CHECK((before.kind == VerdictKind::pass || open));
		wrong.change(wrong.good);
		const Verdict after = judge(wrong.good);
		CAPTURE(after.reason);
		CHECK(names(after.rules) == names(wrong.rules));
		CHECK(after.kind == wrong.kind);
	}
}

TEST_CASE("no rule goes without an observation that breaks it", "[judge]")
{
	std::set<Rule> broken;
	for (Wrong wrong : all_wrongs()) {
		wrong.change(wrong.good);
		for (const Rule rule : judge(wrong.good).rules)
			broken.insert(rule);
	}
	for (int i = 0; i <= static_cast<int>(Rule::p6); i++) {
		CAPTURE(to_string(static_cast<Rule>(i)));
		CHECK(broken.contains(static_cast<Rule>(i)));
	}
}

TEST_CASE("a verdict is the same when it is asked for again", "[judge]")
{
	for (Wrong wrong : all_wrongs()) {
		CHECK(judge(wrong.good) == judge(wrong.good));
		wrong.change(wrong.good);
		CHECK(judge(wrong.good) == judge(wrong.good));
	}
}

TEST_CASE("what the suite could not do is BROKEN and says what", "[judge]")
{
	Scene at = stops(read_exact, Contract::mainline);
	at.seen.end = End::none;
	CHECK(judge(at).reason == "the point was never started");
	at.seen.end = End::setup_failed;
	at.seen.failure.error = ENOSPC;
	std::string_view("writing\nthe file").copy(at.seen.failure.step.data(), 16);
	CHECK(judge(at).kind == VerdictKind::broken);
	CHECK(judge(at).reason == "writing?the file: ENOSPC");
	at.seen.failure.step.fill('x'); // no terminator
	CHECK(judge(at).reason == std::string(at.seen.failure.step.size(), 'x') + ": ENOSPC");
	at.seen.end = static_cast<End>(200);
	CHECK(judge(at).kind == VerdictKind::broken);
	at = stops(read_exact, Contract::mainline);
	at.point.call = nullptr;
	CHECK(judge(at).kind == VerdictKind::broken);
}

} // namespace tagtrap::selftest
