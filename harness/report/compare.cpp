// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/compare.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <tuple>

#include "harness/report/status.h"

namespace tagtrap {

namespace {

using Points = std::map<std::string_view, const StoredEnd *>;

Points points_of(const Digest &all)
{
	Points points;
	for (const auto &row : all.rows)
		if (!excluded(*row.end))
			points.emplace(row.end->id, row.end);
	return points;
}

/// The point says something of the kernel.
bool told(const StoredEnd *end)
{
	return end != nullptr && end->verdict.kind != VerdictKind::skip &&
	       end->verdict.kind != VerdictKind::broken;
}

/// 0: passed, or nothing was found out; 1: BROKEN; 2: violates.
int harm(const StoredEnd &end)
{
	if (violates(end.verdict.kind))
		return 2;
	return end.verdict.kind == VerdictKind::broken ? 1 : 0;
}

/// What the caller got: counts of bytes elsewhere may differ from run to run (process ids, what a
/// thread of the kernel had taken by then).
bool same_result(const Observation &a, const Observation &b)
{
	const auto got = [](const Observation &seen) {
		return std::tuple(seen.end, seen.result, seen.signal_count, seen.death_signal,
				  seen.signals[0].number, seen.signals[0].code);
	};
	return got(a) == got(b);
}

void add_unlike(std::vector<std::string> &lines, std::string_view what, const std::string &before,
		const std::string &after)
{
	if (before != after)
		lines.push_back(fmt::format("{}: {}, now {}", what,
					    before.empty() ? "unknown" : before,
					    after.empty() ? "unknown" : after));
}

std::vector<std::string> unlike(const Json &before, const Json &after)
{
	struct Field {
		std::string_view what;
		std::initializer_list<const char *> path;
	};
	static const Field texts[] = {
		{"machine", {"machine", "kind"}}, {"QEMU", {"machine", "qemu_version"}},
		{"suite", {"suite", "version"}},  {"suite's commit", {"suite", "commit"}},
		{"plan", {"plan", "level"}},      {"contract", {"contract", "name"}},
		{"signal", {"signal", "pin"}},    {"kernel", {"kernel", "release"}},
		{"build", {"kernel", "version"}}, {"command line", {"machine", "extra_cmdline"}},
	};
	std::vector<std::string> lines;
	for (const auto &[what, path] : texts)
		add_unlike(lines, what, text_at(before, path), text_at(after, path));
	add_unlike(lines, "TEST-SPECs", words_at(before, {"plan", "specs"}),
		   words_at(after, {"plan", "specs"}));
	add_unlike(lines, "CPU", words_at(before, {"cpu", "features"}),
		   words_at(after, {"cpu", "features"}));
	add_unlike(lines, "page size", number_text_at(before, {"page_size"}),
		   number_text_at(after, {"page_size"}));
	add_unlike(lines, "seed", number_text_at(before, {"seed"}),
		   number_text_at(after, {"seed"}));
	return lines;
}

const Cause *with_id(const std::vector<Cause> &causes, const std::string &id)
{
	const auto found = std::ranges::find(causes, id, &Cause::id);
	return found == causes.end() ? nullptr : &*found;
}

/// Severity, or what it reaches, is not what it was.
bool differs(const Cause &before, const Cause &after)
{
	if (before.severity != after.severity || before.rows.size() != after.rows.size())
		return true;
	return !std::ranges::all_of(before.rows, [&](const Row *row) {
		return std::ranges::any_of(after.rows, [&](const Row *other) {
			return other->end->id == row->end->id;
		});
	});
}

void compare_causes(Comparison &out, const Points &after)
{
	for (const auto &cause : out.causes_before) {
		const auto *now = with_id(out.causes_after, cause.id);
		if (now != nullptr) {
			if (differs(cause, *now))
				out.changed.push_back({&cause, now});
			continue;
		}
		const bool judged = std::ranges::any_of(cause.rows, [&](const Row *row) {
			const auto found = after.find(row->end->id);
			return found != after.end() && told(found->second);
		});
		(judged ? out.gone : out.untold).push_back({&cause, nullptr});
	}
	for (const auto &cause : out.causes_after)
		if (with_id(out.causes_before, cause.id) == nullptr)
			out.fresh.push_back({nullptr, &cause});
}

void compare_point(Comparison &out, const StoredEnd &before, const StoredEnd &after)
{
	out.judged_in_both += told(&before) && told(&after) ? 1 : 0;
	const PointChange change = {&before, &after};
	if (harm(after) > harm(before))
		out.worse.push_back(change);
	else if (harm(after) < harm(before))
		(told(&after) ? out.better : out.other).push_back(change);
	else if (before.verdict.kind != after.verdict.kind ||
		 before.verdict.rules != after.verdict.rules)
		out.other.push_back(change);
	else if (told(&before) && !same_result(before.seen, after.seen))
		out.results.push_back(change);
	else
		out.same++;
}

} // namespace

Comparison compare(const Digest &before, const Digest &after)
{
	Comparison out;
	out.unlike = unlike(run_of(*before.journal, nullptr), run_of(*after.journal, nullptr));
	out.causes_before = causes_of(before);
	out.causes_after = causes_of(after);
	const auto then = points_of(before), now = points_of(after);
	compare_causes(out, now);
	for (const auto &[id, end] : then) {
		const auto other = now.find(id);
		if (other == now.end())
			out.only_before++;
		else
			compare_point(out, *end, *other->second);
	}
	for (const auto &[id, end] : now) {
		if (then.contains(id))
			continue;
		out.only_after++;
		if (harm(*end) != 0)
			out.worse.push_back({nullptr, end});
	}
	return out;
}

int comparison_status(const Comparison &all)
{
	if (!all.worse.empty() || !all.fresh.empty())
		return 1;
	for (const auto &change : all.changed)
		if (change.after->severity < change.before->severity)
			return 1;
	return all.judged_in_both == 0 ? nothing_judged : 0;
}

} // namespace tagtrap
