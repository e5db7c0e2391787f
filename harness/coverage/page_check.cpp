// SPDX-License-Identifier: GPL-2.0-only
#include "harness/coverage/page_check.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

namespace tagtrap::coverage {

namespace {

/// What stands between `before` and `after`, behind `from`; moves `from` behind it.
std::string between(std::string_view text, std::string_view before, std::string_view after,
		    size_t &from)
{
	const auto start = text.find(before, from);
	if (start == std::string_view::npos)
		return "";
	const auto begin = start + before.size();
	const auto end = text.find(after, begin);
	if (end == std::string_view::npos)
		return "";
	from = end;
	return std::string(text.substr(begin, end - begin));
}

SeenOnPage seen_in_line(std::string_view line)
{
	size_t at = 0;
	SeenOnPage out;
	out.module = between(line, "| ", " |", at);
	out.function = between(line, "| ", " |", at);
	const std::string group = between(line, "`", "`", at);
	out.call = group.substr(0, group.find('/'));
	return out;
}

} // namespace

StoredPage read_page(std::string_view text)
{
	StoredPage page;
	size_t at = 0;
	page.kernel = between(text, ": kernel ", ",", at);
	if (page.kernel.empty())
		throw std::runtime_error("the page of coverage does not say of which kernel it is");
	constexpr std::string_view head = "\n## Seen\n";
	at = text.find(head);
	if (at == std::string_view::npos)
		throw std::runtime_error("the page of coverage has no part `Seen`");
	auto part = text.substr(at + head.size());
	part = part.substr(0, part.find("\n## "));
	while (!part.empty()) {
		const auto line = part.substr(0, part.find('\n'));
		if (line.starts_with("| ") && line.find('`') != std::string_view::npos)
			page.seen.push_back(seen_in_line(line));
		part.remove_prefix(std::min(part.size(), line.size() + 1));
	}
	if (page.seen.empty())
		throw std::runtime_error("the page of coverage names no function that was seen");
	return page;
}

std::vector<SeenOnPage> not_seen_again(const StoredPage &before, const Json &table,
				       const Judged &judged)
{
	std::set<std::pair<std::string, std::string>> seen;
	for (const auto &module : table.at("modules"))
		for (const auto &function : module.at("functions"))
			if (function.at("seen").get<size_t>() != 0)
				seen.emplace(module.at("name").get<std::string>(),
					     function.at("name").get<std::string>());
	std::vector<SeenOnPage> lost;
	for (const auto &one : before.seen)
		if (judged.contains(one.call) && !seen.contains({one.module, one.function}))
			lost.push_back(one);
	return lost;
}

} // namespace tagtrap::coverage
