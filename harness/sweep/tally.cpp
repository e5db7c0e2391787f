// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sweep/tally.h"

#include <fmt/format.h>
#include <string>

namespace tagtrap::sweep {

namespace {

Json counts_json(const std::map<uint32_t, uint64_t> &counts)
{
	Json json = Json::array();
	for (const auto &[number, cases] : counts)
		json.push_back({number, cases});
	return json;
}

std::map<uint32_t, uint64_t> counts_from(const Json &json)
{
	std::map<uint32_t, uint64_t> counts;
	for (const auto &pair : json)
		counts[pair.at(0).get<uint32_t>()] = pair.at(1).get<uint64_t>();
	return counts;
}

Tally tally_from(const Json &json)
{
	Tally tally;
	tally.cases = json.at("cases").get<uint64_t>();
	tally.faults = json.at("faults").get<uint64_t>();
	tally.missing = counts_from(json.at("short"));
	tally.beyond = counts_from(json.at("beyond"));
	for (const auto &[why, cases] : json.at("wrong").items())
		tally.wrong[parse_wrong(why)] = cases.get<uint64_t>();
	for (const auto &example : json.at("examples"))
		tally.examples.push_back(example.get<std::string>());
	return tally;
}

} // namespace

void Tally::add(const Judged &judged, const Case &one, const Seen &seen)
{
	++cases;
	if (judged.faults) {
		++faults;
		if (seen.end == End::returned)
			++missing[judged.missing];
	}
	if (judged.beyond != 0)
		++beyond[judged.beyond];
	if (judged.wrong == Wrong::nothing)
		return;
	++wrong[judged.wrong];
	if (examples.size() < most_examples)
		examples.push_back(
			fmt::format("{}: {}", to_string(judged.wrong), describe(one, seen)));
}

void Tally::add(const Tally &other)
{
	cases += other.cases;
	faults += other.faults;
	for (const auto &[number, count] : other.missing)
		missing[number] += count;
	for (const auto &[number, count] : other.beyond)
		beyond[number] += count;
	for (const auto &[why, count] : other.wrong)
		wrong[why] += count;
	for (const auto &example : other.examples)
		if (examples.size() < most_examples)
			examples.push_back(example);
}

uint64_t Tally::wrong_cases() const
{
	uint64_t sum = 0;
	for (const auto &[why, count] : wrong)
		sum += count;
	return sum;
}

Json to_json(const Tallies &tallies)
{
	Json json = Json::array();
	for (const auto &tally : tallies) {
		Json wrong = Json::object();
		for (const auto &[why, count] : tally.wrong)
			wrong[std::string(to_string(why))] = count;
		json.push_back({{"cases", tally.cases},
				{"faults", tally.faults},
				{"short", counts_json(tally.missing)},
				{"beyond", counts_json(tally.beyond)},
				{"wrong", wrong},
				{"examples", tally.examples}});
	}
	return json;
}

Tallies tallies_from(const Json &json)
{
	Tallies tallies;
	for (size_t i = 0; i < tallies.size(); ++i)
		tallies[i] = tally_from(json.at(i));
	return tallies;
}

std::string numbers(const std::map<uint32_t, uint64_t> &counts)
{
	std::string text;
	int ranges = 0;
	for (auto at = counts.begin(); at != counts.end();) {
		auto last = at;
		while (std::next(last) != counts.end() && std::next(last)->first == last->first + 1)
			++last;
		text += text.empty() ? "" : ", ";
		text += at == last ? fmt::format("{}", at->first)
				   : fmt::format("{}..{}", at->first, last->first);
		at = std::next(last);
		++ranges;
	}
	constexpr int most_ranges = 8;
	if (ranges > most_ranges)
		return fmt::format("{} values, {}..{}", counts.size(), counts.begin()->first,
				   counts.rbegin()->first);
	return text.empty() ? "-" : text;
}

} // namespace tagtrap::sweep
