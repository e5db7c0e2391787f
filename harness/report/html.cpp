// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/html.h"

#include <algorithm>
#include <map>
#include <set>

#include "harness/report/command.h"
#include "harness/report/known.h"
#include "harness/report/mail.h"
#include "harness/report/parts.h"
#include "harness/report/rest.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

char letter(const StoredEnd &end)
{
	static constexpr std::string_view letters = "PFLDCUSB"; // by VerdictKind
	const char found = letters.at(static_cast<size_t>(end.verdict.kind));
	const bool left = survives(end.seen) && violates(end.verdict.kind);
	return left ? static_cast<char>(found - 'A' + 'a') : found;
}

Json totals_of(const Totals &totals)
{
	Json out = Json::object();
	for (size_t i = 0; i < totals.size(); i++)
		if (totals[i] != 0)
			out[std::string(to_string(static_cast<VerdictKind>(i)))] = totals[i];
	return out;
}

Json kernel_json(const KernelColumn &column)
{
	Json out = {{"name", column.run.name}, {"gap", column.run.gap}};
	out["wall_s"] = column.run.wall_s ? Json(*column.run.wall_s) : Json();
	if (column.run.journal == nullptr)
		return out;
	const auto &journal = *column.run.journal;
	const auto &run = run_of(journal, nullptr);
	const auto rest = rest_of(journal);
	out.update(
		{{"release", column.release},
		 {"package", text_at(run, {"machine", "package_version"})},
		 {"qemu", text_at(run, {"machine", "qemu_version"})},
		 {"machine", text_at(run, {"machine", "kind"})},
		 {"features", words_at(run, {"cpu", "features"})},
		 {"page_size", value_at(run, {"page_size"})},
		 {"plan", text_at(run, {"plan", "level"})},
		 {"specs", words_at(run, {"plan", "specs"})},
		 {"suite", text_at(run, {"suite", "version"}) + " (" +
				   text_at(run, {"suite", "commit"}) + ")"},
		 {"contract", text_at(run, {"contract", "name"})},
		 {"own", own_kernel_text(run)},
		 {"totals", totals_of(column.all.totals)},
		 {"rest", rest.why.empty() ? Json()
					   : Json(counted(rest.missing, "point") +
						  " without a result: " + rest.why)},
		 {"status", column.status},
		 {"boot_s", column.boot_s},
		 {"run_s", column.run_s},
		 {"watched_s", column.watched_s},
		 {"withheld", {{"causes", column.withheld}, {"points", column.withheld_points}}}});
	return out;
}

Json cause_json(const KernelMatrix &all, const MatrixCause &cause)
{
	static constexpr std::string_view sights[] = {"none", "absent", "other", "seen"};
	const auto &column = all.columns[cause.shown_in];
	const auto &end = *cause.shown->shortest->end;
	const auto &run = run_of(*column.run.journal, &end);
	const auto reach = reach_of(*cause.shown);
	Json kernels = Json::array();
	for (size_t i = 0; i < all.columns.size(); i++)
		kernels.push_back({{"sight", sights[static_cast<size_t>(cause.sights[i])]},
				   {"points", cause.points[i]}});
	return {{"id", cause.id},
		{"class", to_string(cause.severity)},
		{"function", cause.key.function},
		{"rule", to_string(cause.key.rule)},
		{"title", title(cause.key.rule)},
		{"kernels", kernels},
		{"history", history_text(all, cause)},
		{"calls", reach.calls},
		{"places", reach.places},
		{"states", reach.states},
		{"modes", reach.modes},
		{"offsets", reach.offsets},
		{"known", plain(known_words(end.known))},
		{"source", text_at(end.known, {"source"})},
		{"shown_in", cause.shown_in},
		{"shown", end.id},
		{"promise", plain(end.promise)},
		{"reason", plain(end.verdict.reason)},
		{"evidence", evidence_text(end.seen)},
		{"privilege", privilege(run, end.id).words},
		{"command", reproduce_command(run, end.id)},
		{"mail", lkml_mail(column.all, *cause.shown)}};
}

/// A text once, and what it is known by.
class Texts {
public:
	size_t index(const std::string &text)
	{
		const auto [at, fresh] = where_.try_emplace(text, all_.size());
		if (fresh)
			all_.push_back(plain(text));
		return at->second;
	}
	Json take() { return std::move(all_); }

private:
	std::map<std::string, size_t> where_;
	Json all_ = Json::array();
};

/// The points of one call on one place.
struct PointsOfCell {
	std::string name, family;
	std::map<std::string_view, size_t> where;
	std::vector<std::string> ids;
	std::vector<std::string> verdicts; ///< by kernel
	Json why = Json::array();
};

/// "gfs2" and what follows it, of "read/gfs2/cached/sync/4096@0/handler".
std::string_view behind_place(std::string_view id)
{
	const auto place = id.find('/');
	const auto rest = place == std::string_view::npos ? place : id.find('/', place + 1);
	return rest == std::string_view::npos ? id : id.substr(rest + 1);
}

using Cells = std::map<std::pair<std::string, std::string>, PointsOfCell>;

/// The cause of each point that has one, as its index in the matrix.
std::map<const Row *, long> causes_by_row(const KernelMatrix &all, const KernelColumn &column)
{
	std::map<std::string_view, long> index;
	for (size_t i = 0; i < all.causes.size(); i++)
		index[all.causes[i].id] = static_cast<long>(i);
	std::map<const Row *, long> out;
	for (const auto &cause : column.causes) {
		const auto at = index.find(cause.id);
		if (at == index.end())
			continue;
		for (const auto *row : cause.rows)
			out[row] = at->second;
	}
	return out;
}

void add_points(Cells &cells, Texts &reasons, const KernelMatrix &all, size_t kernel)
{
	const auto &column = all.columns[kernel];
	const auto causes = causes_by_row(all, column);
	for (const auto &row : column.all.rows) {
		if (!row.end->control_for.empty() || excluded(*row.end) ||
		    column.untold.contains(&row))
			continue;
		const auto cause = causes.find(&row);
		auto &cell = cells[{row.parts.call, row.parts.place}];
		if (cell.ids.empty()) {
			cell.name = row.end->id.substr(0, row.end->id.find('/'));
			cell.family = matrix_family(row.parts.call);
			cell.verdicts.resize(all.columns.size());
		}
		const auto rest = behind_place(row.end->id);
		const auto [at, fresh] = cell.where.try_emplace(rest, cell.ids.size());
		if (fresh)
			cell.ids.emplace_back(rest);
		auto &verdicts = cell.verdicts[kernel];
		verdicts.resize(std::max(verdicts.size(), at->second + 1), '.');
		verdicts[at->second] = letter(*row.end);
		if (row.end->verdict.kind == VerdictKind::pass)
			continue;
		cell.why.push_back({kernel, at->second, reasons.index(row.end->verdict.reason),
				    cause == causes.end() ? -1 : cause->second});
	}
}

} // namespace

Json page_data(const Page &page)
{
	const auto &all = *page.matrix;
	Json kernels = Json::array(), causes = Json::array(), points = Json::array();
	Json coverage = Json::array();
	for (const auto &column : all.columns)
		kernels.push_back(kernel_json(column));
	for (const auto &cause : all.causes)
		causes.push_back(cause_json(all, cause));
	Cells cells;
	Texts reasons;
	for (size_t i = 0; i < all.columns.size(); i++)
		add_points(cells, reasons, all, i);
	for (auto &[where, cell] : cells) {
		for (auto &verdicts : cell.verdicts)
			verdicts.resize(cell.ids.size(), '.');
		points.push_back({{"call", where.first},
				  {"name", cell.name},
				  {"family", cell.family},
				  {"place", where.second},
				  {"ids", cell.ids},
				  {"verdicts", cell.verdicts},
				  {"why", std::move(cell.why)}});
	}
	Json places = Json::array(); // as a run has them
	for (const auto &[family, place] : all.lines)
		if (std::ranges::find(places, Json(place)) == places.end())
			places.push_back(place);
	for (size_t i = 0; i < all.columns.size(); i++)
		coverage.push_back(i < page.coverage.size() ? page.coverage[i] : Json());
	return {{"kernels", kernels},   {"wall_s", page.wall_s ? Json(*page.wall_s) : Json()},
		{"unlike", all.unlike}, {"withheld", all.withheld.size()},
		{"causes", causes},     {"reasons", reasons.take()},
		{"places", places},     {"points", points},
		{"coverage", coverage}};
}

std::string json_island(const Json &data)
{
	std::string out;
	for (const char c : data.dump(-1, ' ', true, Json::error_handler_t::replace)) {
		if (c == '<') // in a text only: no end of a script, no comment
			out += "\\u003c";
		else
			out += c;
	}
	return out;
}

std::string html_page(const Page &page)
{
	std::string out(page_skeleton);
	const auto put = [&out](std::string_view mark, std::string_view content) {
		out.replace(out.find(mark), mark.size(), content); // throws where it is not there
	};
	for (const auto &part : page_parts)
		put(part.mark, part.content);
	put("{{data}}", json_island(page_data(page)));
	return out;
}

} // namespace tagtrap
