// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/session.h"

#include <atomic>
#include <fmt/format.h>
#include <memory>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unordered_set>

#include "harness/model/case.h"
#include "harness/run/block.h"
#include "harness/run/canary.h"
#include "harness/run/facts.h"
#include "harness/run/groups.h"
#include "harness/run/journal.h"
#include "harness/run/kernel_log.h"
#include "harness/run/preflight.h"
#include "harness/run/skips.h"
#include "harness/sys/must.h"
#include "harness/sys/proc.h"

namespace tagtrap {

namespace {

std::atomic<int> stop_signal = 0;

void ask_to_stop(int number)
{
	stop_signal = number;
}

/// Walks the plan: plans blocks, hands them to the runner, judges and writes what comes back.
class Session {
public:
	Session(const SessionSetup &setup, JournalWriter &journal, const KernelFacts &facts)
		: setup_(setup), journal_(journal), facts_(facts), plan_(plan(setup.request)),
		  abilities_(find_abilities(setup, facts, plan_)),
		  groups_(setup.every_point, setup.closed),
		  runner_(plan_, abilities_.survey, facts.page_size, setup.time_scale, groups_)
	{
		terms_.pin = setup.pin;
		terms_.kernel = facts;
	}

	int run()
	{
		const Preflight ground = preflight();
		if (ground.ground != Ground::ok) {
			journal_.write(run_event(setup_, facts_, plan_.size(), Contract::mainline,
						 "none: preflight failed"));
			journal_.write(to_json(ground));
			finish();
			return status_of(ground, setup_.our_vm);
		}
		const CanaryEnd canary = run_canary(facts_.page_size);
		const auto contract = setup_.contract ? setup_.contract : canary.contract;
		const std::string why = setup_.contract ? fmt::format("asked for; {}", canary.why)
							: fmt::format("auto; {}", canary.why);
		terms_.contract = contract.value_or(Contract::mainline);
		Json event = run_event(setup_, facts_, plan_.size(), terms_.contract, why);
		if (!contract)
			event["contract"]["name"] = nullptr;
		event["kernel_log"] = log_.readable();
		journal_.write(event);
		journal_.write(to_json(ground));
		if (contract)
			walk();
		finish();
		if (stop_signal != 0)
			return 128 + stop_signal;
		return contract ? 0 : 3;
	}

private:
	/// A block that has been run and waits for its verdicts.
	struct Ready {
		Block block;
		uint64_t taint_before = 0, taint_after = 0;
		std::string complaint = {};
	};

	void walk()
	{
		std::unique_ptr<Ready> before;
		size_t next = 0;
		while (next < plan_.size() && stop_signal == 0) {
			auto now = std::make_unique<Ready>();
			next = fill(next, now->block);
			now->taint_before = taint_;
			if (!now->block.items.empty()) {
				begin(now->block);
				runner_.start(now->block);
			}
			if (before)
				judge_block(*before, &now->block); // while the worker is busy
			if (!now->block.items.empty())
				runner_.finish(now->block);
			now->taint_after = taint_ = taint();
			now->complaint = log_.complaint();
			before = std::move(now);
			if (runner_.spoiled() != nullptr && setup_.our_vm)
				break; // the host starts a fresh machine
			write_late();
		}
		if (before)
			judge_block(*before, nullptr);
		write_late();
	}

	/// What came to points that have their `end` already: they get another one, which counts.
	void write_late()
	{
		for (const auto &late : runner_.take_late())
			write_end(plan_[late.item], late.seen);
	}

	/// A task that is left behind holds locks and a processor: what is run beside it tells
	/// nothing.
	std::string left_behind() const
	{
		if (runner_.spoiled() == nullptr || setup_.our_vm)
			return "";
		return fmt::format("a task that SIGKILL does not end was left behind by {}",
				   id(*runner_.spoiled()));
	}

	/// Takes the next points into `block`: of one worker kind, one `begin`. Returns where to go
	/// on.
	size_t fill(size_t next, Block &block)
	{
		for (; next < plan_.size() && block.items.size() < block_size; ++next) {
			const Point &point = plan_[next];
			const std::string name = id(point);
			if (setup_.finished.contains(name))
				continue;
			std::string reason =
				skip_reason(point, abilities_, setup_, terms_.contract);
			if (reason.empty())
				reason = left_behind();
			if (reason == pending_nomops) {
				++pending_;
				continue;
			}
			if (!reason.empty()) {
				block.skips.push_back({next, reason});
				continue;
			}
			if (groups_.closed(group(point), point.offset)) {
				block.skips.push_back({next, ""});
				continue;
			}
			const bool single = point.call->shape.hazardous || point.call->shape.once ||
					    setup_.alone.contains(name);
			if (!block.items.empty() &&
			    (single || kind_for(point) != kind_for(plan_[block.items[0]]) ||
			     point.place != plan_[block.items[0]].place))
				break;
			block.items.push_back(static_cast<uint32_t>(next));
			if (single)
				return next + 1;
		}
		return next;
	}

	void begin(const Block &block)
	{
		Json ids = Json::array();
		for (const uint32_t item : block.items)
			ids.push_back(id(plan_[item]));
		journal_.write(Json{{"event", "begin"}, {"ids", ids}});
	}

	/// `next` is the block that the worker has in hand, if any.
	void judge_block(Ready &ready, Block *next)
	{
		const uint64_t fresh = ready.taint_after & ~ready.taint_before;
		for (const auto &skip : ready.block.skips)
			if (skip.reason.empty())
				leave_out(plan_[skip.item]);
			else
				write_skip(plan_[skip.item], skip.reason);
		for (size_t i = 0; i < ready.block.items.size(); ++i) {
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
			constexpr uint64_t taint_die = 1u << 7;
			seen.kernel_complained = fresh != 0 || !ready.complaint.empty();
			ready.complaint.copy(seen.complaint.data(), seen.complaint.size());
			seen.kernel_oopsed = (fresh & taint_die) != 0;
			write_end(point, seen);
		}
	}

	/// O_DIRECT that a filesystem does not offer is no fault of the suite.
	static bool no_direct(const Point &point, const Observation &seen)
	{
		return point.direct && seen.end == End::setup_failed &&
		       seen.failure.error == EINVAL;
	}

	void write_end(const Point &point, const Observation &seen)
	{
		if (no_direct(point, seen)) {
			write_skip(point, fmt::format("{} has no O_DIRECT on this kernel",
						      point.place->name));
			return;
		}
		EndRecord end = {.id = id(point), .group = group(point)};
		end.verdict = judge_in_order(point, seen, terms_);
		end.promise = point.call->promise(point, facts_);
		end.seen = seen;
		put(end);
	}

	/// A point that was not run because its group hangs.
	void leave_out(const Point &point)
	{
		groups_.leave_out(group(point));
		write_skip(point, "group: " + group(point));
	}

	void write_skip(const Point &point, const std::string &reason)
	{
		EndRecord end = {.id = id(point), .group = group(point)};
		end.verdict.kind = VerdictKind::skip;
		end.verdict.reason = reason;
		end.promise = point.call->promise(point, facts_);
		put(end);
	}

	void put(EndRecord &end)
	{
		if (setup_.known)
			end.known = setup_.known(end, facts_);
		journal_.write(end);
		++totals_[std::string(to_string(end.verdict.kind))];
		++done_;
		if (setup_.on_end)
			setup_.on_end(end, done_, plan_.size() - setup_.finished.size());
	}

	void finish()
	{
		Json closed = Json::array();
		for (const auto &[name, count] : groups_.left_out())
			closed.push_back({{"group", name}, {"skipped", count}});
		Json totals = Json::object();
		for (const auto &[name, count] : totals_)
			totals[name] = count;
		Json event = {{"event", "finish"},
			      {"totals", totals},
			      {"elapsed_s", static_cast<double>(sys::now_ns() - began_) / 1e9},
			      {"planned", plan_.size()},
			      {"closed_groups", closed},
			      {"pending", Json::object()}};
		if (pending_ != 0)
			event["pending"]["nomops"] = pending_;
		if (runner_.spoiled() != nullptr)
			event["spoiled"] = true;
		if (stop_signal != 0)
			event["interrupted"] = stop_signal.load();
		journal_.write(event);
	}

	const SessionSetup &setup_;
	JournalWriter &journal_;
	KernelFacts facts_;
	std::vector<Point> plan_;
	Abilities abilities_;
	Groups groups_;
	BlockRunner runner_;
	Terms terms_;
	std::map<std::string, size_t> totals_;
	size_t done_ = 0, pending_ = 0;
	uint64_t taint_ = taint();
	KernelLog log_;
	uint64_t began_ = sys::now_ns();
};

} // namespace

int run_session(const SessionSetup &setup)
{
	JournalWriter journal(setup.journal);
	struct sigaction action = {};
	action.sa_handler = ask_to_stop;
	sys::must(sigaction(SIGINT, &action, nullptr), "sigaction(SIGINT)");
	sys::must(sigaction(SIGTERM, &action, nullptr), "sigaction(SIGTERM)");
	signal(SIGPIPE, SIG_IGN); // a worker that is gone is noticed by EPIPE
	return Session(setup, journal, kernel_facts()).run();
}

} // namespace tagtrap
