// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/known.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <stdexcept>

namespace tagtrap {

extern const std::string_view known_issues_text; // generated

namespace {

/// Whether `pattern`, in which `*` stands for anything, covers the whole of `text`.
bool covers(std::string_view pattern, std::string_view text)
{
	size_t star = std::string_view::npos, resume = 0, p = 0, t = 0;
	while (t < text.size()) {
		if (p < pattern.size() && pattern[p] == '*') {
			star = p++;
			resume = t;
		} else if (p < pattern.size() && pattern[p] == text[t]) {
			p++;
			t++;
		} else if (star != std::string_view::npos) {
			p = star + 1;
			t = ++resume;
		} else {
			return false;
		}
	}
	return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::optional<KernelVersion> version(const Json &value)
{
	if (value.is_null())
		return std::nullopt;
	auto text = value.get<std::string>();
	KernelVersion out;
	const auto *end = text.data() + text.size();
	auto major = std::from_chars(text.data(), end, out.major);
	if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.')
		throw std::runtime_error("'" + text + "' is no version MAJOR.MINOR");
	auto minor = std::from_chars(major.ptr + 1, end, out.minor);
	if (minor.ec != std::errc() || minor.ptr != end)
		throw std::runtime_error("'" + text + "' is no version MAJOR.MINOR");
	return out;
}

KnownIssue issue(const Json &row, const Json &pattern)
{
	KnownIssue out;
	out.pattern = pattern.get<std::string>();
	out.first = version(row.at("first"));
	out.last = version(row.at("last"));
	out.verdict = parse_verdict(row.at("verdict").get<std::string>());
	out.reason = row.at("reason").get<std::string>();
	out.link = row.at("link").get<std::string>();
	return out;
}

std::string kernels_text(const KnownIssue &row)
{
	auto text = [](const std::optional<KernelVersion> &version) {
		return version ? fmt::format("{}.{}", version->major, version->minor)
			       : std::string();
	};
	return text(row.first) + ".." + text(row.last);
}

bool applies(const KnownIssue &row, std::string_view id, const KernelFacts &facts)
{
	KernelVersion kernel = {facts.major, facts.minor};
	return (!row.first || *row.first <= kernel) && (!row.last || kernel <= *row.last) &&
	       covers(row.pattern, id);
}

} // namespace

std::vector<KnownIssue> parse_known_issues(std::string_view text)
{
	std::vector<KnownIssue> rows;
	size_t read = 0;
	auto number = [&] { return "known issue " + std::to_string(read + 1) + ": "; };
	try {
		const auto table = parse_json(text);
		for (const auto &row : table.at("issues")) {
			const auto &patterns = row.at("pattern");
			if (!patterns.is_array())
				rows.push_back(issue(row, patterns));
			else
				for (const auto &pattern : patterns)
					rows.push_back(issue(row, pattern));
			read++;
		}
	} catch (const std::exception &error) {
		throw std::runtime_error(number() + error.what());
	}
	return rows;
}

std::span<const KnownIssue> known_issues()
{
	static const auto rows = parse_known_issues(known_issues_text);
	return rows;
}

Json known_field(std::span<const KnownIssue> rows, std::string_view id, const KernelFacts &facts,
		 VerdictKind verdict)
{
	bool passed = verdict == VerdictKind::pass || verdict == VerdictKind::unchecked;
	for (const auto &row : rows)
		if ((passed || verdict == row.verdict) && applies(row, id, facts))
			return {{"reason", row.reason},
				{"kernels", kernels_text(row)},
				{"link", row.link}};
	return nullptr;
}

} // namespace tagtrap
