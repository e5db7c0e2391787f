// SPDX-License-Identifier: GPL-2.0-only
#include <csignal>
#include <cstring>
#include <fmt/format.h>

#include "harness/model/contract.h"
#include "harness/model/judge_parts.h"

namespace tagtrap {

namespace judging {

namespace {

constexpr uint64_t slow_ns = 1'000'000'000; // no call of the suite needs that long

/// The text in a fixed array as part of one line.
template <size_t N> std::string line_of(const std::array<char, N> &array)
{
	std::string text(array.data(), strnlen(array.data(), N));
	for (char &c : text)
		if (c < ' ' || c > '~')
			c = '?';
	return text;
}

/// Text of the suite itself as part of one line.
std::string line_of(const Failure &failure)
{
	std::string text = line_of(failure.step);
	if (text.empty())
		text = "setting up";
	if (failure.error != 0)
		text += ": " + result_text(-static_cast<int64_t>(failure.error));
	return text;
}

/// A signal that code of the suite raised in user mode, outside of the call.
bool from_user_mode(const SignalSeen &signal)
{
	if (signal.thread != 0) // its frame says nothing; which thread it hit is for F1 and F9
		return false;
	if (signal.number == SIGSEGV && signal.code == SEGV_MTEAERR) {
		// A deferred fault of user mode is reported at the next entry into the kernel, so
		// that its frame looks like the call's: the suite enters the kernel once more right
		// before the call, so that what comes during the call is the call's.
		return !signal.before_return || !signal.behind_svc;
	}
	return !signal.behind_svc && !signal.before_return;
}

std::string death_fault(const Observation &seen)
{
	const int number = seen.death_signal;
	if (number != SIGSEGV && number != SIGBUS)
		return fmt::format("the suite's own process died of {}", signal_text(number));
	if (seen.phase != Phase::entered && seen.phase != Phase::returned &&
	    seen.phase != Phase::checking)
		return fmt::format("the suite's own process died of {} outside of the call",
				   signal_text(number));
	return {};
}

} // namespace

bool complains(const Observation &seen)
{
	return seen.complaint_kind == ComplaintKind::stall ||
	       seen.complaint_kind == ComplaintKind::report;
}

namespace {

std::string complaint_text(const Observation &seen)
{
	const std::string text = line_of(seen.complaint);
	return text.empty() ? "a new taint while this point ran" : text;
}

void judge_complaint(const Matter &matter, Findings &found)
{
	if (complains(matter.seen))
		found.breaks(Rule::p8, complaint_text(matter.seen));
}

void add_notes(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	const bool late = seen.hang.seen || seen.elapsed_ns > slow_ns;
	if (seen.end == End::returned && late && !matter.remounts())
		found.note(fmt::format("slow: {} ms", seen.elapsed_ns / 1'000'000));
	if (seen.end == End::returned && row_of(matter.point.memory).raced && seen.race_steps == 0)
		found.note("unraced: the second thread did nothing while the call was");
	if (seen.end == End::hung && seen.hang.shortened)
		found.note(fmt::format(
			"shortened: watched for {} ms, {} was watched in full before",
			seen.hang.watched_ns / 1'000'000,
			seen.hang.heart[0] != 0 ? line_of(seen.hang.heart) : "the same stack"));
	if (seen.end == End::hung && seen.after.made == Made::impossible)
		found.note("after: not possible: the machine is not as it was, and there is no "
			   "other one for the same call with a good tag");
	if (seen.kernel_complained && !complains(seen))
		found.note(fmt::format("complained: {}", complaint_text(seen)));
	const TagCheckMode mode = matter.point.mode;
	if (!matter.forced() && checks_half(mode))
		found.note(fmt::format("silent: the documentation does not say what kernel "
				       "accesses do in mode {}",
				       to_string(mode)));
}

VerdictKind kind_of(const Matter &matter, const Findings &found)
{
	const Observation &seen = matter.seen;
	if (found.clean() && seen.end != End::hung)
		return VerdictKind::pass;
	// It is a hang only where the same call with a good tag ends. What the kernel complains of
	// is its own doing, whatever the tag.
	if (matter.control() && found.rules() != std::vector{Rule::p8})
		return VerdictKind::broken;
	if (seen.end == End::hung)
		return moved_on(seen.hang) ? VerdictKind::livelock : VerdictKind::deadlock;
	return VerdictKind::fail;
}

Verdict crash(const Matter &matter, std::string_view saw)
{
	Findings found;
	found.breaks(Rule::p1);
	add_notes(matter, found);
	return {.kind = VerdictKind::crash,
		.rules = found.rules(),
		.reason = fmt::format("expected {}, saw {}", expected_text(matter), saw),
		.notes = found.notes()};
}

Verdict broken(std::string reason)
{
	return {.kind = VerdictKind::broken, .reason = std::move(reason)};
}

/// The kernel complained, and the suite could not do its work: the one may well be why.
Verdict complained(const Matter &matter, std::string_view fault)
{
	Findings found;
	judge_complaint(matter, found);
	return {.kind = VerdictKind::fail,
		.rules = found.rules(),
		.reason = fmt::format("expected {}, saw {}{}; the suite could not do its work: {}",
				      expected_text(matter), seen_text(matter), found.details(),
				      fault)};
}

Verdict decide(const Matter &matter)
{
	const Observation &seen = matter.seen;
	Findings found;
	judge_progress(matter, found);
	if (seen.end == End::returned) {
		judge_result(matter, found);
		judge_signals(matter, found);
	} else if (seen.end == End::killed) {
		judge_death(matter, found);
	}
	if (seen.end != End::hung)
		judge_data(matter, found);
	judge_company(matter, found);
	judge_late(matter, found);
	judge_leaks(matter, found);
	judge_complaint(matter, found);
	add_notes(matter, found);

	Verdict verdict = {.kind = kind_of(matter, found), .rules = found.rules()};
	verdict.reason = fmt::format("expected {}, saw {}{}", expected_text(matter),
				     seen_text(matter), found.details());
	if (matter.completed() && !matter.excused()) {
		if (verdict.kind == VerdictKind::pass) {
			verdict.kind = VerdictKind::unchecked;
			verdict.rules = {Rule::m4};
		}
		verdict.reason += "; completed unchecked";
	}
	if (verdict.kind == VerdictKind::broken) {
		verdict.reason = "the control with a matching tag fails: " + verdict.reason;
		verdict.rules.clear(); // it says nothing about bad granules
	}
	verdict.notes = found.notes();
	return verdict;
}

} // namespace

std::string suite_fault(const Matter &matter)
{
	const Observation &seen = matter.seen;
	switch (seen.end) {
	case End::none:
		return "the point was never started";
	case End::setup_failed:
		return line_of(seen.failure);
	case End::killed:
		if (std::string fault = death_fault(seen); !fault.empty())
			return fault;
		break;
	case End::returned:
		if (matter.remounts() && !seen.repeated)
			return "the place was not mounted again";
		break;
	case End::hung:
		return hang_doubt(matter);
	case End::machine_lost:
		return {};
	default:
		return "the observation is unreadable";
	}
	for (uint32_t i = 0; i < std::min<uint32_t>(seen.signal_count, max_signals); i++) {
		const SignalSeen &signal = seen.signals[i];
		if (from_user_mode(signal))
			return fmt::format("user-mode fault of the suite: {} (code {}) at {:#x}",
					   signal_text(signal.number), signal.code, signal.address);
	}
	return {};
}

void Findings::breaks(Rule rule, std::string detail)
{
	broken_.push_back({rule, std::move(detail)});
}

std::vector<Rule> Findings::rules() const
{
	std::vector<Rule> all;
	for (const Finding &finding : broken_)
		all.push_back(finding.rule);
	std::ranges::sort(all);
	all.erase(std::unique(all.begin(), all.end()), all.end());
	return all;
}

std::string Findings::details() const
{
	std::vector<Finding> sorted = broken_;
	std::ranges::stable_sort(sorted, {}, &Finding::rule);
	std::string text;
	for (const Finding &finding : sorted)
		if (!finding.detail.empty())
			text += fmt::format("; {}: {}", to_string(finding.rule), finding.detail);
	return text;
}

} // namespace judging

Verdict judge(const Point &point, const Observation &seen, const Terms &terms)
{
	using namespace judging;
	if (point.call == nullptr || point.place == nullptr)
		return broken("the point names no call or no place");
	const Matter matter = {point, seen, terms, demand(point, seen, terms)};
	if (seen.end == End::machine_lost)
		return crash(matter, "the machine lost");
	if (seen.kernel_oopsed)
		return crash(matter, "an oops");
	if (std::string fault = suite_fault(matter); !fault.empty()) {
		// That a task sleeps for long is what the doubt is about.
		const bool told =
			complains(seen) && seen.end != End::none &&
			(seen.end != End::hung || seen.complaint_kind != ComplaintKind::stall);
		if (!told && absent(matter))
			return {.kind = VerdictKind::skip,
				.reason = fault + ": not in this kernel, not at this place, or not "
						  "for this user"};
		return told ? complained(matter, fault) : broken(std::move(fault));
	}
	if (absent(matter))
		return {.kind = VerdictKind::skip,
			.reason = fmt::format(
				"the call with a matching tag is refused: {}: not in this kernel, "
				"or not at this place",
				result_text(seen.result))};
	return decide(matter);
}

} // namespace tagtrap
