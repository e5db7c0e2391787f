// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/known.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <stdexcept>

#include "harness/model/evidence.h"
#include "harness/model/glob.h"
#include "harness/report/digest.h"

namespace tagtrap {

extern const std::string_view known_issues_text; // generated

namespace {

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

/// What both kinds of row have.
KnownIssue issue(const Json &row)
{
	KnownIssue out;
	out.first = version(row.at("first"));
	out.last = version(row.at("last"));
	out.verdict = parse_verdict(row.at("verdict").get<std::string>());
	return out;
}

KnownIssue public_issue(const Json &row)
{
	auto out = issue(row);
	out.reason = row.at("reason").get<std::string>();
	out.link = row.at("link").get<std::string>();
	out.source = row.value("source", "");
	out.category = row.value("class", "");
	if (!out.category.empty())
		parse_severity(out.category); // throws
	if (const auto cause = row.find("cause"); cause != row.end())
		out.cause = {cause->at("function").get<std::string>(),
			     parse_rule(cause->at("rule").get<std::string>())};
	return out;
}

KnownIssue withheld_issue(const Json &row)
{
	static constexpr std::array may_say = {"withheld", "subsystem", "class",
					       "place",    "first",     "last",
					       "verdict",  "killable",  "rule"};
	for (const auto &[key, value] : row.items())
		if (std::ranges::find(may_say, key) == may_say.end())
			throw std::runtime_error("it is withheld, '" + key + "' tells too much");
	auto out = issue(row);
	out.withheld = true;
	out.subsystem = row.at("subsystem").get<std::string>();
	out.category = row.at("class").get<std::string>();
	if (const auto &killable = row.at("killable"); !killable.is_null())
		out.killable = killable.get<bool>();
	if (row.contains("rule"))
		out.rule = parse_rule(row["rule"].get<std::string>());
	return out;
}

/// One row for each of `names`, which is a string or an array of them.
void add_rows(std::vector<KnownIssue> &rows, const KnownIssue &row, std::string KnownIssue::*field,
	      const Json &names)
{
	for (const auto &name : names.is_array() ? names : Json::array({names})) {
		rows.push_back(row);
		rows.back().*field = name.get<std::string>();
	}
}

std::string kernels_text(const KnownIssue &row)
{
	auto text = [](const std::optional<KernelVersion> &version) {
		return version ? fmt::format("{}.{}", version->major, version->minor)
			       : std::string();
	};
	return text(row.first) + ".." + text(row.last);
}

bool in_range(const KnownIssue &row, const KernelFacts &facts)
{
	KernelVersion kernel = {facts.major, facts.minor};
	return (!row.first || *row.first <= kernel) && (!row.last || kernel <= *row.last);
}

/// What SIGKILL did; none: nothing hung.
std::optional<bool> killable(const Observation &seen)
{
	if (survives(seen))
		return false;
	return seen.hang.seen ? std::optional(seen.hang.killable) : std::nullopt;
}

/// Whether the point is of the cause that the row is about. A hang without a stack may be.
bool of_cause(const KnownIssue &row, const StoredEnd &end)
{
	if (!row.cause)
		return true;
	const auto key = cause_key(end);
	const bool no_stack = end.seen.hang.seen && end.seen.hang.heart[0] == '\0';
	const bool below = on_every_stack(end.seen.hang, row.cause->function);
	return key.rule == row.cause->rule &&
	       (no_stack || below || key.function == row.cause->function);
}

/// Whether a row that may tell all explains the verdict, or says that a point fails that passed.
bool explains(const KnownIssue &row, const StoredEnd &end)
{
	const auto kind = end.verdict.kind;
	const bool passed = kind == VerdictKind::pass || kind == VerdictKind::unchecked;
	return !row.withheld && covers(row.pattern, end.id) &&
	       (passed || (kind == row.verdict && of_cause(row, end)));
}

/// Whether a withheld row explains the verdict. It says nothing of points that pass: by place alone
/// nobody can tell that they should not.
bool explains_withheld(const KnownIssue &row, const StoredEnd &end)
{
	const auto &rules = end.verdict.rules;
	const bool named = !row.rule || (!rules.empty() && rules.front() == *row.rule);
	return row.withheld && end.verdict.kind == row.verdict && named &&
	       (!row.killable || row.killable == killable(end.seen)) &&
	       id_parts(end.id).place == row.place;
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
			if (row.value("withheld", false))
				add_rows(rows, withheld_issue(row), &KnownIssue::place,
					 row.at("place"));
			else
				add_rows(rows, public_issue(row), &KnownIssue::pattern,
					 row.at("pattern"));
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

Json known_field(std::span<const KnownIssue> rows, const StoredEnd &end, const KernelFacts &facts)
{
	for (const auto &row : rows) {
		if (!in_range(row, facts) || !explains(row, end))
			continue;
		Json known = {
			{"reason", row.reason}, {"kernels", kernels_text(row)}, {"link", row.link}};
		if (!row.category.empty())
			known["class"] = row.category;
		if (!row.source.empty())
			known["source"] = row.source;
		return known;
	}
	// The exact rows come first, wherever they stand: these are coarse.
	for (const auto &row : rows)
		if (in_range(row, facts) && explains_withheld(row, end))
			return {{"reason", "known to the project, withheld"},
				{"withheld", true},
				{"subsystem", row.subsystem},
				{"class", row.category}};
	return nullptr;
}

std::string known_words(const Json &known)
{
	auto out = text_at(known, {"reason"});
	if (value_at(known, {"withheld"}).is_boolean())
		out += fmt::format(" ({}: {}; matched by place, verdict and killability, so it may "
				   "be another one)",
				   text_at(known, {"subsystem"}), text_at(known, {"class"}));
	return out;
}

Json known_field(const StoredEnd &end, const KernelFacts &facts)
{
	return known_field(known_issues(), end, facts);
}

} // namespace tagtrap
