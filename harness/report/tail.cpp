// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <map>
#include <tuple>

#include "harness/report/parts.h"
#include "harness/report/rest.h"
#include "harness/report/status.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

std::string signal_with_code(const SignalSeen &signal)
{
	std::string_view code;
	if (signal.number == SIGSEGV && signal.code == SEGV_MAPERR)
		code = "SEGV_MAPERR";
	else if (signal.number == SIGSEGV && signal.code == SEGV_ACCERR)
		code = "SEGV_ACCERR";
	else if (signal.number == SIGSEGV && signal.code == SEGV_MTEAERR)
		code = "SEGV_MTEAERR";
	else if (signal.number == SIGSEGV && signal.code == SEGV_MTESERR)
		code = "SEGV_MTESERR";
	else if (signal.number == SIGBUS && signal.code == BUS_ADRERR)
		code = "BUS_ADRERR";
	return code.empty() ? fmt::format("{}, code {}", signal_name(signal.number), signal.code)
			    : fmt::format("{}, {}", signal_name(signal.number), code);
}

using Rows = std::vector<const Row *>;

Rows rows_of(const Digest &all, VerdictKind kind)
{
	Rows rows;
	for (const auto &row : all.rows)
		if (row.end->verdict.kind == kind)
			rows.push_back(&row);
	return rows;
}

/// Controls that no TEST-SPEC selects, apart from the points.
std::string controls_text(const Digest &all)
{
	const size_t planned = controls_planned(*all.journal);
	if (planned == 0)
		return {};
	std::string verdicts;
	for (size_t i = 0; i < all.controls.size(); i++)
		if (all.controls[i] != 0)
			verdicts += fmt::format("{}{} {}", verdicts.empty() ? ": " : ", ",
						all.controls[i],
						to_string(static_cast<VerdictKind>(i)));
	return fmt::format("{:>6}  controls that these need{}\n", planned, verdicts);
}

} // namespace

std::string known_passed_text(const Digest &all)
{
	std::map<std::string, Rows> by_reason;
	for (const auto &row : all.rows)
		if (row.end->known.is_object() && (row.end->verdict.kind == VerdictKind::pass ||
						   row.end->verdict.kind == VerdictKind::unchecked))
			by_reason[text_at(row.end->known, {"reason"})].push_back(&row);
	if (by_reason.empty())
		return {};
	auto out = headline("Known failures that passed");
	for (const auto &[reason, rows] : by_reason) {
		out += labelled("  ", fmt::format("{}: {}, the shortest id:", reason,
						  counted(rows.size(), "point")));
		out += id_line(4, shortest(rows)->end->id);
	}
	return out;
}

std::string unchecked_text(const Digest &all)
{
	auto rows = rows_of(all, VerdictKind::unchecked);
	if (rows.empty())
		return {};
	using Key = std::tuple<std::string, std::string, std::string>;
	std::map<Key, Rows> by_path;
	for (const auto *row : rows)
		by_path[{row->parts.call, row->parts.place, row->parts.mode}].push_back(row);
	auto out = headline("Unchecked");
	out += "Declared checked, and completed all the same. No failure under mainline.\n";
	for (const auto &[key, group] : by_path) {
		const auto &[call, place, mode] = key;
		out += labelled("  ", fmt::format("{} on {}, {}: {}, the shortest id:", call, place,
						  mode, counted(group.size(), "point")));
		out += id_line(4, shortest(group)->end->id);
	}
	return out;
}

std::string broken_text(const Digest &all)
{
	auto rows = rows_of(all, VerdictKind::broken);
	if (rows.empty())
		return {};
	using Key = std::tuple<std::string, std::string, std::string>;
	std::map<Key, Rows> by_reason;
	for (const auto *row : rows)
		by_reason[{row->parts.call, row->parts.place, row->end->verdict.reason}].push_back(
			row);
	auto out = headline("Broken");
	out += "The suite could not do its own work. These say nothing of the kernel.\n";
	for (const auto &[key, group] : by_reason) {
		const auto &[call, place, reason] = key;
		out += labelled("  ", fmt::format("{} on {}: {}: {}", call, place,
						  counted(group.size(), "point"), reason));
		out += id_line(4, shortest(group)->end->id);
	}
	return out;
}

std::string skipped_text(const Digest &all)
{
	std::map<std::string, size_t> by_reason;
	for (const auto *row : rows_of(all, VerdictKind::skip)) {
		const auto &reason = row->end->verdict.reason;
		by_reason[reason.starts_with("group: ") ? "its group was closed (see the head)"
							: reason]++;
	}
	if (by_reason.empty())
		return {};
	auto out = headline("Skipped");
	for (const auto &[reason, count] : by_reason)
		out += labelled(fmt::format("{:>6}  ", count), reason, 4);
	return out;
}

/// What a point showed of the signal; empty: nothing.
std::string raised_by(const Observation &seen)
{
	if (seen.end == End::killed)
		return "died of " + signal_name(seen.death_signal);
	if (seen.signal_count != 0)
		return signal_with_code(seen.signals[0]);
	if (seen.stop_count != 0)
		return signal_with_code(seen.stop) + ", a tracer's stop";
	if (seen.awaited)
		return "taken by a thread that waits for it";
	if (seen.pending_after && !seen.pending_before)
		return "left pending";
	if (seen.child_signal != 0)
		return "a child died of " + signal_name(seen.child_signal);
	if (seen.image_signal != 0)
		return "the new image died of " + signal_name(seen.image_signal);
	if (seen.late_death != 0)
		return "died of " + signal_name(seen.late_death) + ", late";
	if (seen.late_count != 0)
		return signal_name(seen.late.number) + ", late";
	return "";
}

std::string signals_text(const Digest &all)
{
	std::map<std::string, size_t> raised;
	size_t faults = 0, quiet = 0;
	for (const auto &row : all.rows) {
		const auto &seen = row.end->seen;
		if (!noticed(row) || seen.end == End::hung || seen.end == End::machine_lost)
			continue;
		faults++;
		const auto what = raised_by(seen);
		++(what.empty() ? quiet : raised[what]);
	}
	auto out = headline("Signals");
	out += labelled("", fmt::format("Of {} that ended with a checked fault:",
					counted(faults, "point")));
	out += fmt::format("{:>6}  no signal\n", quiet);
	for (const auto &[what, count] : raised)
		out += labelled(fmt::format("{:>6}  ", count), what, 2);
	return out;
}

/// Machines that worked side by side took less time by the clock than all of them together.
std::string_view of_whom(const Journal &journal)
{
	const bool parts = !journal.runs.empty() &&
			   value_at(journal.runs.front(), {"plan", "merged"}).is_number();
	return parts ? " of all parts together" : "";
}

std::string totals_text(const Digest &all)
{
	const auto &journal = *all.journal;
	auto out = headline("Totals");
	for (size_t i = 0; i < all.totals.size(); i++)
		out += fmt::format("{:>6}  {}\n", all.totals[i],
				   to_string(static_cast<VerdictKind>(i)));
	size_t known = 0, points = 0;
	uint64_t watched_ns = 0;
	for (const auto &row : all.rows) {
		known += row.end->known.is_object() && violates(row.end->verdict.kind);
		watched_ns += row.end->seen.hang.watched_ns;
		points += row.end->control_for.empty() ? 1 : 0;
	}
	out += fmt::format("{:>6}  points in all", points);
	if (const auto planned = rest_of(journal).planned; planned != 0)
		out += fmt::format(" of {} planned", planned - controls_planned(journal));
	out += known == 0 ? "\n" : fmt::format("; violations that are known: {}\n", known);
	out += controls_text(all);
	if (const auto &elapsed = value_at(journal.finish, {"elapsed_s"}); elapsed.is_number())
		out += fmt::format("\nTime: {:.1f} s{}, {:.1f} s of it watching hangs.",
				   elapsed.get<double>(), of_whom(journal),
				   static_cast<double>(watched_ns) / 1e9);
	else
		return out + "\nTime: not known, the run did not finish.\n";
	return out + fmt::format(" Exit status {}.\n", exit_status(journal));
}

} // namespace tagtrap
