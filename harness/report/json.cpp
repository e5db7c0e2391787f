// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/cause.h"
#include "harness/report/command.h"
#include "harness/report/matrix.h"
#include "harness/report/report.h"
#include "harness/report/rest.h"
#include "harness/report/status.h"

namespace tagtrap {

namespace {

Json totals_json(const Totals &totals)
{
	Json out = Json::object();
	for (size_t i = 0; i < totals.size(); i++)
		out[std::string(to_string(static_cast<VerdictKind>(i)))] = totals[i];
	return out;
}

Json rule_json(Rule rule)
{
	return {{"rule", to_string(rule)}, {"title", title(rule)}, {"source", source(rule)}};
}

Json matrix_json(const Digest &all)
{
	Json out = Json::array();
	auto cells = matrix(all);
	for (const auto &call : all.calls) {
		for (const auto &place : all.places) {
			auto found = cells.find({call, place});
			if (found == cells.end())
				continue;
			const auto &cell = found->second;
			out.push_back({{"call", call},
				       {"place", place},
				       {"worst", to_string(cell.kind)},
				       {"noticed", cell.noticed},
				       {"totals", totals_json(cell.totals)}});
		}
	}
	return out;
}

Json causes_json(const Digest &all)
{
	Json out = Json::array();
	for (const auto &cause : causes_of(all)) {
		const auto &row = *cause.shortest;
		const auto &run = run_of(*all.journal, row.end);
		auto need = privilege(run, row.end->id);
		Json ids = Json::array();
		for (const auto *each : cause.rows)
			ids.push_back(each->end->id);
		const auto reach = reach_of(cause);
		out.push_back({{"id", cause.id},
			       {"class", to_string(cause.severity)},
			       {"function", cause.key.function},
			       {"broken", rule_json(cause.key.rule)},
			       {"calls", reach.calls},
			       {"places", reach.places},
			       {"states", reach.states},
			       {"modes", reach.modes},
			       {"offsets", reach.offsets},
			       {"count", cause.rows.size()},
			       {"count_known", cause.known},
			       {"withheld", cause.withheld},
			       {"security_contact_first", security_matter(all, cause)},
			       {"shortest", row.end->id},
			       {"verdict", to_string(row.end->verdict.kind)},
			       {"reason", row.end->verdict.reason},
			       {"known", row.end->known},
			       {"privileged", need.needed},
			       {"privilege", need.words},
			       {"command", reproduce_command(run, row.end->id)},
			       {"ids", std::move(ids)}});
	}
	return out;
}

/// A point in the words of its `end`, without the observation, which the journal has.
Json point_json(const StoredEnd &end)
{
	Json rules = Json::array();
	for (auto rule : end.verdict.rules)
		rules.push_back(to_string(rule));
	return {{"id", end.id},
		{"group", end.group},
		{"verdict", to_string(end.verdict.kind)},
		{"rules", std::move(rules)},
		{"reason", end.verdict.reason},
		{"notes", end.verdict.notes},
		{"promise", end.promise},
		{"result", end.seen.end == End::returned ? Json(end.seen.result) : Json()},
		{"elapsed_ns", end.seen.elapsed_ns},
		{"known", end.known},
		{"control_for", end.control_for.empty() ? Json() : Json(end.control_for)}};
}

Json rest_json(const Rest &rest)
{
	return {{"planned", rest.planned},
		{"missing", rest.missing},
		{"why", rest.why.empty() ? Json() : Json(rest.why)}};
}

Json suspects_json(const Journal &journal)
{
	Json out = Json::array();
	for (const auto &suspect : journal.suspects)
		out.push_back({{"ids", suspect.ids},
			       {"stuck", suspect.stuck},
			       {"complaint", suspect.complaint}});
	return out;
}

} // namespace

std::string json_report(const Journal &journal)
{
	auto all = digest(journal);
	Json points = Json::array();
	for (const auto &end : journal.ends)
		points.push_back(point_json(end));
	Json out = {{"schema", journal_schema},
		    {"run", run_of(journal, nullptr)},
		    {"preflights", journal.preflights},
		    {"restarts", journal.restarts},
		    {"finished", !journal.finish.is_null()},
		    {"truncated", journal.truncated},
		    {"unfinished", journal.unfinished},
		    {"rest", rest_json(rest_of(journal))},
		    {"suspects", suspects_json(journal)},
		    {"rerun", journal.rerun},
		    {"confirms", journal.confirms},
		    {"reproduced", journal.reproduced},
		    {"never_checked", journal.never_checked},
		    {"exit_status", exit_status(journal)},
		    {"elapsed_s", value_at(journal.finish, {"elapsed_s"})},
		    {"totals", totals_json(all.totals)},
		    {"controls", totals_json(all.controls)},
		    {"matrix", matrix_json(all)},
		    {"causes", causes_json(all)},
		    {"points", std::move(points)}};
	return out.dump(1, '\t', true, Json::error_handler_t::replace) + "\n";
}

} // namespace tagtrap
