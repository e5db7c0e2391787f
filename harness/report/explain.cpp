// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/explain.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <numeric>
#include <stdexcept>

#include "harness/model/plan.h"
#include "harness/report/explain_parts.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace explaining {

namespace {

/// How many letters have to be changed, added or left out (Levenshtein).
size_t distance(std::string_view one, std::string_view other)
{
	std::vector<size_t> line(other.size() + 1);
	std::iota(line.begin(), line.end(), size_t{0});
	for (size_t i = 0; i < one.size(); ++i) {
		size_t corner = line[0];
		line[0] = i + 1;
		for (size_t j = 0; j < other.size(); ++j) {
			const size_t change = corner + (one[i] == other[j] ? 0 : 1);
			corner = line[j + 1];
			line[j + 1] = std::min({change, line[j] + 1, corner + 1});
		}
	}
	return line.back();
}

/// What is no further away than this is meant, perhaps; a part of a name always is.
size_t likeness(std::string_view word, std::string_view name)
{
	if (word.size() >= 3 && name.find(word) != std::string_view::npos)
		return 1;
	return distance(word, name);
}

std::vector<std::string> call_names()
{
	std::vector<std::string> names;
	for (const Case *call : cases()) {
		if (call->shape.hidden)
			continue;
		names.emplace_back(call->name);
		if (call->row != nullptr)
			names.emplace_back(rows::call_of(call->name));
	}
	std::ranges::sort(names);
	names.erase(std::ranges::unique(names).begin(), names.end());
	return names;
}

std::vector<std::string> rule_names()
{
	std::vector<std::string> names;
	for (int i = 0; i <= static_cast<int>(Rule::p6); ++i)
		names.emplace_back(to_string(static_cast<Rule>(i)));
	return names;
}

std::vector<std::string> place_names()
{
	std::vector<std::string> names;
	for (const auto &place : places())
		names.emplace_back(place.name);
	return names;
}

std::string suggestion(std::string_view word, std::span<const std::string> candidates)
{
	const auto near = nearest(word, candidates);
	return near.empty() ? "" : fmt::format("; is it {}?", joined(near, ", "));
}

/// What may have been meant by an id that names nothing.
std::string id_suggestion(std::string_view text)
{
	const auto slash = text.find('/');
	const auto call = text.substr(0, slash);
	const Case *const found = find_case(call);
	if (found == nullptr)
		return suggestion(call, call_names());
	const auto rest = text.substr(slash + 1);
	const auto place = rest.substr(0, rest.find('/'));
	if (find_place(place) == nullptr)
		return suggestion(place, place_names());
	return fmt::format("; ./run.sh --list '{}/{}/*' prints ids", call, place);
}

/// The rule that `word` names, whatever the case of its letter.
const std::string *rule_named(std::string_view word, const std::vector<std::string> &names)
{
	std::string upper(word);
	for (char &c : upper)
		c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
	const auto at = std::ranges::find(names, upper);
	return at == names.end() ? nullptr : &*at;
}

} // namespace

KernelFacts facts_of(const Era &era, uint32_t page_size)
{
	return {.major = era.major, .minor = era.minor, .page_size = page_size, .mte3 = true};
}

std::string entry(std::string_view name, std::string_view text)
{
	constexpr size_t most = 40;
	const auto all = labelled(fmt::format("{:<15} ", name), text, most);
	return text.empty() ? "" : all;
}

std::vector<std::string> nearest(std::string_view word, std::span<const std::string> candidates)
{
	const size_t most = std::max<size_t>(2, word.size() / 3);
	std::vector<std::pair<size_t, std::string>> all;
	for (const auto &name : candidates)
		if (const size_t away = likeness(word, name); away <= most && away < word.size())
			all.emplace_back(away, name);
	std::ranges::stable_sort(all, {}, &std::pair<size_t, std::string>::first);
	std::erase_if(all, [&](const auto &one) { return one.first > all.front().first; });
	all.resize(std::min<size_t>(all.size(), 3));
	std::vector<std::string> names;
	for (auto &[away, name] : all)
		names.push_back(std::move(name));
	return names;
}

} // namespace explaining

std::string explained(std::string_view subject, uint32_t page_size)
{
	using namespace explaining;
	if (subject.find('/') != std::string_view::npos) {
		if (subject.find('*') != std::string_view::npos)
			throw std::invalid_argument(fmt::format(
				"'{}' is no point, but many: ./run.sh --list '{}' prints their ids",
				subject, subject));
		try {
			return of_point(issuable_point(subject, page_size), page_size);
		} catch (const std::invalid_argument &error) {
			throw std::invalid_argument(error.what() + id_suggestion(subject));
		}
	}
	auto names = rule_names();
	if (const auto *const rule = rule_named(subject, names))
		return of_rule(parse_rule(*rule), page_size);
	std::string text;
	if (const Case *const call = find_case(subject))
		text = of_case(*call, page_size);
	if (const auto more = of_call(subject, page_size); !more.empty())
		text += (text.empty() ? "" : "\n") + more;
	if (!text.empty())
		return text;
	const auto calls = call_names();
	names.insert(names.end(), calls.begin(), calls.end());
	throw std::invalid_argument(fmt::format("'{}' is no id, rule, row or call{}", subject,
						suggestion(subject, names)));
}

} // namespace tagtrap
