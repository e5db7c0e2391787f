// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/confirm.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <tuple>

#include "harness/report/command.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

Json rule_of(const Verdict &verdict)
{
	return verdict.rules.empty() ? Json() : Json(to_string(verdict.rules.front()));
}

/// What it came to instead.
std::string otherwise(const Json &event)
{
	if (!value_at(event, {"verdict"}).is_string())
		return "not run again: " + text_at(event, {"reason"});
	const auto rule = text_at(event, {"rule"});
	return fmt::format("not confirmed: {}{}{}", text_at(event, {"verdict"}),
			   rule.empty() ? "" : " ", rule);
}

std::vector<const Json *> events_for(const Journal &journal, const std::string &id)
{
	std::vector<const Json *> events;
	for (const auto &event : journal.confirms)
		if (text_at(event, {"id"}) == id && !event.contains("uid"))
			events.push_back(&event);
	return events;
}

size_t violating(const std::vector<Cause> &causes)
{
	size_t points = 0;
	for (const auto &cause : causes)
		points += cause.rows.size();
	return points;
}

} // namespace

std::vector<std::string> to_confirm(const Journal &journal)
{
	const auto all = digest(journal);
	const auto causes = causes_of(all);
	const size_t points = violating(causes);
	std::vector<std::string> ids, further;
	for (const auto &cause : causes) {
		std::set<std::string> groups;
		auto rows = cause.rows;
		std::ranges::stable_sort(rows, {}, [&](const Row *row) {
			return std::tuple(row != cause.shortest, row->end->id.size(),
					  std::string_view(row->end->id));
		});
		for (const auto *row : rows)
			if (points <= most_confirmed || groups.insert(row->end->group).second)
				(row == cause.shortest ? ids : further).push_back(row->end->id);
	}
	ids.insert(ids.end(), further.begin(), further.end());
	ids.resize(std::min(ids.size(), most_confirmed));
	return ids;
}

Json confirm_event(const std::string &id, const std::string &where, const Journal &alone)
{
	const auto found = std::ranges::find(alone.ends, id, &StoredEnd::id);
	if (found == alone.ends.end())
		return unconfirmed_event(id, "the run ended without it");
	return {{"event", "confirm"},
		{"id", id},
		{"verdict", to_string(found->verdict.kind)},
		{"rule", rule_of(found->verdict)},
		{"reason", found->verdict.reason},
		{"where", where}};
}

Json unconfirmed_event(const std::string &id, const std::string &why)
{
	return {{"event", "confirm"}, {"id", id},      {"verdict", nullptr},
		{"rule", nullptr},    {"reason", why}, {"where", nullptr}};
}

bool same_again(const Json &event, const Verdict &verdict)
{
	return text_at(event, {"verdict"}) == to_string(verdict.kind) &&
	       value_at(event, {"rule"}) == rule_of(verdict);
}

std::vector<std::string> to_confirm_as_user(const Journal &journal)
{
	std::vector<std::string> ids;
	const auto all = digest(journal);
	for (const auto &cause : causes_of(all)) {
		const auto &end = *cause.shortest->end;
		const auto &run = run_of(journal, &end);
		if (value_at(run, {"privileged"}) != false && !privilege(run, end.id).needed)
			ids.push_back(end.id);
	}
	ids.resize(std::min(ids.size(), most_confirmed));
	return ids;
}

std::string confirmed_text(const Journal &journal, const Cause &cause)
{
	size_t tried = 0, confirmed = 0;
	std::string where;
	std::vector<std::string> lines;
	for (const auto *row : cause.rows)
		for (const auto *event : events_for(journal, row->end->id)) {
			++tried;
			if (!same_again(*event, row->end->verdict)) {
				lines.push_back(otherwise(*event));
				continue;
			}
			if (confirmed++ == 0 || row == cause.shortest) // the one that is shown
				where = text_at(*event, {"where"});
		}
	if (confirmed != 0)
		lines.insert(lines.begin(),
			     fmt::format("confirmed {} of {}, each run alone; evidence in {}",
					 confirmed, tried, where));
	std::string out;
	for (const auto &line : lines)
		out += labelled(out.empty() ? "    again      " : "               ", line, 3);
	return out;
}

std::string confirmed_summary(const Digest &all)
{
	std::set<std::string> ids;
	for (const auto &event : all.journal->confirms)
		ids.insert(text_at(event, {"id"}));
	const size_t tried = ids.size();
	if (tried == 0)
		return {};
	const size_t points = violating(causes_of(all));
	return labelled("", fmt::format("{} of {} run again (--confirm; at most {}, one for each "
					"cause and group where there are more).",
					tried, counted(points, "point"), most_confirmed));
}

} // namespace tagtrap
