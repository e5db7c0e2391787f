// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/kernel_matrix.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>

#include "harness/report/status.h"

namespace tagtrap {

namespace {

using Ids = std::set<std::string_view>;

KernelColumn column_of(const KernelRun &run)
{
	KernelColumn column = {.run = run};
	if (run.journal == nullptr)
		return column;
	const auto &journal = *run.journal;
	const auto &start = run_of(journal, nullptr);
	const auto facts = facts_from_run(start);
	column.all = digest(journal);
	column.causes = causes_of(column.all);
	column.release = text_at(start, {"kernel", "release"});
	column.major = facts.major;
	column.minor = facts.minor;
	column.own = !text_at(start, {"reference", "switch"}).empty();
	column.status = exit_status(journal);
	for (const auto &machine : journal.machines)
		if (const auto &seconds = value_at(machine, {"seconds"}); seconds.is_number())
			column.boot_s += seconds.get<double>();
	if (const auto &elapsed = value_at(journal.finish, {"elapsed_s"}); elapsed.is_number())
		column.run_s = elapsed.get<double>();
	for (const auto &end : journal.ends)
		column.watched_s += static_cast<double>(end.seen.hang.watched_ns) / 1e9;
	return column;
}

std::vector<std::string> withheld_causes(const std::vector<KernelColumn> &columns)
{
	std::set<std::string> ids;
	for (const auto &column : columns)
		for (const auto &cause : column.causes)
			if (security_matter(column.all, cause))
				ids.insert(cause.id);
	return {ids.begin(), ids.end()};
}

bool is_withheld(const KernelMatrix &all, const Cause &cause)
{
	return std::ranges::binary_search(all.withheld, cause.id);
}

/// Finds the points of a column that may not be told.
void withhold(const KernelMatrix &all, KernelColumn &column)
{
	std::set<std::string_view> groups;
	for (const auto &cause : column.causes) {
		if (!is_withheld(all, cause))
			continue;
		column.withheld++;
		column.withheld_points += cause.rows.size();
		column.untold.insert(cause.rows.begin(), cause.rows.end());
		for (const auto *row : cause.rows)
			groups.insert(row->end->group);
	}
	for (const auto &row : column.all.rows)
		if (row.end->verdict.kind == VerdictKind::skip && groups.contains(row.end->group))
			column.untold.insert(&row);
}

void fill_cells(KernelMatrix &all, size_t index)
{
	auto &column = all.columns[index];
	withhold(all, column);
	for (const auto &row : column.all.rows) {
		if (!row.end->control_for.empty() || excluded(*row.end) ||
		    column.untold.contains(&row))
			continue;
		const FamilyPlace where = {matrix_family(row.parts.call), row.parts.place};
		auto [at, fresh] = all.cells.try_emplace(where);
		if (fresh) {
			all.lines.push_back(where);
			at->second.resize(all.columns.size());
		}
		auto &cell = at->second[index];
		if (!cell)
			cell.emplace();
		add(*cell, row);
	}
}

/// Families in the order in which they came; of one family its places as a run has them.
void sort_lines(KernelMatrix &all)
{
	std::unordered_map<std::string, size_t> family, place;
	for (const auto &column : all.columns)
		for (const auto &name : column.all.places)
			place.try_emplace(name, place.size());
	for (const auto &line : all.lines)
		family.try_emplace(line.first, family.size());
	std::ranges::stable_sort(all.lines, {}, [&](const FamilyPlace &line) {
		return std::pair(family.at(line.first), place.at(line.second));
	});
}

/// The point says something of the kernel.
bool says_something(VerdictKind kind)
{
	return kind != VerdictKind::skip && kind != VerdictKind::broken;
}

/// Columns that a history is made of, the oldest kernel first.
std::vector<size_t> by_version(const KernelMatrix &all)
{
	std::vector<size_t> order;
	for (size_t i = 0; i < all.columns.size(); i++)
		if (all.columns[i].run.journal != nullptr && !all.columns[i].own)
			order.push_back(i);
	std::ranges::stable_sort(order, {}, [&](size_t i) {
		return std::pair(all.columns[i].major, all.columns[i].minor);
	});
	return order;
}

void tell_history(const KernelMatrix &all, MatrixCause &cause)
{
	const auto order = by_version(all);
	const auto has = [&](size_t i) { return cause.sights[i] == Sight::seen; };
	const auto lacks = [&](size_t i) { return cause.sights[i] == Sight::absent; };
	const auto name = [&](size_t i) { return all.columns[i].run.name; };
	size_t seen = 0, judged = 0;
	for (size_t i = 0; i < all.columns.size(); i++) {
		seen += has(i) ? 1 : 0;
		judged += has(i) || lacks(i) ? 1 : 0;
	}
	cause.only = seen == 1 && judged > 1;
	for (const auto i : order) {
		if (has(i) && cause.first.empty())
			cause.first = name(i);
		if (lacks(i) && cause.first.empty())
			cause.before = name(i);
		if (has(i)) {
			cause.gone.clear();
			cause.shown_in = i;
		} else if (lacks(i) && !cause.first.empty() && cause.gone.empty()) {
			cause.gone = name(i);
		}
	}
	if (cause.first.empty())
		cause.before.clear();
}

/// What a column that has not got the cause of `ids` shows of these points. Some that violate and
/// may not be told leave nothing to say.
Sight sight_of(const KernelColumn &column, const Ids &ids)
{
	size_t judged = 0, violating = 0;
	bool untold = false;
	for (const auto &row : column.all.rows) {
		if (!says_something(row.end->verdict.kind) || !ids.contains(row.end->id))
			continue;
		untold |= column.untold.contains(&row);
		judged++;
		violating += violates(row.end->verdict.kind) ? 1 : 0;
	}
	if (judged == 0 || untold)
		return Sight::none;
	return 2 * violating >= judged ? Sight::other : Sight::absent;
}

void add_causes(KernelMatrix &all)
{
	std::map<std::string, size_t> where;
	std::vector<Ids> ids;
	for (size_t i = 0; i < all.columns.size(); i++)
		for (const auto &cause : all.columns[i].causes) {
			if (is_withheld(all, cause))
				continue;
			const auto [at, fresh] = where.try_emplace(cause.id, all.causes.size());
			if (fresh) {
				all.causes.push_back(
					{.key = cause.key,
					 .id = cause.id,
					 .sights = std::vector(all.columns.size(), Sight::none),
					 .points = std::vector<size_t>(all.columns.size()),
					 .shown_in = i});
				ids.emplace_back();
			}
			auto &one = all.causes[at->second];
			one.severity = std::min(one.severity, cause.severity);
			one.sights[i] = Sight::seen;
			one.points[i] = cause.rows.size();
			for (const auto *row : cause.rows)
				ids[at->second].insert(row->end->id);
		}
	for (size_t c = 0; c < all.causes.size(); c++) {
		auto &cause = all.causes[c];
		for (size_t i = 0; i < all.columns.size(); i++)
			if (cause.sights[i] == Sight::none)
				cause.sights[i] = sight_of(all.columns[i], ids[c]);
		tell_history(all, cause);
		cause.shown = &*std::ranges::find(all.columns[cause.shown_in].causes, cause.id,
						  &Cause::id);
	}
	std::ranges::stable_sort(all.causes, [](const MatrixCause &a, const MatrixCause &b) {
		return a.severity < b.severity;
	});
}

std::vector<std::string> run_differences(const std::vector<KernelColumn> &columns)
{
	struct Field {
		std::string_view what;
		std::initializer_list<const char *> path;
	};
	static const Field fields[] = {{"machine", {"machine", "kind"}},
				       {"QEMU", {"machine", "qemu_version"}},
				       {"suite", {"suite", "version"}},
				       {"suite's commit", {"suite", "commit"}},
				       {"plan", {"plan", "level"}}};
	std::vector<std::string> lines;
	const auto add_line = [&](std::string_view what, auto value) {
		std::map<std::string, std::string> names; // by value
		for (const auto &column : columns)
			if (column.run.journal != nullptr)
				names[value(run_of(*column.run.journal, nullptr))] +=
					" " + column.run.name;
		if (names.size() < 2)
			return;
		std::string line(what);
		for (const auto &[text, who] : names)
			line += (line.size() == what.size() ? ": " : "; ") +
				(text.empty() ? "unknown" : text) + " in" + who;
		lines.push_back(line);
	};
	for (const auto &field : fields)
		add_line(field.what, [&](const Json &run) { return text_at(run, field.path); });
	add_line("TEST-SPECs", [](const Json &run) {
		const auto specs = words_at(run, {"plan", "specs"});
		return specs.empty() ? "all" : specs;
	});
	return lines;
}

} // namespace

std::string matrix_family(const std::string &call)
{
	const auto family = family_of(call);
	return family.substr(0, family.find('.'));
}

KernelMatrix kernel_matrix(std::span<const KernelRun> runs)
{
	KernelMatrix all;
	for (const auto &run : runs)
		all.columns.push_back(column_of(run));
	all.withheld = withheld_causes(all.columns);
	for (size_t i = 0; i < all.columns.size(); i++)
		fill_cells(all, i);
	sort_lines(all);
	add_causes(all);
	all.unlike = run_differences(all.columns);
	return all;
}

int kernel_matrix_status(const KernelMatrix &all)
{
	std::set<int> statuses;
	for (const auto &column : all.columns)
		if (column.run.journal != nullptr)
			statuses.insert(column.status > 3 && column.status != nothing_judged
						? 3 // interrupted: it has no result for some points
						: column.status);
	for (const int status : {3, 1, 0})
		if (statuses.contains(status))
			return status;
	return statuses.empty() ? 3 : nothing_judged;
}

} // namespace tagtrap
