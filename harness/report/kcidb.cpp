// SPDX-License-Identifier: GPL-2.0-only
// Schema 5.3 of kcidb: one checkout, one build, a test for each point, an issue for each cause.
#include <algorithm>
#include <set>

#include "harness/report/cause.h"
#include "harness/report/report.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

constexpr size_t most_excerpt = 16384;
const std::string origin = "tagtrap";

std::string_view status_of(VerdictKind kind)
{
	switch (kind) {
	case VerdictKind::pass:
		return "PASS";
	case VerdictKind::unchecked:
		return "DONE";
	case VerdictKind::skip:
		return "SKIP";
	case VerdictKind::broken:
		return "ERROR";
	default:
		return "FAIL";
	}
}

/// A node of a path: letters, digits, '-' and '_'.
std::string node(std::string_view text)
{
	std::string out(text);
	std::ranges::replace_if(
		out,
		[](char c) {
			return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
			       (c < '0' || c > '9') && c != '-' && c != '_';
		},
		'_');
	return out.empty() ? "_" : out;
}

/// What names this run among all: the kernel's build and the moment are not enough for two
/// machines.
std::string run_name(const Json &run)
{
	return plain(text_at(run, {"kernel", "release"}) + "/" + text_at(run, {"suite", "commit"}) +
		     "/" + text_at(run, {"machine", "qemu_version"}));
}

std::string test_id(const StoredEnd &end, const Json &run)
{
	return origin + ":" + run_name(run) + "/" + plain(end.id);
}

Json test_json(const Row &row, const Json &run)
{
	const auto &end = *row.end;
	Json out = {{"id", test_id(end, run)},
		    {"origin", origin},
		    {"build_id", origin + ":" + run_name(run)},
		    {"path", origin + "." + node(row.parts.call) + "." + node(row.parts.place)},
		    {"comment", plain(end.id)},
		    {"status", status_of(end.verdict.kind)},
		    {"duration", static_cast<double>(end.seen.elapsed_ns) / 1e9}};
	if (end.verdict.kind != VerdictKind::pass)
		out["log_excerpt"] = plain(end.verdict.reason).substr(0, most_excerpt);
	if (end.seen.end == End::returned && end.verdict.kind != VerdictKind::skip)
		out["number"] = {{"value", end.seen.result}};
	out["environment"] = {{"comment", text_at(run, {"machine", "kind"}) + " " +
						  text_at(run, {"machine", "qemu_version"})}};
	return out;
}

Json issue_json(const Cause &cause)
{
	const auto &known = cause.shortest->end->known;
	Json out = {{"id", origin + ":cause-" + cause.id},
		    {"version", 1},
		    {"origin", origin},
		    {"comment",
		     plain(cause.key.function + ", " + std::string(to_string(cause.key.rule)) +
			   " " + std::string(title(cause.key.rule)))},
		    {"culprit",
		     {{"code", cause.severity != Severity::tool},
		      {"tool", cause.severity == Severity::tool},
		      {"harness", false}}}};
	if (const auto source = text_at(known, {"source"}); !source.empty())
		out["report_url"] = source;
	return out;
}

} // namespace

std::string kcidb_report(const Journal &journal)
{
	const auto all = digest(journal);
	const auto &run = run_of(journal, nullptr);
	Json issues = Json::array(), incidents = Json::array(), tests = Json::array();
	std::set<const Row *> untold; // of causes that the security contact hears of first
	std::set<std::string> closed; // their groups: a point left out there names what hung
	for (const auto &cause : causes_of(all)) {
		if (security_matter(all, cause)) {
			untold.insert(cause.rows.begin(), cause.rows.end());
			for (const auto *row : cause.rows)
				closed.insert(row->end->group);
			continue;
		}
		issues.push_back(issue_json(cause));
		for (const auto *row : cause.rows)
			incidents.push_back({{"id", origin + ":" + run_name(run) + "/" + cause.id +
							    "/" + plain(row->end->id)},
					     {"origin", origin},
					     {"issue_id", issues.back()["id"]},
					     {"issue_version", 1},
					     {"test_id", test_id(*row->end, run)},
					     {"present", true}});
	}
	const auto tells = [&](const Row &row) {
		return untold.contains(&row) || (row.end->verdict.kind == VerdictKind::skip &&
						 row.end->verdict.reason.starts_with("group: ") &&
						 closed.contains(row.end->group));
	};
	for (const auto &row : all.rows)
		if (!tells(row))
			tests.push_back(test_json(row, run));
	const auto id = origin + ":" + run_name(run);
	const Json checkout = {{"id", id},
			       {"origin", origin},
			       {"git_commit_name", text_at(run, {"kernel", "release"})},
			       {"comment", text_at(run, {"kernel", "version"})}};
	const Json build = {{"id", id},
			    {"checkout_id", id},
			    {"origin", origin},
			    {"architecture", "arm64"},
			    {"comment", text_at(run, {"machine", "package"})},
			    {"misc", {{"withheld_points", untold.size()}}}};
	const Json out = {{"version", {{"major", 5}, {"minor", 3}}},
			  {"checkouts", {checkout}},
			  {"builds", {build}},
			  {"tests", tests},
			  {"issues", issues},
			  {"incidents", incidents}};
	return out.dump(1, '\t', true, Json::error_handler_t::replace) + "\n";
}

} // namespace tagtrap
