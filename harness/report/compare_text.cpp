// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>
#include <map>

#include "harness/report/compare.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

std::string name_of(const Cause &cause)
{
	return fmt::format("{} {}: {}, {} {}: {}", cause.id, to_string(cause.severity),
			   cause.key.function, to_string(cause.key.rule), title(cause.key.rule),
			   counted(cause.rows.size(), "point"));
}

std::string causes_section(std::string_view what, const std::vector<CauseChange> &changes)
{
	std::string out;
	for (const auto &[before, after] : changes) {
		const auto &cause = after != nullptr ? *after : *before;
		out += labelled("    ", name_of(cause));
		if (before != nullptr && after != nullptr)
			out += labelled("      before: ",
					fmt::format("{}, {}", to_string(before->severity),
						    counted(before->rows.size(), "point")));
		else if (after != nullptr && after->known == after->rows.size())
			out += labelled("      ", "known: " + text_at(after->shortest->end->known,
								      {"reason"}));
		out += id_line(6, cause.shortest->end->id);
	}
	return out.empty() ? out
			   : labelled("  ", fmt::format("{}: {}", what, changes.size())) + out;
}

std::string verdict_of(const StoredEnd *end)
{
	if (end == nullptr)
		return "not there";
	std::string out(to_string(end->verdict.kind));
	for (const auto rule : end->verdict.rules)
		out += " " + std::string(to_string(rule));
	return out;
}

std::string seen_of(const StoredEnd &end)
{
	auto out = fmt::format("result {}", end.seen.result);
	if (end.seen.signal_count != 0)
		out += ", " + signal_name(end.seen.signals[0].number);
	if (end.seen.death_signal != 0)
		out += ", died of " + signal_name(end.seen.death_signal);
	return out;
}

/// Points by what they changed from and to; of each kind a few ids.
template <class Words>
std::string points_section(std::string_view what, const std::vector<PointChange> &changes,
			   Words &&words)
{
	constexpr size_t most_ids = 5;
	std::map<std::string, std::vector<const PointChange *>> kinds;
	for (const auto &change : changes)
		kinds[words(change)].push_back(&change);
	std::string out;
	for (const auto &[kind, members] : kinds) {
		out += labelled("    ",
				fmt::format("{}: {}", kind, counted(members.size(), "point")));
		for (size_t i = 0; i < std::min(members.size(), most_ids); i++) {
			const auto *end = members[i]->after != nullptr ? members[i]->after
								       : members[i]->before;
			out += id_line(6, end->id);
		}
		if (members.size() > most_ids)
			out += "      ...\n";
	}
	return out.empty() ? out
			   : labelled("  ", fmt::format("{}: {}", what, changes.size())) + out;
}

} // namespace

std::string comparison_text(const Comparison &all)
{
	const auto verdicts = [](const PointChange &change) {
		return verdict_of(change.before) + " -> " + verdict_of(change.after);
	};
	std::string out = headline("Compared with an earlier run");
	for (const auto &line : all.unlike)
		out += labelled("  differs: ", line, 3);
	out += all.unlike.empty() ? "" : "\n";
	out += causes_section("causes that are new", all.fresh);
	out += causes_section("causes that are gone", all.gone);
	out += causes_section("causes that changed", all.changed);
	out += causes_section("causes of which no point was judged this time", all.untold);
	out += points_section("points that got worse", all.worse, verdicts);
	out += points_section("points that got better", all.better, verdicts);
	out += points_section("points with another verdict", all.other, verdicts);
	out += points_section("points with the same verdict and another result", all.results,
			      [](const PointChange &change) {
				      return verdict_of(change.after) + ": " +
					     seen_of(*change.before) + " -> " +
					     seen_of(*change.after);
			      });
	out += labelled("  ", fmt::format("{} as before; {} only then, {} only now; {} judged in "
					  "both",
					  counted(all.same, "point"), all.only_before,
					  all.only_after, all.judged_in_both));
	const int status = comparison_status(all);
	return out + labelled("  ", status == 1 ? "Something got worse."
				    : status == 0
					    ? "Nothing got worse."
					    : "No point was judged in both: nobody can tell.");
}

} // namespace tagtrap
