// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/walk.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include "harness/model/case.h"
#include "harness/model/duration.h"
#include "harness/run/stop.h"
#include "harness/sys/proc.h"

namespace tagtrap {

/// Whoever reads the journal shall see what nobody looked at, and why.
void Walk::skip_excluded()
{
	for (size_t i = 0; i < course_.excluded.size(); ++i) {
		const auto index = static_cast<uint32_t>(plan_.size() + i);
		if (!before_.finished.contains(index))
			write_skip(course_.excluded[i], index,
				   fmt::format("{}{}", left_out_by,
					       excluded_by(setup_.request, course_.excluded[i])));
	}
}

/// Points that will have an `end` when all is well.
size_t Walk::planned() const
{
	return plan_.size() + course_.excluded.size();
}

void Walk::run()
{
	skip_excluded();
	run_afters(before_, plan_, runner_, journal_);
	std::unique_ptr<Ready> before;
	size_t next = 0;
	while (next < plan_.size() && stop_asked() == 0 && !lost()) {
		auto now = std::make_unique<Ready>();
		next = filling_.next_block(next, all_left_out(), now->block);
		if (!now->block.items.empty())
			begin(now->block);
		if (before)
			judge_block(*before, &now->block); // while the worker is busy
		if (!now->block.items.empty())
			finish_block(*now);
		before = std::move(now);
		write_late(before.get());
		if (before->complaint.kind > ComplaintKind::warning) {
			take_apart(*before);
			before.reset();
		}
	}
	if (before)
		judge_block(*before, nullptr);
	write_late(nullptr);
	skip_pending();
}

/// When the time is over no other machine need come for these.
void Walk::skip_pending()
{
	if (const std::string why = out_of_time_now(); !why.empty())
		for (const size_t item : filling_.take_pending())
			write_skip(plan_[item], static_cast<uint32_t>(item), why);
}

/// What came to points when their worker was done with them. Those that have their `end`
/// already get another one, which counts; suspects get theirs when they are run again.
void Walk::write_late(Ready *unjudged)
{
	for (const auto &late : runner_.take_late()) {
		const uint32_t item = late.last.item;
		if (Observation *const seen =
			    unjudged == nullptr ? nullptr : unjudged->block.find(item)) {
			late.add_to(*seen);
		} else if (!std::ranges::binary_search(suspects_, item)) {
			Observation seen_now = late.last.seen;
			late.add_to(seen_now);
			write_end(item, seen_now, true);
			runner_.judged(item, seen_now);
		}
	}
}

/// Why no point is begun any more since the run's time is over; empty: it is not.
std::string Walk::out_of_time_now() const
{
	if (before_.deadline_ns == 0 || sys::now_ns() < before_.deadline_ns)
		return "";
	return fmt::format("{}--max-time={} is over", out_of_time, to_string(*setup_.max_time));
}

/// Why every point that is left is left out; empty: none need be.
std::string Walk::all_left_out() const
{
	std::string why = what_is_left(runner_, setup_);
	return why.empty() ? out_of_time_now() : why;
}

/// The host starts a fresh machine.
bool Walk::lost() const
{
	return setup_.our_vm && (runner_.spoiled() != nullptr || !suspects_.empty());
}

/// Judges a block in which the kernel complained. Whose complaint it is shows when its
/// points are run again one by one: in our VM by the next machine, which has not complained
/// yet.
void Walk::take_apart(Ready &ready)
{
	suspects_ = judge_block(ready, nullptr);
	if (setup_.our_vm)
		return;
	for (const uint32_t item : std::exchange(suspects_, {})) {
		if (stop_asked() != 0)
			return;
		Ready alone;
		alone.block.items = {item};
		begin(alone.block);
		finish_block(alone);
		write_late(&alone);
		judge_block(alone, nullptr);
	}
}

Json Walk::ids_of(const std::vector<uint32_t> &items) const
{
	Json ids = Json::array();
	for (const uint32_t item : items)
		ids.push_back(id(plan_[item]));
	return ids;
}

void Walk::begin(Block &block)
{
	journal_.write(
		Json{{"event", "begin"}, {"ids", ids_of(block.items)}, {"indices", block.items}});
	if (setup_.durable)
		journal_.sync();
	runner_.start(block);
}

void Walk::finish_block(Ready &ready)
{
	runner_.finish(ready.block);
	ready.complaint = log_.complaint();
	if (probe_ == nullptr)
		return;
	const Point &first = plan_[ready.block.items.front()];
	if (const Json faults = probe_->take(group(first), id(first)); !faults.is_null())
		journal_.write(faults);
}

/// `next` is the block that the worker has in hand, if any. Returns the points that are not
/// judged, since the kernel complained and it may have been because of any of them.
std::vector<uint32_t> Walk::judge_block(Ready &ready, Block *next)
{
	for (const auto &skip : ready.block.skips)
		if (skip.reason.empty())
			leave_out(static_cast<uint32_t>(skip.item));
		else
			write_skip(plan_[skip.item], static_cast<uint32_t>(skip.item), skip.reason);
	const auto suspects = blame(ready.complaint, ready.block);
	for (size_t i = 0; i < ready.block.items.size(); ++i) {
		const uint32_t item = ready.block.items[i];
		if (std::ranges::binary_search(suspects, item))
			continue;
		const Point &point = plan_[item];
		Observation &seen = ready.block.seen(i);
		if (next != nullptr && !next->items.empty())
			runner_.attend(*next);
		if (seen.end == End::none) {
			if (groups_.closed(group(point), position_of(point)))
				leave_out(item);
			else if (const auto why = all_left_out(); !why.empty())
				write_skip(point, item, why);
			continue;
		}
		write_end(item, seen);
		runner_.judged(item, seen);
	}
	if (!suspects.empty())
		journal_.write(Json{{"event", "suspect"},
				    {"ids", ids_of(suspects)},
				    {"stuck", ids_of(stuck_in(ready.block))},
				    {"complaint", ready.complaint.text}});
	return suspects;
}

/// `again`: it has an `end` already, and this one counts.
void Walk::write_end(uint32_t item, const Observation &seen, bool again)
{
	const Point &point = plan_[item];
	for (const auto &reason : {no_direct(point, seen), unreached(seen)}) {
		if (!reason.empty())
			return write_skip(point, item, reason);
	}
	EndRecord end = {.id = id(point), .group = group(point), .index = item};
	end.verdict = judge(point, seen, terms_);
	end.promise = expect(point, facts_).promise;
	end.seen = seen;
	put(std::move(end), again);
}

/// A point that was not run because its group hangs.
void Walk::leave_out(uint32_t item)
{
	const std::string name = group(plan_[item]);
	groups_.leave_out(name);
	write_skip(plan_[item], item, "group: " + name);
}

void Walk::write_skip(const Point &point, uint32_t index, const std::string &reason)
{
	EndRecord end = skipped(point, facts_, reason);
	end.index = index;
	put(std::move(end));
}

void Walk::put(EndRecord end, bool again)
{
	journal_.write(end);
	if (again)
		return;
	++totals_[std::string(to_string(end.verdict.kind))];
	++done_;
	if (setup_.on_end)
		setup_.on_end(end, done_, planned() - before_.finished.size());
}

Finished Walk::finished() const
{
	return {.totals = totals_,
		.planned = planned(),
		.closed = groups_.left_out(),
		.pending = filling_.pending(),
		.spoiled = runner_.spoiled() != nullptr || !suspects_.empty(),
		.interrupted = stop_asked()};
}

} // namespace tagtrap
