// SPDX-License-Identifier: GPL-2.0-only
// Proves the pairwise part of the plan by looking at every pair, not by trusting its maker.
#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>
#include <string>

#include "harness/model/call_plan.h"
#include "harness/model/case.h"
#include "harness/model/pairwise.h"
#include "harness/model/sweep.h"

namespace tagtrap {
namespace {

enum Factor : size_t {
	path,
	length,
	position,
	submission,
	segment,
	align,
	mode,
	who,
	how,
	factors
};
using Values = std::array<size_t, factors>;

constexpr std::array aligns = {uint16_t{0}, uint16_t{1}, uint16_t{8}, uint16_t{16}};

/// The values of a point, by their place in the lists that the plan is made of.
Values values_of(const Point &point, uint32_t page_size)
{
	const auto index = [](const auto &all, const auto &value) {
		return static_cast<size_t>(std::ranges::find(all, value) - all.begin());
	};
	const Path here = {.state = point.state, .direct = point.direct};
	return {index(paths(*point.call, *point.place), here),
		index(lengths(here, page_size), point.length),
		index(offsets(point.length, point.align, page_size), point.offset),
		static_cast<size_t>(point.submission),
		point.segment,
		point.align,
		static_cast<size_t>(point.mode) * 2 + point.tco,
		static_cast<size_t>(point.caller),
		static_cast<size_t>(point.disposition)};
}

using Pair = std::array<size_t, 4>;

/// Pairs in which alignment, mode, caller or disposition stands with anything else.
void collect(const Values &values, std::set<Pair> &pairs)
{
	for (size_t a = 0; a < factors; ++a)
		for (size_t b = std::max<size_t>(a + 1, align); b < factors; ++b)
			pairs.insert({a, values[a], b, values[b]});
}

/// Who makes the call, and how it takes the signal: each beside the default of the other, and all
/// of both. Nothing else decides whether they can stand together, so that every pair is there when
/// the latter are tried once.
std::vector<std::pair<Caller, Disposition>> made_by(bool all)
{
	std::vector<std::pair<Caller, Disposition>> made;
	for (int who = 0; who <= static_cast<int>(Caller::suppressed); ++who)
		for (int how = 0; how <= static_cast<int>(Disposition::fatal); ++how)
			if (all || who == 0 || how == 0)
				made.emplace_back(static_cast<Caller>(who),
						  static_cast<Disposition>(how));
	return made;
}

/// Calls `use` with the points of the full product that can be issued, but for what made_by()
/// leaves out.
template <class Use> void product(const Case &call, const Place &place, uint32_t page_size, Use use)
{
	Point point = {.call = &call, .place = &place};
	auto made = made_by(true);
	const auto variants = [&] {
		for (const auto submit : submissions(call))
			for (const uint8_t parts : {uint8_t{0}, uint8_t{2}})
				for (const auto check :
				     {TagCheckMode::none, TagCheckMode::sync, TagCheckMode::async,
				      TagCheckMode::asymm, TagCheckMode::storeonly})
					for (const bool tco : {false, true})
						for (const auto &[caller, disposition] : made) {
							point.submission = submit;
							point.segment = parts;
							point.mode = check;
							point.tco = tco;
							point.caller = caller;
							point.disposition = disposition;
							if (applicable(point, page_size))
								use(point);
						}
	};
	for (const auto &one : paths(call, place)) {
		point.state = one.state;
		point.direct = one.direct;
		for (const auto bytes : lengths(one, page_size)) {
			point.length = bytes;
			for (const auto start : aligns) {
				point.align = start;
				for (const auto g : offsets(bytes, start, page_size)) {
					point.offset = g;
					variants();
					made = made_by(false);
				}
			}
		}
	}
}

} // namespace

TEST_CASE("alignment, mode, caller and disposition stand with every value of everything else")
{
	const auto ground = GENERATE(as<std::string>(), "read/ext4", "pwritev2/gfs2", "write/unix",
				     "readv/pipe", "uring-write/tmpfs", "uring-read/pipe");
	const auto page_size = GENERATE(4096u, 16384u);
	const Case &call = *find_case(ground.substr(0, ground.find('/')));
	const Place &place = *find_place(ground.substr(ground.find('/') + 1));
	std::set<Pair> possible, planned;
	product(call, place, page_size,
		[&](const Point &point) { collect(values_of(point, page_size), possible); });
	for (const auto &point : call_plan(call, place, {.page_size = page_size}))
		if (point.stand == Stand::bad)
			collect(values_of(point, page_size), planned);
	std::vector<Pair> missing;
	std::ranges::set_difference(possible, planned, std::back_inserter(missing));
	CAPTURE(ground, page_size, possible.size());
	CHECK(possible.size() > 200);
	CHECK(missing == std::vector<Pair>());
}

TEST_CASE("pairwise covers every pair that its rows may have, and no row that they may not")
{
	const std::vector<size_t> sizes = {3, 4, 2, 5};
	const std::vector<bool> swept = {true, true, false, false};
	const auto valid = [](const Choice &row) { return (row[0] + row[3]) % 4 != 1; };
	const auto rows = pairwise(sizes, swept, valid);
	CHECK(std::ranges::all_of(rows, valid));
	for (size_t a = 0; a < sizes.size(); ++a)
		for (size_t b = std::max<size_t>(a + 1, 2); b < sizes.size(); ++b)
			for (size_t x = 0; x < sizes[a]; ++x)
				for (size_t y = 0; y < sizes[b]; ++y) {
					const bool banned = a == 0 && b == 3 && (x + y) % 4 == 1;
					CAPTURE(a, x, b, y);
					CHECK(banned == std::ranges::none_of(rows, [&](auto &row) {
						      return row[a] == x && row[b] == y;
					      }));
				}
	CHECK(rows.size() < 3 * 4 * 2 * 5 / 3);
}

} // namespace tagtrap
