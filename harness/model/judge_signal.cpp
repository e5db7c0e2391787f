// SPDX-License-Identifier: GPL-2.0-only
// F1, F2, F3's share in signals, and signals that nobody should have raised.
#include <cerrno>
#include <csignal>
#include <fmt/format.h>

#include "harness/model/judge_parts.h"

namespace tagtrap::judging {

namespace {

constexpr uint64_t granule_size = 16;
constexpr uint64_t address_mask = (uint64_t{1} << 56) - 1;

// ESR_ELx of a data abort (Arm ARM, ESR_EL1): exception class, direction, fault status.
constexpr uint64_t abort_lower_el = 0x24, abort_current_el = 0x25;
constexpr uint64_t sync_tag_check_fault = 0x11;

bool number_allowed(const Matter &matter, int number)
{
	switch (matter.terms.pin) {
	case SignalPin::segv:
		return number == SIGSEGV;
	case SignalPin::bus:
		return number == SIGBUS;
	case SignalPin::any:
		return number == SIGSEGV || number == SIGBUS;
	}
	return false;
}

void judge_number(const Matter &matter, int number, Findings &found)
{
	if (!number_allowed(matter, number))
		found.breaks(Rule::f1,
			     fmt::format("{} is not what the run asks for", signal_text(number)));
}

bool in_granule(uint64_t address, uint64_t bad_pointer)
{
	const uint64_t first = (bad_pointer & address_mask) & ~(granule_size - 1);
	return (address & address_mask) - first < granule_size;
}

void judge_address(const Matter &matter, const SignalSeen &signal, Findings &found)
{
	const uint64_t pointer = matter.seen.bad_pointer;
	if (pointer == 0) {
		found.note("address: not judged, the pointer is not known");
		return;
	}
	if (!in_granule(signal.address, pointer))
		found.breaks(Rule::f1, fmt::format("si_addr {:#x} lies outside the bad granule at "
						   "{:#x}",
						   signal.address, pointer));
	const bool exposed = row_of(matter.point.disposition).exposed;
	if (exposed && ((signal.address ^ pointer) >> 56 & 0xf) != 0)
		found.breaks(Rule::f1, fmt::format("si_addr {:#x} lacks the tag of {:#x}",
						   signal.address, pointer));
	if (!exposed && (signal.address >> 56) != 0)
		found.breaks(Rule::f1,
			     fmt::format("si_addr {:#x} has bits above 55", signal.address));
	// In every frame, whatever the kernel does; that of another thread tells nothing.
	if (signal.thread == 0 && !in_granule(signal.fault_address, pointer))
		found.breaks(Rule::f1, fmt::format("fault_address {:#x} lies outside the bad "
						   "granule at {:#x}",
						   signal.fault_address, pointer));
}

void judge_esr(const Matter &matter, const SignalSeen &signal, Findings &found)
{
	if (!signal.has_esr)
		return;
	const uint64_t ec = signal.esr >> 26 & 0x3f;
	const bool write = (signal.esr >> 6 & 1) != 0;
	const bool stores = matter.point.call->direction == Direction::stores;
	if ((ec != abort_lower_el && ec != abort_current_el) ||
	    (signal.esr & 0x3f) != sync_tag_check_fault || write != stores)
		found.breaks(Rule::f1, fmt::format("ESR {:#x} is no tag check fault of a {}",
						   signal.esr, stores ? "store" : "load"));
}

/// The call that the thread makes is the one under test, not one that submits it.
bool returns_result(const Matter &matter)
{
	const Case &call = *matter.point.call;
	return !call.shape.uring && (call.situation == nullptr || !call.situation->submits);
}

/// F3: the frame that the handler interrupted. Of a process that died it is all that is left to
/// tell the call's result, if a tracer saw it.
void judge_frame(const Matter &matter, const SignalSeen &signal, Findings &found)
{
	if (!signal.before_return)
		found.breaks(Rule::f3, "the handler ran after the caller saw the result");
	if (!signal.behind_svc)
		found.breaks(Rule::f3, "the frame's pc is not behind the SVC");
	else if (matter.seen.end == End::killed) {
		if (returns_result(matter) && !matter.demand.allows(signal.frame_x0))
			found.breaks(Rule::f3, fmt::format("the frame's x0 is {}",
							   result_text(signal.frame_x0)));
	} else if (signal.frame_x0 != matter.seen.submit_result)
		found.breaks(Rule::f3, fmt::format("the frame's x0 is {}, the call returned {}",
						   result_text(signal.frame_x0),
						   result_text(matter.seen.submit_result)));
}

void judge_code(const SignalSeen &signal, Findings &found)
{
	const int code = signal.number == SIGBUS ? int{BUS_ADRERR} : int{SEGV_MTESERR};
	if (signal.code != code)
		found.breaks(Rule::f1, fmt::format("si_code {} instead of {}", signal.code, code));
}

void judge_delivery(const Matter &matter, const SignalSeen &signal, Findings &found)
{
	judge_number(matter, signal.number, found);
	judge_code(signal, found);
	judge_address(matter, signal, found);
	judge_esr(matter, signal, found);
	if (signal.thread != 0) // the frame of another thread tells nothing about the call
		found.breaks(Rule::f1, fmt::format("it went to thread {}", signal.thread));
	else
		judge_frame(matter, signal, found);
}

/// A handler is installed, and a thread of the process took the fault.
void judge_handled(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	if (seen.signal_count == 0) {
		if (seen.pending_after)
			found.breaks(Rule::f1, "the signal is pending, not delivered");
		else if (matter.demand.ground == Ground::process)
			found.breaks(Rule::f1, "no signal");
		else
			found.note("no_signal: a worker may have copied");
		return;
	}
	judge_delivery(matter, seen.signals[0], found);
	if (seen.signal_count > 1)
		found.breaks(Rule::f1, fmt::format("{} signals for one call", seen.signal_count));
	else if (seen.pending_after && !seen.pending_before)
		found.breaks(Rule::f1, "another signal is pending");
}

/// F2 and F3 as a tracer sees them.
void judge_stops(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	if (seen.stop_count == 0) {
		if (seen.signal_count > 0 || seen.end == End::killed ||
		    matter.demand.ground == Ground::process)
			found.breaks(Rule::f2, "the tracer saw no signal stop");
		return;
	}
	judge_number(matter, seen.stop.number, found);
	judge_code(seen.stop, found);
	// The tracer sees all bits, whatever the handler asked for.
	if (seen.bad_pointer != 0 && !in_granule(seen.stop.address, seen.bad_pointer))
		found.breaks(Rule::f1, fmt::format("the tracer's si_addr {:#x} lies outside the "
						   "bad granule at {:#x}",
						   seen.stop.address, seen.bad_pointer));
	judge_frame(matter, seen.stop, found);
	if (seen.stop_count > 1)
		found.breaks(Rule::f1, fmt::format("{} stops for one call", seen.stop_count));
	if (matter.outcome() == Outcome::suppressed && seen.signal_count > 0)
		found.breaks(Rule::f2, "it was delivered although the tracer took it away");
}

/// No handler: the process should have died.
void judge_survival(const Matter &matter, Findings &found)
{
	if (matter.demand.ground == Ground::process)
		found.breaks(Rule::f2, "the process survived");
	else if (matter.signalled())
		found.breaks(Rule::f2, "the signal is held back");
	else
		found.note("no_signal: a worker may have copied");
}

/// Caught or dead, and this one lives: then it was caught.
void judge_either(const Matter &matter, Findings &found)
{
	if (matter.seen.signal_count == 0 && matter.demand.ground == Ground::process)
		found.breaks(Rule::f2, "the signal is lost");
	else
		judge_handled(matter, found);
}

bool due(const Matter &matter)
{
	return matter.forced() &&
	       (matter.demand.ground == Ground::process || matter.demand.ground == Ground::either);
}

} // namespace

int forced_number(const Matter &matter)
{
	const Observation &seen = matter.seen;
	int number = 0;
	if (!due(matter) || matter.completed())
		return number;
	if (seen.end == End::killed)
		number = seen.death_signal;
	else if (seen.end == End::returned && seen.signal_count > 0)
		number = seen.signals[0].number;
	else if (seen.end == End::returned && seen.stop_count > 0)
		number = seen.stop.number;
	return number == SIGSEGV || number == SIGBUS ? number : 0;
}

void judge_signals(const Matter &matter, Findings &found)
{
	if (due(matter) && !matter.completed()) {
		if (is_traced(matter.point.caller))
			judge_stops(matter, found);
		switch (matter.outcome()) {
		case Outcome::caught:
			judge_handled(matter, found);
			break;
		case Outcome::dies:
			judge_survival(matter, found);
			break;
		case Outcome::either:
			judge_either(matter, found);
			break;
		case Outcome::suppressed:
			break;
		}
		return;
	}
	if (matter.signalled())
		found.breaks(signal_rule(matter));
	// Unchecked although declared checked, and SIGSEGV could not even be blocked: not forced.
	if (due(matter) && !matter.excused() && matter.outcome() == Outcome::dies &&
	    matter.demand.ground == Ground::process)
		found.breaks(Rule::f2, "the process survived");
}

void judge_death(const Matter &matter, Findings &found)
{
	const int number = matter.seen.death_signal;
	if (!due(matter)) {
		found.breaks(signal_rule(matter));
		return;
	}
	judge_number(matter, number, found);
	if (is_traced(matter.point.caller))
		judge_stops(matter, found);
	if (matter.outcome() == Outcome::caught)
		found.breaks(Rule::f1, "a handler is installed");
	if (matter.outcome() == Outcome::suppressed)
		found.breaks(Rule::f2, "the tracer took the signal away");
	if (matter.seen.phase != Phase::entered)
		found.breaks(Rule::f3, "the process died after the call had returned");
}

void judge_late(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	const Rule rule = due(matter) ? Rule::f3 : signal_rule(matter);
	if (seen.late_count > 0)
		found.breaks(rule, fmt::format("{} came when the caller had seen the result, "
					       "{} in all",
					       signal_text(seen.late.number), seen.late_count));
	if (seen.late_death != 0)
		found.breaks(rule, fmt::format("the process died of {} when the caller had seen "
					       "the result",
					       signal_text(seen.late_death)));
}

} // namespace tagtrap::judging
