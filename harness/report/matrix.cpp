// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/matrix.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>

#include "harness/report/columns.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

std::string cell_text(const Matrix &cells, const std::string &call, const std::string &place)
{
	auto found = cells.find({call, place});
	if (found == cells.end())
		return "-";
	const auto &cell = found->second;
	return fmt::format("{} {}", short_name(cell), cell.totals[static_cast<size_t>(cell.kind)]);
}

/// Points that passed, and that were skipped.
struct Passed {
	size_t calls = 0, ok = 0, skipped = 0;
};

/// Whether every point of the call passed or was skipped, and one passed at least; counts them.
bool plain_pass(const Matrix &cells, const std::string &call, Passed &passed)
{
	bool plain = true;
	for (auto at = cells.lower_bound({call, ""}); at != cells.end() && at->first.first == call;
	     ++at) {
		const auto &totals = at->second.totals;
		for (size_t i = 0; i < totals.size(); i++)
			if (i == static_cast<size_t>(VerdictKind::pass))
				passed.ok += totals[i];
			else if (i == static_cast<size_t>(VerdictKind::skip))
				passed.skipped += totals[i];
			else
				plain = plain && totals[i] == 0;
	}
	return plain && passed.ok != 0;
}

std::string table_text(const Digest &all, const Matrix &cells,
		       const std::vector<std::string> &calls)
{
	return columns_text({.head = "call",
			     .lines = calls,
			     .columns = all.places,
			     .cell =
				     [&](size_t call, size_t place) {
					     return cell_text(cells, calls[call],
							      all.places[place]);
				     }}) +
	       "\nA cell shows its worst verdict and the number of points that have it.\n"
	       "ok PASS, unch UNCHECKED, LIVE livelock, DEAD deadlock, skip SKIP, - no\n"
	       "point; ! survives SIGKILL.\n";
}

} // namespace

std::string_view short_name(const Cell &cell)
{
	switch (cell.kind) {
	case VerdictKind::pass:
		return "ok";
	case VerdictKind::fail:
		return "FAIL";
	case VerdictKind::livelock:
		return cell.worst >= 8 ? "LIVE!" : "LIVE";
	case VerdictKind::deadlock:
		return cell.worst >= 8 ? "DEAD!" : "DEAD";
	case VerdictKind::crash:
		return "CRASH";
	case VerdictKind::unchecked:
		return "unch";
	case VerdictKind::skip:
		return "skip";
	case VerdictKind::broken:
		return "BROKEN";
	}
	return "?";
}

std::string family_of(const std::string &call)
{
	static constexpr std::pair<std::string_view, std::string_view> kin[] = {
		{"pread64", "read"},    {"preadv2", "read"},    {"readv", "read"},
		{"pwrite64", "write"},  {"pwritev2", "write"},  {"writev", "write"},
		{"ppoll", "poll"},      {"pselect6", "poll"},   {"epoll_pwait", "poll"},
		{"recvmmsg", "socket"}, {"sendmmsg", "socket"}, {"io_pgetevents", "aio"},
	};
	const auto name = call.substr(0, call.find_first_of("-+"));
	const auto *const found =
		std::ranges::find(kin, name, [](const auto &row) { return row.first; });
	return std::string(found == std::end(kin) ? std::string_view(name) : found->second);
}

void add(Cell &cell, const Row &row)
{
	const auto kind = row.end->verdict.kind;
	cell.totals[static_cast<size_t>(kind)]++;
	if (const auto bad = badness(*row.end); bad >= cell.worst) {
		cell.worst = bad;
		cell.kind = kind;
	}
	cell.noticed |= noticed(row);
	if (kind != VerdictKind::skip)
		cell.pinned &= row.end->promise == "unchecked";
}

Matrix matrix(const Digest &all)
{
	Matrix cells;
	for (const auto &row : all.rows) {
		if (!row.end->control_for.empty() || excluded(*row.end))
			continue; // nobody asked for it
		add(cells[{row.parts.call, row.parts.place}], row);
	}
	return cells;
}

std::string matrix_text(const Digest &all, const Matrix &cells)
{
	std::vector<std::string> calls, names;
	std::map<std::string, Passed> families;
	for (const auto &call : all.calls) {
		Passed passed;
		if (!plain_pass(cells, call, passed)) {
			calls.push_back(call);
			continue;
		}
		auto &family = families[family_of(call)];
		if (family.calls++ == 0)
			names.push_back(family_of(call));
		family.ok += passed.ok;
		family.skipped += passed.skipped;
	}
	std::string out = headline("Verdicts by call and place");
	if (!calls.empty())
		out += table_text(all, cells, calls) + (names.empty() ? "" : "\n");
	for (const auto &name : names) {
		const auto &family = families.at(name);
		const auto skipped =
			family.skipped == 0 ? "" : fmt::format(", {} skipped", family.skipped);
		out += labelled("", fmt::format("{}: {} of {} ok{} ({})", name, family.ok,
						family.ok + family.skipped, skipped,
						counted(family.calls, "call")));
	}
	return out;
}

} // namespace tagtrap
