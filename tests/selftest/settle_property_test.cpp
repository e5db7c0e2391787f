// SPDX-License-Identifier: GPL-2.0-only
// Verdicts are those of the whole journal, wherever it was cut and however it was put together.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fmt/format.h>
#include <random>
#include <set>

#include "harness/report/status.h"
#include "tests/selftest/settle_world.h"

using namespace tagtrap;
using namespace tagtrap::selftest;

namespace {

class Dice {
public:
	explicit Dice(uint32_t seed) : source_(seed) {}

	/// One of 0..count-1.
	size_t below(size_t count)
	{
		return std::uniform_int_distribution<size_t>(0, count - 1)(source_);
	}
	bool one_in(size_t count) { return below(count) == 0; }
	template <class Row> void shuffle(Row &row) { std::ranges::shuffle(row, source_); }

private:
	std::mt19937 source_;
};

/// What the machine did in one piece: whatever it wrote about some points.
using Piece = Lines;

/// A run with a bit of everything in it.
struct World {
	Contract contract = Contract::mainline;
	std::vector<Piece> pieces;
	std::set<std::string> ids;
};

How random_outcome(Dice &dice, Contract contract, bool stores, bool never_stops)
{
	How how;
	how.unchecked = never_stops || dice.one_in(6);
	if (never_stops)
		return how;
	how.hangs = dice.one_in(12);
	if (contract == Contract::forced_signal && !how.unchecked && !dice.one_in(10))
		how.signal = dice.one_in(4) == stores ? SIGBUS : SIGSEGV;
	if (dice.one_in(25))
		how.complaint = "BUG: KASAN: use-after-free in f";
	return how;
}

std::string begin_line(const std::vector<std::string> &ids)
{
	return to_line(Json{{"event", "begin"}, {"ids", ids}});
}

/// A block of points, run at once or, after a complaint, one by one.
void add_block(World &world, Dice &dice, const std::vector<std::string> &ids, bool stores,
	       bool never_stops)
{
	const bool suspect = dice.one_in(5);
	if (suspect)
		world.pieces.push_back(
			{begin_line(ids), suspect_line(ids, "BUG: sleeping function")});
	Piece together = {begin_line(ids)};
	for (const auto &id : ids) {
		auto how = random_outcome(dice, world.contract, stores, never_stops);
		const auto end = to_line(ended(id, world.contract, how));
		world.ids.insert(id);
		if (suspect)
			world.pieces.push_back({begin_line({id}), end});
		else
			together.push_back(end);
		if (!how.hangs && dice.one_in(15)) { // it comes when others are in hand
			how.late = SIGSEGV;
			world.pieces.push_back({to_line(ended(id, world.contract, how))});
		}
	}
	if (!suspect)
		world.pieces.push_back(together);
}

World random_world(Dice &dice)
{
	World world;
	// Calls, with the way they are submitted, that are stopped nowhere.
	std::set<std::pair<std::string, bool>> never;
	for (const auto *call : {"read", "write"})
		for (const bool worker : {false, true})
			if (dice.one_in(4))
				never.emplace(call, worker);
	world.contract = dice.one_in(2) ? Contract::mainline : Contract::forced_signal;
	for (const auto *call : {"read", "write"})
		for (const auto *place : {"ext4", "xfs"})
			for (const auto *state : {"cached", "small+direct", "cached+worker"}) {
				const auto good_id =
					point_id(call, place, fmt::format("{}+good", state), 2048);
				world.ids.insert(good_id);
				world.pieces.push_back({begin_line({good_id}),
							to_line(ended(good_id, world.contract,
								      {.fails = dice.one_in(6)}))});
				std::vector<std::string> block;
				for (uint32_t offset = 0; offset < 64; offset += 16)
					block.push_back(
						point_id(call, place, state, offset,
							 offset == 32 ? "default" : "handler"));
				const bool worker = std::string_view(state).ends_with("worker");
				add_block(world, dice, block, *call == 'r',
					  never.contains({call, worker}));
			}
	return world;
}

Lines whole(const World &world)
{
	Lines lines = {run_line(world.contract)};
	for (const auto &piece : world.pieces)
		lines.insert(lines.end(), piece.begin(), piece.end());
	return lines;
}

/// The same points from machines that were lost in between, or from parts in any order. A point may
/// have been left out by others meanwhile.
Lines put_together(const World &world, Dice &dice)
{
	std::vector<Lines> parts(1);
	for (const auto &piece : world.pieces) {
		if (dice.one_in(4))
			parts.emplace_back();
		parts.back().insert(parts.back().end(), piece.begin(), piece.end());
		if (dice.one_in(3)) {
			auto id = world.ids.begin();
			std::advance(id, static_cast<ptrdiff_t>(dice.below(world.ids.size())));
			parts.back().push_back(to_line(left_out(
				*id, dice.one_in(2) ? "group: x" : "waits for another boot")));
		}
	}
	dice.shuffle(parts);
	Lines lines;
	for (const auto &part : parts) {
		if (!lines.empty() && dice.one_in(2))
			lines.push_back(restart_line());
		lines.push_back(run_line(world.contract));
		lines.insert(lines.end(), part.begin(), part.end());
	}
	return lines;
}

/// How often the world had what this is about: the test is worth as much.
struct Seen {
	size_t broken = 0, mixed = 0, never_checked = 0, suspects = 0, known = 0;

	void count(const Journal &journal)
	{
		for (const auto &end : journal.ends) {
			if (!end.provisional)
				continue;
			const auto &reason = end.verdict.reason;
			broken += reason.starts_with("its control ") ? 1 : 0;
			mixed += reason.find("where most points") != std::string::npos ? 1 : 0;
			suspects += reason.find("is unknown") != std::string::npos ? 1 : 0;
		}
		never_checked += journal.never_checked.size();
		known += static_cast<size_t>(std::ranges::count_if(
			journal.ends, [](const auto &end) { return end.known.is_object(); }));
	}
};

} // namespace

TEST_CASE("a journal in parts settles to the verdicts of the whole", "[settle]")
{
	Seen seen;
	for (uint32_t seed = 0; seed < 150; seed++) {
		Dice dice(seed);
		const auto world = random_world(dice);
		const auto one = settled(whole(world));
		const auto other = settled(put_together(world, dice));
		INFO("seed " << seed);
		REQUIRE(verdicts_of(one).size() == world.ids.size());
		CHECK(verdicts_of(one) == verdicts_of(other));
		CHECK(one.never_checked == other.never_checked);
		for (const auto &end : one.ends) {
			const auto same = std::ranges::find(other.ends, end.id, &StoredEnd::id);
			CHECK(end.known == same->known);
			CHECK(end.provisional.has_value() == same->provisional.has_value());
		}
		CHECK(other.unfinished.empty());
		seen.count(one);
	}
	CHECK(seen.broken > 100);
	CHECK(seen.mixed > 100);
	CHECK(seen.never_checked > 20);
	CHECK(seen.suspects > 50);
	CHECK(seen.known > 100);
}

TEST_CASE("a journal that is cut at any byte loses no point that has finished", "[settle]")
{
	Dice dice(4711);
	const auto good_id = point_id("read", "xfs", "cached+good", 2048);
	const auto bad_id = point_id("read", "xfs", "cached", 16);
	const auto other = point_id("read", "pipe", "plain", 16);
	const Lines lines = {
		run_line(Contract::mainline),
		begin_line({good_id, bad_id}),
		to_line(ended(good_id, Contract::mainline, {.fails = true})),
		to_line(ended(bad_id, Contract::mainline)),
		suspect_line({other}, "BUG: x"),
		restart_line(),
		run_line(Contract::mainline),
		to_line(ended(other, Contract::mainline)),
		to_line(Json{{"event", "finish"}, {"planned", 3}, {"elapsed_s", 1.5}}),
	};
	std::string all;
	for (const auto &line : lines)
		all += line;
	for (size_t size = lines[0].size(); size <= all.size(); size++) {
		const auto journal = settled({all.substr(0, size)});
		std::set<std::string> due;
		size_t end = 0;
		bool between = false; // the cut leaves whole lines
		for (const auto &line : lines) {
			end += line.size();
			between = between || size == end || size == end - 1;
			if (size < end - 1)
				break;
			if (const auto event = Json::parse(line); event["event"] == "end")
				due.insert(event["id"].get<std::string>());
		}
		INFO("cut at byte " << size);
		std::set<std::string> found;
		for (const auto &stored : journal.ends)
			found.insert(stored.id);
		REQUIRE(found == due);
		REQUIRE(journal.truncated == !between);
		if (found.contains(bad_id))
			REQUIRE(verdicts_of(journal).at(bad_id).first == VerdictKind::broken);
		REQUIRE(exit_status(journal) == 3);
	}
}
