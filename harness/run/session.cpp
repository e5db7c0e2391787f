// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/session.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include "harness/model/case.h"
#include "harness/run/afters.h"
#include "harness/run/blame.h"
#include "harness/run/block.h"
#include "harness/run/canary.h"
#include "harness/run/facts.h"
#include "harness/run/filling.h"
#include "harness/run/groups.h"
#include "harness/run/journal.h"
#include "harness/run/kernel_log.h"
#include "harness/run/preflight.h"
#include "harness/run/skips.h"
#include "harness/run/stop.h"
#include "harness/sys/proc.h"

namespace tagtrap {

namespace {

/// Walks the plan: plans blocks, hands them to the runner, judges and writes what comes back.
class Session {
public:
	Session(const SessionSetup &setup, JournalWriter &journal, const KernelFacts &facts)
		: setup_(setup), journal_(journal), facts_(facts), course_(course(setup.request)),
		  abilities_(find_abilities(setup, facts, plan_)),
		  groups_(setup.every_point, setup.closed),
		  runner_(plan_, abilities_.survey, facts.page_size, setup.time_scale,
			  setup.watch_s, groups_),
		  filling_(setup, plan_, abilities_, groups_, terms_)
	{
		terms_.pin = setup.pin;
		terms_.kernel = facts;
		arrange_watches(runner_, setup, journal, terms_);
	}

	int run()
	{
		const Preflight ground = preflight();
		if (ground.ground != Ground::ok || stop_asked() != 0) { // that may end a trial
			const bool stopped = stop_asked() != 0;
			const auto *why = stopped ? "none: interrupted" : "none: preflight failed";
			journal_.write(run_event(setup_, facts_, course_, Contract::mainline, why));
			journal_.write(to_json(ground));
			finish();
			return stopped ? 128 + stop_asked() : status_of(ground, setup_.our_vm);
		}
		const CanaryEnd canary = run_canary(facts_.page_size);
		const auto contract = setup_.contract ? setup_.contract : canary.contract;
		const std::string why =
			fmt::format("{}; {}", setup_.contract ? "asked for" : "auto", canary.why);
		terms_.contract = contract.value_or(Contract::mainline);
		Json event = run_event(setup_, facts_, course_, terms_.contract, why);
		if (!contract)
			event["contract"]["name"] = nullptr;
		event["kernel_log"] = log_.readable();
		// Before the first point: it is none of theirs.
		if (const Complaint before = log_.complaint(); before.kind != ComplaintKind::none)
			event["complaint"] = before.text;
		journal_.write(event);
		journal_.write(to_json(ground));
		if (contract) {
			skip_excluded();
			run_afters(setup_, plan_, runner_, journal_);
			walk();
		}
		finish();
		if (stop_asked() != 0)
			return 128 + stop_asked();
		return contract ? 0 : 3;
	}

private:
	/// A block that has been run and waits for its verdicts.
	struct Ready {
		Block block;
		Complaint complaint = {};
	};

	/// Whoever reads the journal shall see what nobody looked at, and why.
	void skip_excluded()
	{
		for (const Point &point : course_.excluded)
			if (!setup_.finished.contains(id(point)))
				write_skip(point, fmt::format("{}{}", left_out_by,
							      excluded_by(setup_.request, point)));
	}

	/// Points that will have an `end` when all is well.
	size_t planned() const { return plan_.size() + course_.excluded.size(); }

	/// The host starts a fresh machine.
	bool lost() const
	{
		return setup_.our_vm && (runner_.spoiled() != nullptr || !suspects_.empty());
	}

	void walk()
	{
		std::unique_ptr<Ready> before;
		size_t next = 0;
		while (next < plan_.size() && stop_asked() == 0 && !lost()) {
			auto now = std::make_unique<Ready>();
			next = filling_.next_block(next, left_behind(), now->block);
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
	}

	/// What came to points when their worker was done with them. Those that have their `end`
	/// already get another one, which counts; suspects get theirs when they are run again.
	void write_late(Ready *unjudged)
	{
		for (const auto &late : runner_.take_late()) {
			const uint32_t item = late.last.item;
			if (Observation *const seen =
				    unjudged == nullptr ? nullptr : unjudged->block.find(item)) {
				late.add_to(*seen);
			} else if (!std::ranges::binary_search(suspects_, item)) {
				Observation seen_now = late.last.seen;
				late.add_to(seen_now);
				write_end(plan_[item], seen_now, true);
				runner_.judged(item, seen_now);
			}
		}
	}

	std::string left_behind() const { return what_is_left(runner_, setup_); }

	/// Judges a block in which the kernel complained. Whose complaint it is shows when its
	/// points are run again one by one: in our VM by the next machine, which has not complained
	/// yet.
	void take_apart(Ready &ready)
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

	Json ids_of(const std::vector<uint32_t> &items) const
	{
		Json ids = Json::array();
		for (const uint32_t item : items)
			ids.push_back(id(plan_[item]));
		return ids;
	}

	void begin(Block &block)
	{
		journal_.write(Json{{"event", "begin"}, {"ids", ids_of(block.items)}});
		runner_.start(block);
	}

	void finish_block(Ready &ready)
	{
		runner_.finish(ready.block);
		ready.complaint = log_.complaint();
	}

	/// `next` is the block that the worker has in hand, if any. Returns the points that are not
	/// judged, since the kernel complained and it may have been because of any of them.
	std::vector<uint32_t> judge_block(Ready &ready, Block *next)
	{
		for (const auto &skip : ready.block.skips)
			if (skip.reason.empty())
				leave_out(plan_[skip.item]);
			else
				write_skip(plan_[skip.item], skip.reason);
		const auto suspects = blame(ready.complaint, ready.block);
		for (size_t i = 0; i < ready.block.items.size(); ++i) {
			if (std::ranges::binary_search(suspects, ready.block.items[i]))
				continue;
			const Point &point = plan_[ready.block.items[i]];
			Observation &seen = ready.block.seen(i);
			if (next != nullptr && !next->items.empty())
				runner_.attend(*next);
			if (seen.end == End::none) {
				if (groups_.closed(group(point), point.offset))
					leave_out(point);
				else if (const auto why = left_behind(); !why.empty())
					write_skip(point, why);
				continue;
			}
			write_end(point, seen);
			runner_.judged(ready.block.items[i], seen);
		}
		if (!suspects.empty())
			journal_.write(Json{{"event", "suspect"},
					    {"ids", ids_of(suspects)},
					    {"stuck", ids_of(stuck_in(ready.block))},
					    {"complaint", ready.complaint.text}});
		return suspects;
	}

	/// `again`: it has an `end` already, and this one counts.
	void write_end(const Point &point, const Observation &seen, bool again = false)
	{
		if (const std::string reason = no_direct(point, seen); !reason.empty()) {
			write_skip(point, reason);
			return;
		}
		EndRecord end = {.id = id(point), .group = group(point)};
		end.verdict = judge(point, seen, terms_);
		end.promise = expect(point, facts_).promise;
		end.seen = seen;
		put(std::move(end), again);
	}

	/// A point that was not run because its group hangs.
	void leave_out(const Point &point)
	{
		groups_.leave_out(group(point));
		write_skip(point, "group: " + group(point));
	}

	void write_skip(const Point &point, const std::string &reason)
	{
		put(skipped(point, facts_, reason));
	}

	void put(EndRecord end, bool again = false)
	{
		journal_.write(end);
		if (again)
			return;
		++totals_[std::string(to_string(end.verdict.kind))];
		++done_;
		if (setup_.on_end)
			setup_.on_end(end, done_, planned() - setup_.finished.size());
	}

	void finish()
	{
		journal_.write(
			finish_event({.totals = totals_,
				      .elapsed_ns = sys::now_ns() - began_,
				      .planned = planned(),
				      .closed = groups_.left_out(),
				      .pending = filling_.pending(),
				      .spoiled = runner_.spoiled() != nullptr || !suspects_.empty(),
				      .interrupted = stop_asked()}));
	}

	const SessionSetup &setup_;
	JournalWriter &journal_;
	KernelFacts facts_;
	const Course course_;
	const std::vector<Point> &plan_ = course_.points;
	Abilities abilities_;
	Groups groups_;
	BlockRunner runner_;
	Terms terms_;
	Filling filling_;
	std::map<std::string, size_t, std::less<>> totals_;
	size_t done_ = 0;
	std::vector<uint32_t> suspects_; ///< points to be run again because of a complaint
	KernelLog log_;
	uint64_t began_ = sys::now_ns();
};

} // namespace

int run_session(const SessionSetup &setup)
{
	JournalWriter journal(setup.journal);
	heed_stop_signals();
	return Session(setup, journal, kernel_facts()).run();
}

} // namespace tagtrap
