// SPDX-License-Identifier: GPL-2.0-only
// Journals of shards, put together.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <fmt/format.h>
#include <functional>

#include "harness/model/merge.h"
#include "harness/report/rest.h"
#include "harness/report/status.h"
#include "tests/selftest/settle_world.h"

using namespace tagtrap;
using namespace tagtrap::selftest;

namespace {

constexpr size_t in_all = 26; ///< points of the whole

std::string without_break(std::string text)
{
	text.pop_back();
	return text;
}

Json shard_json(unsigned number, unsigned of)
{
	return {{"number", number},
		{"of", of},
		{"whole",
		 {{"key", "0123456789abcdef"},
		  {"points", in_all},
		  {"controls", Json::array()},
		  {"excluded", 0}}}};
}

/// What a machine writes about each control, and the points that need it.
std::vector<Lines> families()
{
	std::vector<Lines> all;
	for (const auto *call : {"read", "write"})
		for (const bool fails : {false, true}) {
			const std::string place = fails ? "ext4" : "xfs";
			Lines lines = {line(point_id(call, place, "cached+good", 2048),
					    Contract::forced_signal, {.fails = fails})};
			for (uint32_t offset = 0; offset < 80; offset += 16) {
				// One signal is used most, by all shards together.
				const int signal = *call == 'w' && offset == 32 ? 7 : 11;
				lines.push_back(line(point_id(call, place, "cached", offset),
						     Contract::forced_signal, {.signal = signal}));
			}
			all.push_back(lines);
		}
	all.push_back({line(first, Contract::forced_signal, {.signal = 11}),
		       line(second, Contract::forced_signal, {.signal = 11})});
	return all;
}

Json finish_json(size_t planned)
{
	return {{"event", "finish"},
		{"totals", Json::object()},
		{"elapsed_s", 1.5},
		{"planned", planned},
		{"closed_groups", Json::array()},
		{"pending", Json::object()}};
}

Json run_json()
{
	Json run = Json::parse(run_line(Contract::forced_signal));
	run["plan"]["points"] = in_all;
	run["plan"]["controls"] = Json::array();
	return run;
}

/// The same run by `of` machines.
std::vector<Part> parts_of(unsigned of)
{
	std::vector<Part> parts;
	for (unsigned number = 1; number <= of; ++number) {
		Json run = run_json();
		run["plan"]["shard"] = shard_json(number, of);
		run["plan"]["points"] = 1;
		parts.push_back({.name = fmt::format("out{}", number),
				 .lines = {without_break(to_line(run))}});
	}
	size_t next = 0;
	for (const auto &family : families()) {
		auto &lines = parts[next++ % of].lines;
		for (const auto &text : family)
			lines.push_back(without_break(text));
	}
	for (auto &part : parts)
		part.lines.push_back(without_break(to_line(finish_json(part.lines.size() - 1))));
	return parts;
}

Journal whole_run()
{
	Lines lines = {to_line(run_json())};
	for (const auto &family : families())
		lines.insert(lines.end(), family.begin(), family.end());
	lines.push_back(to_line(finish_json(in_all)));
	return settled(lines);
}

Journal merged_run(std::vector<Part> parts)
{
	Lines lines = merged(std::move(parts));
	for (auto &text : lines)
		text += '\n';
	return settled(lines);
}

std::string refusal(const std::function<void(std::vector<Part> &)> &change)
{
	auto parts = parts_of(3);
	change(parts);
	try {
		merged(parts);
	} catch (const std::invalid_argument &error) {
		return error.what();
	}
	return "nothing was refused";
}

/// Changes a field of the `run` event of the part.
void set(Part &part, const char *path, const Json &value)
{
	Json run = Json::parse(part.lines.front());
	run[Json::json_pointer(path)] = value;
	part.lines.front() = run.dump();
}

} // namespace

TEST_CASE("shards put together settle to the verdicts of one long run", "[merge]")
{
	const auto whole = whole_run();
	REQUIRE(whole.ends.size() == in_all);
	// It has what one shard alone cannot know.
	CHECK(std::ranges::count_if(whole.ends, [](const auto &end) {
		      return end.verdict.reason.find("where most points") != std::string::npos;
	      }) > 0);
	for (const unsigned of : {1u, 2u, 3u, 5u, 9u}) {
		auto parts = parts_of(of);
		std::ranges::reverse(parts); // the order in which they are given means nothing
		const auto journal = merged_run(parts);
		INFO(of << " shards");
		CHECK(verdicts_of(journal) == verdicts_of(whole));
		CHECK(exit_status(journal) == exit_status(whole));
		CHECK(rest_of(journal).missing == 0);
		CHECK(rest_of(journal).planned == in_all);
		for (const auto &run : journal.runs) {
			CHECK(run["plan"]["merged"] == of);
			CHECK_FALSE(run["plan"].contains("shard"));
		}
		CHECK(journal.finish["elapsed_s"] == 1.5 * of);
	}
}

TEST_CASE("lines of parts stay as they are, byte for byte", "[merge]")
{
	const auto parts = parts_of(2);
	const auto lines = merged(parts);
	for (const auto &part : parts)
		for (const auto &text : part.lines)
			if (text.find(R"("event":"end")") != std::string::npos)
				CHECK(std::ranges::count(lines, text) == 1);
}

TEST_CASE("a shard that was cut short decides how the whole ended", "[merge]")
{
	auto parts = parts_of(3);
	parts[0].lines.pop_back();
	parts[0].lines.pop_back();
	auto journal = merged_run(parts);
	CHECK(journal.finish.is_null());
	CHECK(rest_of(journal).missing == 1);
	CHECK(exit_status(journal) == 3);

	parts = parts_of(3);
	Json finish = Json::parse(parts[0].lines.back());
	finish["interrupted"] = 2;
	parts[0].lines.back() = finish.dump();
	CHECK(exit_status(merged_run(parts)) == 130);
}

TEST_CASE("a shard that never began is points that are missing, where gaps are left", "[merge]")
{
	const auto left = [](std::vector<Part> parts) {
		Lines lines = merged(std::move(parts), Gaps::left);
		for (auto &text : lines)
			text += '\n';
		return settled(lines);
	};
	auto parts = parts_of(3);
	const size_t lost = parts[1].lines.size() - 2; // but `run` and `finish`
	parts.erase(parts.begin() + 1);
	const auto journal = left(parts);
	CHECK(rest_of(journal).missing == lost);
	CHECK(exit_status(journal) == 3);
	CHECK(left(parts_of(3)).ends.size() == in_all);
	CHECK_THROWS_AS(merged({{.name = "none", .lines = {}}}, Gaps::left), std::invalid_argument);
	parts.push_back(parts[0]);
	CHECK_THROWS_AS(merged(parts, Gaps::left), std::invalid_argument);
}

TEST_CASE("what does not belong together is refused by name", "[merge]")
{
	CHECK(refusal([](auto &) {}) == "nothing was refused");
	CHECK(refusal([](auto &parts) { parts.erase(parts.begin() + 1); }) ==
	      "merge: missing: shard 2/3");
	CHECK(refusal([](auto &parts) { parts.resize(1); }) == "merge: missing: shard 2/3, 3/3");
	CHECK(refusal([](auto &parts) {
		      parts.push_back(parts[1]);
		      parts.back().name = "copy";
	      }) == "merge: shard 2/3 is there twice: out2 and copy");
	CHECK(refusal([](auto &parts) { set(parts[2], "/kernel/release", "7.3"); })
		      .find("out1 and out3 are no parts of one run: kernel.release is "
			    "\"6.12.57+deb13-arm64\" there and \"7.3\" here") != std::string::npos);
	for (const auto *path :
	     {"/suite/version", "/suite/commit", "/contract/name", "/page_size",
	      "/plan/shard/whole/key", "/plan/shard/of", "/plan/level", "/signal/pin"})
		CHECK(refusal([path](auto &parts) {
			      set(parts[1], path, 77);
		      }).find("are no parts of one run") != std::string::npos);
	CHECK(refusal([](auto &parts) {
		      Json run = Json::parse(parts[1].lines.front());
		      run["plan"].erase("shard");
		      parts[1].lines.front() = run.dump();
	      }).find("out2 is no part of a run") != std::string::npos);
	CHECK(refusal([](auto &parts) { parts[1].lines[1] = "{"; }) ==
	      "merge: out2: line 2 of its journal is not JSON");
	CHECK(refusal([](auto &parts) {
		      parts[1].lines.erase(parts[1].lines.begin());
	      }).find("out2 has no `run` record") != std::string::npos);
}
