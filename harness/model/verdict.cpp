// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/verdict.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tagtrap {

namespace {

constexpr std::array<std::string_view, 8> verdict_names = {
	"PASS", "FAIL", "LIVELOCK", "DEADLOCK", "CRASH", "UNCHECKED", "SKIP", "BROKEN",
};

struct RuleRow {
	std::string_view name, title, source;
};

/// In the order of Rule.
constexpr std::array<RuleRow, 23> rule_rows = {{
	{"P2", "killable", "derived"},
	{"P1", "ends", "derived"},
	{"P8", "complaint", "derived"},
	{"P4", "data", "derived"},
	{"P3", "exact progress", "derived"},
	{"P9", "right pointer", "derived"},
	{"F1", "signal", "letter; code, address, thread derived"},
	{"F2", "forced", "letter"},
	{"F3", "result", "letter (EFAULT); rest derived"},
	{"F4", "loops end", "letter"},
	{"F5", "ordinary faults", "letter"},
	{"F6", "unchecked access", "derived"},
	{"F7", "not any SIGSEGV", "derived, stricter than the letter"},
	{"F8", "not opportunistic", "derived"},
	{"F9", "nobody to signal", "derived"},
	{"M1", "sync", "behaviour, man pages"},
	{"M2", "none, async", "doc"},
	{"M3", "asymm, store-only", "doc, partly silent"},
	{"M4", "best effort", "doc"},
	{"M5", "progress", "derived"},
	{"P7", "TCO", "doc"},
	{"P5", "nothing leaks", "derived"},
	{"P6", "others live on", "derived"},
}};
static_assert(rule_rows.size() == static_cast<size_t>(Rule::p6) + 1);

constexpr RuleRow nameless = {"?", "?", "?"};

const RuleRow &row(Rule rule)
{
	const auto index = static_cast<size_t>(rule);
	return index < rule_rows.size() ? rule_rows[index] : nameless;
}

} // namespace

std::string_view to_string(VerdictKind kind)
{
	const auto index = static_cast<size_t>(kind);
	return index < verdict_names.size() ? verdict_names[index] : "?";
}

std::string_view to_string(Rule rule)
{
	return row(rule).name;
}

std::string_view title(Rule rule)
{
	return row(rule).title;
}

std::string_view source(Rule rule)
{
	return row(rule).source;
}

VerdictKind parse_verdict(std::string_view text)
{
	const auto found = std::ranges::find(verdict_names, text);
	if (found == verdict_names.end())
		throw std::invalid_argument("'" + std::string(text) + "' is no verdict");
	return static_cast<VerdictKind>(found - verdict_names.begin());
}

Rule parse_rule(std::string_view text)
{
	const auto found = std::ranges::find(rule_rows, text, &RuleRow::name);
	if (found == rule_rows.end())
		throw std::invalid_argument("'" + std::string(text) + "' is no rule");
	return static_cast<Rule>(found - rule_rows.begin());
}

} // namespace tagtrap
