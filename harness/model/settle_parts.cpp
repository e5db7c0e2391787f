// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/settle_parts.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <map>
#include <unordered_map>
#include <utility>

#include "harness/model/row.h"

namespace tagtrap::settling {

Verdict &changed(StoredEnd &end)
{
	if (!end.provisional)
		end.provisional = end.verdict;
	return end.verdict;
}

void breaks(StoredEnd &end, Rule rule, const std::string &detail)
{
	using enum VerdictKind;
	Verdict &verdict = changed(end);
	if (verdict.kind == unchecked) // M4 is no failure
		verdict.rules.clear();
	if (verdict.kind == pass || verdict.kind == unchecked || verdict.kind == skip)
		verdict.kind = fail;
	const auto at = std::ranges::lower_bound(verdict.rules, rule);
	if (at == verdict.rules.end() || *at != rule)
		verdict.rules.insert(at, rule);
	verdict.reason += fmt::format("{}{}: {}", verdict.reason.empty() ? "" : "; ",
				      to_string(rule), detail);
}

/// A hang whose task is left behind, or holds a lock, is one where the same call with a good tag
/// ends on another machine.
void heed_afters(const std::vector<StoredAfter> &afters, const Entries &entries)
{
	std::unordered_map<std::string, GoodRun> made;
	for (const auto &after : afters)
		made[after.id] = after.run;
	for (const auto &entry : entries) {
		Observation &seen = entry.end->seen;
		if (seen.end != End::hung)
			continue;
		const auto found = made.find(entry.end->id);
		if (seen.after.made == Made::wanted && found != made.end())
			seen.after = found->second;
		if (!entry.judged() || !entry.ground->terms || entry.kind() == VerdictKind::crash)
			continue;
		std::string doubt = judging::hang_doubt(entry.matter());
		if (seen.after.made == Made::wanted)
			doubt = "the call did not come back, and no other machine has made the "
				"same call with a good tag";
		if (doubt.empty())
			continue;
		Verdict &verdict = changed(*entry.end);
		const bool p8 = std::ranges::find(verdict.rules, Rule::p8) != verdict.rules.end() &&
				seen.complaint_kind == ComplaintKind::report;
		verdict.reason = fmt::format("{}: {}", doubt, verdict.reason);
		verdict.kind = p8 ? VerdictKind::fail : VerdictKind::broken;
		verdict.rules = p8 ? std::vector{Rule::p8} : std::vector<Rule>();
	}
}

namespace {

/// The call was turned down as its control was, or found the granule before that, and all else is
/// as it should be. A hang or a trace that it left counts, whatever the control says.
bool turned_down(const Entry &entry)
{
	const rows::Row *const row = entry.point->call->row;
	const int64_t result = entry.end->seen.result;
	return row != nullptr && entry.ground->terms &&
	       (result == -EFAULT || rows::says_absent(*row, result)) &&
	       judging::left_no_trace(entry.matter());
}

} // namespace

/// What cannot be tried with a matching tag is not tried with another one.
void heed_absences(const Entries &entries)
{
	using enum VerdictKind;
	std::map<std::string, const StoredEnd *> absent, there; // control_key() to its control
	for (const auto &entry : entries) {
		if (!entry.point || !is_control(*entry.point))
			continue;
		if (entry.kind() == skip && entry.end->seen.end == End::returned)
			absent.try_emplace(control_key(*entry.point), entry.end);
		else if (entry.kind() == pass)
			there.try_emplace(control_key(*entry.point), entry.end);
	}
	for (const auto &entry : entries) {
		// What could be made for the control is not absent.
		if (entry.point && entry.kind() == skip &&
		    entry.end->seen.end == End::setup_failed &&
		    there.contains(control_key(*entry.point))) {
			Verdict &verdict = changed(*entry.end);
			verdict.kind = broken;
			verdict.reason = "it could be made for the control: " + verdict.reason;
		}
		if (!entry.judged() || is_control(*entry.point) || entry.kind() == crash)
			continue;
		const auto found = absent.find(control_key(*entry.point));
		if (found == absent.end() || !turned_down(entry))
			continue;
		changed(*entry.end) = {.kind = skip,
				       .reason = fmt::format("{}: {}", found->second->id,
							     found->second->verdict.reason)};
	}
}

/// Where a control fails, what the same call does there with a bad granule means nothing.
void heed_controls(const Entries &entries)
{
	using enum VerdictKind;
	std::map<std::string, std::string> failed; // control_key() to the first such control by id
	for (const auto &entry : entries) {
		// The kernel may complain of a call that works.
		const bool works = entry.kind() == pass || entry.kind() == skip ||
				   (entry.end->seen.end == End::returned &&
				    entry.end->verdict.rules == std::vector{Rule::p8});
		if (!entry.point || !is_control(*entry.point) || works)
			continue;
		const auto [at, first] =
			failed.try_emplace(control_key(*entry.point), entry.end->id);
		if (!first)
			at->second = std::min(at->second, entry.end->id);
	}
	if (failed.empty())
		return;
	for (const auto &entry : entries) {
		// A machine that went down did so, whatever the control says.
		if (!entry.judged() || is_control(*entry.point) || entry.kind() == crash)
			continue;
		const auto found = failed.find(control_key(*entry.point));
		if (found == failed.end())
			continue;
		Verdict &verdict = changed(*entry.end);
		verdict.reason =
			fmt::format("its control {} fails: {}", found->second, verdict.reason);
		// What the kernel said of itself is true, whatever the control says.
		const bool p8 = std::ranges::find(verdict.rules, Rule::p8) != verdict.rules.end();
		verdict.kind = p8 ? fail : broken;
		verdict.rules = p8 ? std::vector{Rule::p8} : std::vector<Rule>();
	}
}

/// A kernel uses one signal. Which one it is, most points decide; --signal says it where it is
/// given, and the judge has looked at that.
void heed_signals(const Entries &entries)
{
	std::vector<std::pair<StoredEnd *, int>> delivered;
	for (const auto &entry : entries) {
		if (!entry.judged() || !entry.ground->terms ||
		    entry.ground->terms->pin != SignalPin::any)
			continue;
		if (const int number = judging::forced_number(entry.matter()); number != 0)
			delivered.emplace_back(entry.end, number);
	}
	const auto bus =
		std::ranges::count(delivered, SIGBUS, [](auto &one) { return one.second; });
	const int used = 2 * static_cast<size_t>(bus) > delivered.size() ? SIGBUS : SIGSEGV;
	for (const auto &[end, number] : delivered)
		if (number != used)
			breaks(*end, Rule::f1,
			       fmt::format("{} where most points of this run got {}",
					   judging::signal_text(number),
					   judging::signal_text(used)));
}

namespace {

/// A call with the way it is submitted, as the reports name it.
std::string call_of(const Point &point)
{
	std::string call(point.call->name);
	if (point.submission == Submission::worker)
		call += "+worker";
	else if (point.submission == Submission::sqpoll)
		call += "+sqpoll";
	return call;
}

/// The access that was declared checked was checked: the call did not go on past the granule.
bool stops(const judging::Matter &matter)
{
	if (matter.seen.end != End::returned || matter.signalled())
		return true;
	if (matter.demand.promise.kind == PromiseKind::ignored) // its result tells nothing
		return !matter.completed();
	return matter.seen.result != matter.demand.full;
}

} // namespace

/// UNCHECKED is for exceptions. A call that is stopped nowhere is one that is not checked.
std::vector<std::string> heed_unchecked(const Entries &entries)
{
	struct Call {
		std::vector<StoredEnd *> unchecked;
		size_t points = 0;
		bool stops = false;
	};
	std::map<std::string, Call> calls;
	for (const auto &entry : entries) {
		if (!entry.judged() || !entry.ground->terms ||
		    entry.ground->terms->contract != Contract::mainline)
			continue;
		const judging::Matter matter = entry.matter();
		if (!matter.demand.faults())
			continue;
		auto &call = calls[call_of(*entry.point)];
		call.points++;
		if (entry.kind() == VerdictKind::unchecked) {
			// Of modes that check a half the documentation promises nothing.
			if (!judging::checks_half(entry.point->mode))
				call.unchecked.push_back(entry.end);
		} else
			call.stops = call.stops || stops(matter);
	}
	std::vector<std::string> names;
	for (const auto &[name, call] : calls) {
		if (call.stops || call.unchecked.empty())
			continue;
		names.push_back(name);
		for (auto *end : call.unchecked) {
			Verdict &verdict = changed(*end);
			verdict.kind = VerdictKind::fail;
			verdict.rules = {Rule::m1};
			verdict.reason = fmt::format(
				"never checked: none of {} points of {} that meet a bad granule in "
				"an access declared checked stops there: {}",
				call.points, name, verdict.reason);
		}
	}
	return names;
}

namespace {

/// The point shows itself that the kernel has more to say than a WARN.
bool complains(const StoredEnd &end)
{
	const Verdict &verdict = end.provisional ? *end.provisional : end.verdict;
	return end.seen.kernel_oopsed || end.seen.end == End::machine_lost ||
	       std::ranges::find(verdict.rules, Rule::p8) != verdict.rules.end();
}

/// It carried the complaint because it hung while that was made: it was another point's.
void let_off(StoredEnd &end, const std::string &guilty)
{
	if (!std::erase(changed(end).rules, Rule::p8))
		return;
	if (end.verdict.rules.empty())
		end.verdict.kind = VerdictKind::broken;
	end.verdict.reason += fmt::format("; the kernel's complaint was that of {}", guilty);
}

} // namespace

/// A complaint belongs to the points that show it when they are run alone, else to those that hung
/// meanwhile and are not run again. Where there is neither it is not forgotten: the block's first
/// point has it, if need be one that was not judged.
void heed_suspects(const std::vector<Suspect> &suspects, const Entries &entries)
{
	std::unordered_map<std::string, StoredEnd *> by_id;
	for (const auto &entry : entries)
		by_id[entry.end->id] = entry.end;
	const auto ends_of = [&by_id](const std::vector<std::string> &ids) {
		std::vector<StoredEnd *> ends;
		for (const auto &id : ids)
			if (const auto found = by_id.find(id); found != by_id.end())
				ends.push_back(found->second);
		return ends;
	};
	const auto complaining = [](const StoredEnd *end) { return complains(*end); };
	for (const auto &suspect : suspects) {
		const auto alone = ends_of(suspect.ids), stuck = ends_of(suspect.stuck);
		if (const auto guilty = std::ranges::find_if(alone, complaining);
		    guilty != alone.end()) {
			for (StoredEnd *const end : stuck)
				let_off(*end, (*guilty)->id);
			continue;
		}
		// Before all of them were run again nobody is to blame; that they are missing is
		// told.
		if (suspect.ids.empty() || alone.size() < suspect.ids.size() ||
		    stuck.size() < suspect.stuck.size() || std::ranges::any_of(stuck, complaining))
			continue;
		const auto rank = [](const StoredEnd *end) {
			const auto kind = end->verdict.kind;
			return kind == VerdictKind::broken ? 2 : kind == VerdictKind::skip ? 1 : 0;
		};
		breaks(**std::ranges::min_element(alone, {}, rank), Rule::p8,
		       fmt::format("the kernel complained while {} to {} ran ({}), and at none of "
				   "them when they were run alone: which point it was is unknown",
				   suspect.ids.front(), suspect.ids.back(), suspect.complaint));
	}
}

} // namespace tagtrap::settling
