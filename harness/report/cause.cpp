// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/cause.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <stdexcept>

#include "harness/model/evidence.h"
#include "harness/report/command.h"
#include "harness/report/reproduced.h"

namespace tagtrap {

namespace {

constexpr std::array<std::string_view, 10> severity_names = {
	"disclosure",     "data loss", "crash",       "hang, unkillable",
	"hang, killable", "leak",      "wrong count", "wrong signal",
	"note",           "tool"};

bool is_hang(VerdictKind kind)
{
	return kind == VerdictKind::livelock || kind == VerdictKind::deadlock;
}

bool of_a_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.';
}

/// The function's name as the source has it: compilers add ".isra.0", ".constprop.0", ".part.0".
std::string source_name(std::string_view name)
{
	return std::string(name.substr(0, name.find('.')));
}

/// The first "function+0x" of a kernel's complaint; empty: it names none.
std::string complaining_function(std::string_view complaint)
{
	const auto at = complaint.find("+0x");
	if (at == std::string_view::npos)
		return "";
	auto start = at;
	while (start > 0 && of_a_name(complaint[start - 1]))
		start--;
	return source_name(complaint.substr(start, at - start));
}

Rule first_rule(const StoredEnd &end)
{
	return end.verdict.rules.empty() ? Rule::p1 : end.verdict.rules.front();
}

/// A signal that a tag check fault of the kernel's raises, or should, comes from the handler of
/// these faults, whichever function was copying. M1 speaks of the result as well.
bool about_the_signal(const StoredEnd &end)
{
	constexpr std::array rules = {Rule::f1, Rule::f2, Rule::f3};
	const auto rule = first_rule(end);
	const bool raised = end.seen.signal_count != 0 || end.seen.end == End::killed;
	return (std::ranges::find(rules, rule) != rules.end() || (rule == Rule::m1 && raised)) &&
	       !id_parts(end.id).control;
}

Severity severity_of_rule(Rule rule, const Observation &seen)
{
	switch (rule) {
	case Rule::p2:
		return Severity::hang_unkillable;
	case Rule::p8:
		if (seen.complaint_kind != ComplaintKind::stall)
			return Severity::crash;
		[[fallthrough]];
	case Rule::p1:
	case Rule::p6:
	case Rule::f4:
	case Rule::m5:
		return survives(seen) ? Severity::hang_unkillable : Severity::hang_killable;
	case Rule::p4: // bytes that are not what they should be, until somebody has classed them
		return Severity::data_loss;
	case Rule::p5:
	case Rule::p7:
		return Severity::leak;
	case Rule::f1:
	case Rule::f2:
	case Rule::f5:
	case Rule::f6:
	case Rule::f7:
	case Rule::f8:
	case Rule::f9:
		return Severity::wrong_signal;
	case Rule::m1:
		return seen.signal_count != 0 ? Severity::wrong_signal : Severity::wrong_count;
	default:
		return Severity::wrong_count;
	}
}

/// What the suite knows of the point's class, else what its verdict says.
Severity known_severity(const StoredEnd &end)
{
	const auto name = text_at(end.known, {"class"});
	const auto found = std::ranges::find(severity_names, name);
	return found == severity_names.end()
		       ? severity_of(end)
		       : static_cast<Severity>(found - severity_names.begin());
}

template <class T> void add_sorted(std::vector<T> &all, const T &one)
{
	const auto at = std::ranges::lower_bound(all, one);
	if (at == all.end() || *at != one)
		all.insert(at, one);
}

template <class T> void add_new(std::vector<T> &all, const T &one)
{
	if (std::ranges::find(all, one) == all.end())
		all.push_back(one);
}

/// Whether the hangs of `part` go round in the function of `whole`: it is on all their stacks, and
/// their own function on one of its. They were looked at too rarely to show another station.
bool is_part(const Cause &part, const Cause &whole)
{
	const auto in_whole = [&](const Row *row) {
		return on_every_stack(row->end->seen.hang, whole.key.function);
	};
	const auto in_part = [&](const Row *row) {
		return on_a_stack(row->end->seen.hang, part.key.function);
	};
	return part.key.rule == Rule::p1 && whole.key.rule == Rule::p1 &&
	       std::ranges::all_of(part.rows, in_whole) && std::ranges::any_of(whole.rows, in_part);
}

bool has_heart(const Row *row)
{
	return !readable(row->end->seen.hang.heart).empty();
}

/// Whether the hangs of `blind` left no stack (a kernel thread that runs has none on Linux 5.10),
/// and each has its like in `other` that did: by another call the same way, on the same place, with
/// an object in the same state.
bool is_like(const Cause &blind, const Cause &other)
{
	const auto alike = [](const Row *left, const Row *right) {
		return left->parts.place == right->parts.place &&
		       left->parts.state == right->parts.state &&
		       function_of(left->end->id) == function_of(right->end->id);
	};
	return blind.key.rule == Rule::p1 && other.key.rule == Rule::p1 &&
	       std::ranges::none_of(blind.rows, has_heart) &&
	       std::ranges::all_of(blind.rows, [&](const Row *row) {
		       return std::ranges::any_of(other.rows, [&](const Row *seen) {
			       return has_heart(seen) && alike(row, seen);
		       });
	       });
}

void merge_parts(std::vector<Cause> &causes)
{
	for (auto &part : causes) {
		const auto whole = std::ranges::find_if(causes, [&](const Cause &other) {
			return &other != &part && !other.rows.empty() && !part.rows.empty() &&
			       (is_part(part, other) || is_like(part, other));
		});
		if (whole == causes.end())
			continue;
		whole->rows.insert(whole->rows.end(), part.rows.begin(), part.rows.end());
		std::ranges::sort(whole->rows); // as in the journal
		whole->known += part.known;
		whole->withheld |= part.withheld;
		part.rows.clear();
	}
	std::erase_if(causes, [](const Cause &cause) { return cause.rows.empty(); });
}

} // namespace

std::string_view to_string(Severity severity)
{
	return severity_names.at(static_cast<size_t>(severity));
}

Severity parse_severity(std::string_view text)
{
	const auto found = std::ranges::find(severity_names, text);
	if (found == severity_names.end())
		throw std::invalid_argument("'" + std::string(text) + "' is no class");
	return static_cast<Severity>(found - severity_names.begin());
}

CauseKey cause_key(const StoredEnd &end)
{
	const auto &seen = end.seen;
	const bool hung = is_hang(end.verdict.kind);
	std::string function;
	if (hung)
		function = source_name(readable(seen.hang.heart));
	else if (end.verdict.kind == VerdictKind::crash || first_rule(end) == Rule::p8)
		function = complaining_function(readable(seen.complaint));
	else if (about_the_signal(end))
		function = tag_fault_handler;
	return {function.empty() ? function_of(end.id) : function,
		hung ? Rule::p1 : first_rule(end)};
}

std::string cause_id(const CauseKey &key)
{
	uint64_t hash = 0xcbf29ce484222325; // FNV-1a
	for (const char c : key.function + ' ' + std::string(to_string(key.rule)))
		hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
	return fmt::format("{:08x}", static_cast<uint32_t>(hash ^ (hash >> 32)));
}

Severity severity_of(const StoredEnd &end)
{
	if (end.verdict.kind == VerdictKind::crash)
		return Severity::crash;
	if (is_hang(end.verdict.kind))
		return survives(end.seen) ? Severity::hang_unkillable : Severity::hang_killable;
	return severity_of_rule(first_rule(end), end.seen);
}

std::vector<Cause> causes_of(const Digest &all)
{
	std::map<CauseKey, size_t> where;
	std::vector<Cause> causes;
	for (const auto &row : all.rows) {
		if (!violates(row.end->verdict.kind))
			continue;
		auto key = cause_key(*row.end);
		const auto [at, added] = where.try_emplace(key, causes.size());
		if (added)
			causes.push_back({.key = key, .id = cause_id(key)});
		auto &cause = causes[at->second];
		cause.rows.push_back(&row);
		cause.known += row.end->known.is_object() ? 1 : 0;
		cause.withheld |= value_at(row.end->known, {"withheld"}) == true;
	}
	merge_parts(causes);
	for (auto &cause : causes) {
		std::vector<const Row *> worst;
		cause.severity = Severity::tool;
		for (const auto *row : cause.rows) {
			const auto severity = known_severity(*row->end);
			if (severity < cause.severity || worst.empty())
				worst.clear();
			cause.severity = std::min(cause.severity, severity);
			if (severity == cause.severity)
				worst.push_back(row);
		}
		// One that was watched in full tells more than one that was not.
		std::vector<const Row *> whole;
		std::ranges::copy_if(worst, std::back_inserter(whole),
				     [](const Row *row) { return !row->end->seen.hang.shortened; });
		cause.shortest = shortest(whole.empty() ? worst : whole);
	}
	std::ranges::stable_sort(causes, [](const Cause &a, const Cause &b) {
		return std::pair(a.severity, b.rows.size()) < std::pair(b.severity, a.rows.size());
	});
	return causes;
}

Reach reach_of(const Cause &cause)
{
	Reach out;
	for (const auto *row : cause.rows) {
		add_new(out.calls, row->parts.call);
		add_new(out.places, row->parts.place);
		add_new(out.states, row->parts.state);
		add_new(out.modes, row->parts.mode);
		add_sorted(out.offsets, row->parts.offset);
	}
	return out;
}

bool security_matter(const Digest &all, const Cause &cause)
{
	if (cause.withheld)
		return true;
	if (cause.severity > Severity::hang_killable)
		return false;
	return std::ranges::any_of(cause.rows, [&](const Row *row) {
		const auto &run = run_of(*all.journal, row->end);
		return text_at(row->end->known, {"source"}).empty() &&
		       (!privilege(run, row->end->id).needed ||
			seen_unprivileged(*all.journal, cause));
	});
}

} // namespace tagtrap
