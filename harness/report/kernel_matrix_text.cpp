// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <numeric>

#include "harness/report/columns.h"
#include "harness/report/kernel_matrix.h"
#include "harness/report/known.h"
#include "harness/report/rest.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

std::string totals_line(const Totals &totals)
{
	std::string out;
	for (size_t i = 0; i < totals.size(); i++)
		if (totals[i] != 0)
			out += fmt::format("{}{} {}", out.empty() ? "" : ", ", totals[i],
					   to_string(static_cast<VerdictKind>(i)));
	return out.empty() ? "no point" : out;
}

std::string column_line(const KernelColumn &column)
{
	if (column.run.journal == nullptr)
		return "not run: " + column.run.gap;
	const auto &journal = *column.run.journal;
	const auto &run = run_of(journal, nullptr);
	std::string out = column.release;
	if (const auto package = text_at(run, {"machine", "package_version"}); !package.empty())
		out += ", package " + package;
	out += fmt::format("; pages of {}", number_text_at(run, {"page_size"}));
	if (const auto own = own_kernel_text(run); !own.empty())
		out += "; " + own;
	const auto contract = text_at(run, {"contract", "name"});
	out += fmt::format("; contract {}: {}", contract.empty() ? "none" : contract,
			   totals_line(column.all.totals));
	if (const auto rest = rest_of(journal); !rest.why.empty())
		out += fmt::format("; {} without a result: {}", counted(rest.missing, "point"),
				   rest.why);
	if (column.withheld != 0)
		out += fmt::format("; {} withheld, {}", counted(column.withheld, "cause"),
				   counted(column.withheld_points, "point"));
	return out + fmt::format("; status {}", column.status);
}

std::string kernels_section(const KernelMatrix &all)
{
	constexpr size_t most_name = 24;
	const auto name = [](const KernelColumn &column) { // the end of a path tells most
		const auto whole = plain(column.run.name);
		return whole.size() <= most_name
			       ? whole
			       : ".." + whole.substr(whole.size() + 2 - most_name);
	};
	size_t width = 0;
	for (const auto &column : all.columns)
		width = std::max(width, name(column).size());
	std::string out = headline("Kernels");
	for (const auto &column : all.columns)
		out += labelled(fmt::format("{:<{}}  ", name(column), width), column_line(column));
	for (const auto &line : all.unlike)
		out += labelled("differs: ", line, 4);
	return out;
}

/// Columns of the kernels that were run.
std::vector<size_t> columns_run(const KernelMatrix &all)
{
	std::vector<size_t> out;
	for (size_t i = 0; i < all.columns.size(); i++)
		if (all.columns[i].run.journal != nullptr)
			out.push_back(i);
	return out;
}

bool passes_plainly(const std::optional<Cell> &cell)
{
	return !cell || cell->kind == VerdictKind::pass || cell->kind == VerdictKind::skip;
}

/// A passing cell has no number: what is withheld could be told from it.
std::string column_cell_text(const std::optional<Cell> &cell)
{
	if (!cell)
		return "-";
	if (passes_plainly(cell))
		return std::string(short_name(*cell));
	return fmt::format("{} {}", short_name(*cell),
			   cell->totals[static_cast<size_t>(cell->kind)]);
}

std::string table_section(const KernelMatrix &all)
{
	const auto shown = columns_run(all);
	if (shown.empty())
		return "";
	Columns table = {.head = "calls/place"};
	std::vector<const std::vector<std::optional<Cell>> *> cells;
	for (const auto i : shown)
		table.columns.push_back(all.columns[i].run.name);
	size_t passed = 0;
	for (const auto &line : all.lines) {
		const auto &row = all.cells.at(line);
		if (std::ranges::all_of(row, passes_plainly)) {
			passed++;
			continue;
		}
		table.lines.push_back(line.first + "/" + line.second);
		cells.push_back(&row);
	}
	table.cell = [&](size_t line, size_t column) {
		return column_cell_text(cells[line]->at(shown[column]));
	};
	std::string out = headline("Worst verdicts by family of calls, place and kernel");
	if (!table.lines.empty())
		out += columns_text(table) +
		       "\nA cell shows its worst verdict and the number of points that have it.\n"
		       "ok PASS, unch UNCHECKED, LIVE livelock, DEAD deadlock, skip SKIP, - no\n"
		       "point; ! survives SIGKILL.\n";
	out += labelled("", fmt::format("{} of {} passed or were skipped on every kernel.", passed,
					counted(all.lines.size(), "line")));
	if (!all.withheld.empty())
		out += labelled("", "Points of causes that are withheld are in no cell.");
	return out;
}

std::string names_with(const KernelMatrix &all, const MatrixCause &cause, Sight sight)
{
	std::vector<std::string> names;
	for (size_t i = 0; i < all.columns.size(); i++) {
		if (cause.sights[i] != sight || all.columns[i].run.journal == nullptr)
			continue;
		names.push_back(all.columns[i].run.name);
		if (sight == Sight::seen)
			names.back() += fmt::format(" ({})", counted(cause.points[i], "point"));
	}
	return fmt::format("{}", fmt::join(names, ", "));
}

std::string cause_entry(const KernelMatrix &all, const MatrixCause &cause, size_t number)
{
	const auto &known = cause.shown->shortest->end->known;
	const auto reach = reach_of(*cause.shown);
	const auto line = [](std::string_view name, const std::string &text) {
		return text.empty() ? "" : labelled(fmt::format("    {:<11}", name), text);
	};
	std::string out = "\n" + labelled(fmt::format("{:2}. ", number),
					  fmt::format("{}: {}, {} {}", to_string(cause.severity),
						      cause.key.function, to_string(cause.key.rule),
						      title(cause.key.rule)));
	out += line("cause", cause.id);
	out += line("seen in", names_with(all, cause, Sight::seen));
	out += line("not in", names_with(all, cause, Sight::absent));
	out += line("otherwise", names_with(all, cause, Sight::other));
	out += line("not known", names_with(all, cause, Sight::none));
	out += line("since", history_text(all, cause));
	out += line("on", fmt::format("{}", fmt::join(reach.places, " ")));
	out += line("known", known_words(known));
	out += fmt::format("    shown by, on {}\n", plain(all.columns[cause.shown_in].run.name));
	return out + id_line(4, cause.shown->shortest->end->id);
}

std::string shared_causes_section(const KernelMatrix &all)
{
	std::string out = headline("Causes");
	if (all.causes.empty())
		out += all.withheld.empty() ? "None: no point violates a rule.\n"
					    : "None that could be told here.\n";
	size_t number = 0;
	for (const auto &cause : all.causes)
		out += cause_entry(all, cause, ++number);
	if (!all.withheld.empty())
		out += '\n' +
		       labelled("", fmt::format("{} withheld: the kernel's security contact hears "
						"of it first; see report.txt of the run.",
						counted(all.withheld.size(), "cause")));
	return out;
}

std::string time_section(const KernelMatrix &all, std::optional<double> wall_s)
{
	const auto shown = columns_run(all);
	if (shown.empty())
		return "";
	const auto seconds = [](double value) {
		return value > 0 ? fmt::format("{:.1f}", value) : std::string("-");
	};
	Columns table = {.head = "seconds",
			 .columns = {"boots", "run", "watching hangs", "in all"}};
	for (const auto i : shown)
		table.lines.push_back(all.columns[i].run.name);
	table.cell = [&](size_t line, size_t column) {
		const auto &one = all.columns[shown[line]];
		const double values[] = {one.boot_s, one.run_s, one.watched_s,
					 one.run.wall_s.value_or(0)};
		return seconds(values[column]);
	};
	std::string out = headline("Time") + columns_text(table);
	const double sum =
		std::accumulate(shown.begin(), shown.end(), 0.0, [&](double so_far, size_t i) {
			return so_far + all.columns[i].run.wall_s.value_or(0);
		});
	if (wall_s && sum > 0)
		out += labelled("", fmt::format("{:.1f} s from the start to the end, {:.1f} s the "
						"runs one by one: {:.2f} of their sum.",
						*wall_s, sum, *wall_s / sum));
	return out;
}

} // namespace

std::string history_text(const KernelMatrix &all, const MatrixCause &cause)
{
	if (cause.first.empty()) // own kernels alone have it
		return cause.only ? "only in " + all.columns[cause.shown_in].run.name : "";
	std::string out = "first seen in " + cause.first;
	if (!cause.before.empty())
		out += ", not in " + cause.before;
	else if (std::ranges::find(cause.sights, Sight::other) == cause.sights.end())
		out += ", the oldest that was judged";
	if (!cause.gone.empty())
		out += "; gone since " + cause.gone;
	return cause.only ? out + "; only in " + cause.first : out;
}

std::string kernel_matrix_text(const KernelMatrix &all, std::optional<double> wall_s)
{
	return kernels_section(all) + table_section(all) + shared_causes_section(all) +
	       time_section(all, wall_s) +
	       fmt::format("\nExit status {}.\n", kernel_matrix_status(all));
}

} // namespace tagtrap
