// SPDX-License-Identifier: GPL-2.0-only
// What is due at a point, why, and what the judge makes of what may happen.
#include <fmt/format.h>

#include "harness/model/judge_parts.h"
#include "harness/model/sweep.h"
#include "harness/report/explain_parts.h"
#include "harness/report/happenings.h"
#include "harness/report/words.h"

namespace tagtrap::explaining {

namespace {

using judging::Ground;

std::string ground_text(const Point &point, const judging::Demand &wanted)
{
	const std::string_view by = point.call->kernel;
	switch (wanted.ground) {
	case Ground::control:
		if (has_holes(point))
			return "a page, or what the call needs of it, is away at times: the call "
			       "may stop anywhere, and what it counts has arrived (P9)";
		if (point.memory != Memory::plain)
			return "the pointer is right, whatever the memory has been through: every "
			       "byte has to arrive (P9)";
		return "nothing is wrong with the buffer: everything has to work";
	case Ground::ordinary:
		return fmt::format("{} meets an ordinary page fault, the same on every kernel", by);
	case Ground::unreached:
		return "the call need not come that far (F8)";
	case Ground::by_mode:
		return fmt::format("mode {} does not check this access of {}",
				   to_string(point.mode), by);
	case Ground::by_path:
		return fmt::format("{} is not checked: {}", by, wanted.promise.reason);
	case Ground::process:
		return fmt::format("{} meets the granule, and the thread that makes the call takes "
				   "the tag check fault",
				   by);
	case Ground::worker:
		return fmt::format("{} meets the granule, and no thread of the process is there to "
				   "be signalled (F9)",
				   by);
	case Ground::either:
		return fmt::format("{} meets the granule; the kernel chooses whether the caller or "
				   "a worker copies",
				   by);
	}
	return "";
}

std::string promise_text(const Promise &promise)
{
	std::string text = to_string(promise);
	if (!promise.reason.empty())
		text += fmt::format(": {}", promise.reason);
	if (!promise.may_be_unchecked.empty())
		text += fmt::format("; it may be unchecked: {}", promise.may_be_unchecked);
	return text;
}

/// How far the path copies, where kernels differ once for each.
std::string promise_entries(const Point &point, uint32_t page_size)
{
	const auto at = [&](const Era &era) {
		return promise_text(expect(point, facts_of(era, page_size)).promise);
	};
	const std::string usual = at(eras.back());
	std::string text = entry("promise", usual);
	for (const Era &era : eras)
		if (const std::string other = at(era); other != usual)
			text += entry(fmt::format("on {}", era.name), other);
	return text;
}

std::string data_text(const Point &point, const judging::Matter &matter)
{
	const bool stores = point.call->direction == Direction::stores;
	const Situation *const situation = point.call->situation;
	if (!stores && situation != nullptr && situation->opaque)
		return fmt::format("what lies around the {} stays as it was (P4)", noun(point));
	if (!stores)
		return fmt::format("the {} stays as it was; nothing behind the fault gets out (P4)",
				   noun(point));
	std::string text;
	if (matter.demand.stops())
		text = "nothing is stored in the granule nor behind it (P4)";
	else if (matter.demand.ground == Ground::unreached)
		text = "nothing is stored there (P4)";
	else
		text = "everything is stored";
	if (point.stand == Stand::bad && marks_granule(point) && matter.demand.faults())
		text += "; success without a byte stored in the granule is P3";
	return text;
}

} // namespace

std::string due_entries(const Point &point, uint32_t page_size)
{
	const KernelFacts facts = facts_of(eras.back(), page_size);
	const Observation nothing = judging::untried(point, page_size);
	std::string text;
	for (const auto contract : {Contract::mainline, Contract::forced_signal}) {
		const Terms terms = {.contract = contract, .kernel = facts};
		const judging::Matter matter = {point, nothing, terms,
						judging::demand(point, nothing, terms)};
		if (contract == Contract::mainline) {
			text += entry("because", ground_text(point, matter.demand));
			if (!point.call->shape.remount)
				text += promise_entries(point, page_size) +
					entry("data", data_text(point, matter));
		}
		text += entry(to_string(contract), judging::expected_text(matter));
	}
	if (point.call->row != nullptr)
		text += entry("object", after_text(point.call->row->due.after));
	if (point.call->shape.remount)
		return text;
	return text + entry("afterwards", "the same call with a good tag works (P5)");
}

std::string happenings_table(const Point &point, uint32_t page_size)
{
	const KernelFacts facts = facts_of(eras.back(), page_size);
	const auto all = happenings(point, facts);
	if (all.empty())
		return "";
	std::string text = headline("What follows from what");
	text += fmt::format("{:<35} {:<18} {}\n", "seen", "mainline", "forced-signal");
	for (const auto &[words, seen] : all) {
		const auto verdict = [&](Contract contract) {
			return verdict_words(
				judge(point, seen, {.contract = contract, .kernel = facts}));
		};
		text += fmt::format("{:<35} {:<18} {}\n", words, verdict(Contract::mainline),
				    verdict(Contract::forced_signal));
	}
	return text;
}

} // namespace tagtrap::explaining
