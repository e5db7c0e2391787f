// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/session.h"

#include <fmt/format.h>
#include <memory>
#include <optional>

#include "harness/model/value.h"
#include "harness/run/canary.h"
#include "harness/run/facts.h"
#include "harness/run/preflight.h"
#include "harness/run/probe.h"
#include "harness/run/stop.h"
#include "harness/run/walk.h"
#include "harness/sys/proc.h"

namespace tagtrap {

namespace {

/// The course of `setup`; what tells most comes first where its time is limited.
Course course_of(const SessionSetup &setup)
{
	Course all = course(setup.request);
	if (setup.max_time)
		all.points = by_value(all.points);
	return all;
}

/// Finds out what the machine is, and then walks the plan.
class Session {
public:
	Session(const SessionSetup &setup, JournalWriter &journal, const KernelFacts &facts)
		: setup_(setup), journal_(journal), facts_(facts), course_(course_of(setup)),
		  abilities_(find_abilities(setup, facts, course_.points))
	{
		terms_.pin = setup.pin;
		terms_.kernel = facts;
	}

	int run()
	{
		const Preflight ground = preflight();
		const bool ordinary = only_ordinary(ground, setup_.our_vm);
		const bool fit = ground.ground == Ground::ok || ordinary;
		if (!fit || stop_asked() != 0) { // that may end a trial
			const bool stopped = stop_asked() != 0;
			const auto *why = stopped ? "none: interrupted" : "none: preflight failed";
			journal_.write(run_event(setup_, facts_, course_, Contract::mainline, why));
			journal_.write(to_json(ground));
			finish(nothing_done());
			return stopped ? 128 + stop_asked() : status_of(ground, setup_.our_vm);
		}
		const CanaryEnd canary = ordinary ? no_canary() : run_canary(facts_.page_size);
		const auto contract = setup_.contract ? setup_.contract : canary.contract;
		const std::string why =
			fmt::format("{}; {}", setup_.contract ? "asked for" : "auto", canary.why);
		terms_.contract = contract.value_or(Contract::mainline);
		Json event = run_event(setup_, facts_, course_, terms_.contract, why);
		if (!contract)
			event["contract"]["name"] = nullptr;
		if (ordinary)
			event["half"] = "ordinary";
		event["kernel_log"] = log_.readable();
		// Before the first point: it is none of theirs.
		if (const Complaint before = log_.complaint(); before.kind != ComplaintKind::none)
			event["complaint"] = before.text;
		journal_.write(event);
		journal_.write(to_json(ground));
		finish(contract ? walk() : nothing_done());
		if (stop_asked() != 0)
			return 128 + stop_asked();
		return contract ? 0 : 3;
	}

private:
	/// The machine may be saved in prepared(), and restored many times.
	Finished walk()
	{
		const Earlier before = setup_.prepared ? setup_.prepared() : Earlier();
		if (before.restored)
			began_ = sys::now_ns();
		const auto probe = probe_if_asked();
		Walk walk({setup_, before, journal_, facts_, course_, abilities_, terms_, log_,
			   probe.get()});
		walk.run();
		return walk.finished();
	}

	/// Not before the first point: what is done before tells of no row.
	std::unique_ptr<FaultProbe> probe_if_asked()
	{
		if (!setup_.probe)
			return nullptr;
		journal_.write(FaultProbe::loaded());
		return std::make_unique<FaultProbe>();
	}

	Finished nothing_done() const
	{
		return {.planned = course_.points.size() + course_.excluded.size(),
			.interrupted = stop_asked()};
	}

	void finish(Finished what)
	{
		what.elapsed_ns = sys::now_ns() - began_;
		journal_.write(finish_event(what));
	}

	const SessionSetup &setup_;
	JournalWriter &journal_;
	const KernelFacts facts_;
	const Course course_;
	const Abilities abilities_;
	Terms terms_;
	KernelLog log_;
	uint64_t began_ = sys::now_ns();
};

} // namespace

int run_session(const SessionSetup &setup)
{
	JournalWriter journal(setup.journal);
	for (const Json &event : setup.preface)
		journal.write(event);
	heed_stop_signals();
	return Session(setup, journal, kernel_facts()).run();
}

} // namespace tagtrap
