// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/rerun.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <unordered_map>
#include <utility>

#include "harness/report/digest.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

/// Verdict and first rule in one word or two: "LIVELOCK P1", "PASS".
std::string named(const Verdict &verdict)
{
	std::string text(to_string(verdict.kind));
	if (violates(verdict.kind) && !verdict.rules.empty())
		text += fmt::format(" {}", to_string(verdict.rules.front()));
	return text;
}

/// Says nothing that a run need be made for again.
bool settled_well(const StoredEnd &end)
{
	return end.verdict.kind == VerdictKind::pass || end.verdict.kind == VerdictKind::unchecked;
}

constexpr std::string_view not_there = "without a result";

/// From what it was to what it is now; the ids of it.
using Changes = std::map<std::pair<std::string, std::string>, std::vector<std::string_view>>;

Changes changes_of(const Journal &journal)
{
	std::unordered_map<std::string_view, const StoredEnd *> now;
	for (const auto &end : journal.ends)
		now[end.id] = &end;
	Changes changes;
	for (const auto &group : value_at(journal.rerun, {"was"}))
		for (const auto &id : group.at("ids")) {
			const auto &text = id.get_ref<const std::string &>();
			const auto found = now.find(text);
			changes[{group.at("verdict").get<std::string>(),
				 found == now.end() ? std::string(not_there)
						    : named(found->second->verdict)}]
				.push_back(text);
		}
	return changes;
}

bool begins_with_any(std::string_view text, std::initializer_list<VerdictKind> kinds)
{
	return std::ranges::any_of(
		kinds, [&](VerdictKind kind) { return text.starts_with(to_string(kind)); });
}

/// In words what a change means; empty: it speaks for itself.
std::string_view meaning(std::string_view was, std::string_view now)
{
	using enum VerdictKind;
	const auto failed = {fail, livelock, deadlock, crash, broken};
	const bool then = begins_with_any(was, failed), still = begins_with_any(now, failed);
	if (now == not_there || begins_with_any(now, {skip}))
		return "not judged";
	if (then)
		return still ? was == now ? "still fails" : "fails otherwise" : "now passes";
	return still ? "fails" : "passes";
}

} // namespace

Json rerun_event(const std::string &of, const Journal &before, const std::vector<Point> &today)
{
	std::unordered_map<std::string_view, const StoredEnd *> ends;
	for (const auto &end : before.ends)
		ends[end.id] = &end;
	std::map<std::string, Json> was;
	std::set<std::string> planned;
	for (const Point &point : today) {
		const std::string name = id(point);
		planned.insert(name);
		const auto found = ends.find(name);
		if (found == ends.end() && before.rerun.is_null())
			was[std::string(not_there)].push_back(name);
		else if (found != ends.end() && !settled_well(*found->second))
			was[named(found->second->verdict)].push_back(name);
	}
	Json groups = Json::array(), gone = Json::array();
	for (auto &[verdict, ids] : was)
		groups.push_back({{"verdict", verdict}, {"ids", std::move(ids)}});
	for (const auto &end : before.ends)
		if (!settled_well(end) && !excluded(end) && end.control_for.empty() &&
		    !planned.contains(end.id))
			gone.push_back(end.id);
	return {{"event", "rerun"},
		{"of", of},
		{"release", text_at(run_of(before, nullptr), {"kernel", "release"})},
		{"was", std::move(groups)},
		{"gone", std::move(gone)}};
}

std::set<std::string, std::less<>> taken_up(const Json &event)
{
	std::set<std::string, std::less<>> ids;
	for (const auto &group : event.at("was"))
		for (const auto &id : group.at("ids"))
			ids.insert(id.get<std::string>());
	return ids;
}

std::string rerun_text(const Journal &journal)
{
	if (journal.rerun.is_null())
		return {};
	auto out = headline("Rerun");
	out += labelled("", fmt::format("Of {}, kernel {}: what failed there, was skipped or had "
					"no result.",
					text_at(journal.rerun, {"of"}),
					text_at(journal.rerun, {"release"})));
	for (const auto &[change, ids] : changes_of(journal)) {
		const auto &[was, now] = change;
		out += labelled(fmt::format("{:>6}  ", ids.size()),
				fmt::format("{}: was {}, is {}", meaning(was, now), was, now), 2);
		out += id_line(8, *std::ranges::min_element(ids, {}, [](std::string_view id) {
				       return std::pair(id.size(), id);
			       }));
	}
	if (const auto &gone = value_at(journal.rerun, {"gone"}); gone.is_array() && !gone.empty())
		out += labelled(fmt::format("{:>6}  ", gone.size()),
				"that failed or were skipped there are in no plan of today", 2);
	return out;
}

} // namespace tagtrap
