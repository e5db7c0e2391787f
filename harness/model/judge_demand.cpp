// SPDX-License-Identifier: GPL-2.0-only
// What the call should do, from the point and the numbers that only the run knows (g, full count).
#include <cerrno>
#include <csignal>

#include "harness/model/judge_parts.h"
#include "harness/model/sweep.h"

namespace tagtrap::judging {

namespace {

/// Whether the transfer gets as far as the byte at `good`. `full` is a byte count, except for
/// calls that report no count (all-or-nothing ones may return 0, ignored ones anything).
bool reaches(const Point &point, const Promise &promise, int64_t good, int64_t full, int64_t length)
{
	if (good >= length)
		return false;
	// Of a row the whole extent is loaded or stored.
	if (promise.kind == PromiseKind::ignored || point.call->row != nullptr)
		return true;
	if (promise.kind == PromiseKind::all_or_nothing && full == 0)
		return true;
	return full > good;
}

bool page_fault_stands(const Point &point)
{
	// The kernel may load from a page that is read-only.
	return breaks_page(point.stand) &&
	       (!forbids_stores_only(point.stand) || may_store(*point.call));
}

/// Who takes the fault, where the case says so.
Ground ground_of(Audience audience)
{
	switch (audience) {
	case Audience::caller:
		return Ground::process;
	case Audience::either:
		return Ground::either;
	case Audience::nobody:
		return Ground::worker;
	case Audience::uninvited:
		return Ground::unreached;
	}
	return Ground::process;
}

Ground ground_of(const Point &point, const Expectation &wanted, bool reached)
{
	if (point.stand != Stand::bad) {
		if (!page_fault_stands(point))
			return Ground::control;
		return reached ? Ground::ordinary : Ground::unreached;
	}
	if (wanted.promise.kind == PromiseKind::unchecked)
		return Ground::by_path;
	if (!wanted.checked)
		return Ground::by_mode;
	if (!reached)
		return Ground::unreached;
	if (point.call->situation != nullptr)
		return ground_of(point.call->situation->audience);
	if (point.submission != Submission::inline_)
		return Ground::worker;
	return point.call->shape.uring ? Ground::either : Ground::process;
}

/// Whether a page fault stops the call where a bad granule would: where what copies is the same.
/// What is pinned is pinned by page, and how much of it then moves is the device's business.
bool stops_alike(const Promise &promise)
{
	return promise.kind != PromiseKind::unchecked;
}

/// Bytes of the transfer in front of the last edge of a unit at or before g.
int64_t unit_edge(int64_t g, int64_t unit, int64_t ahead)
{
	return std::max<int64_t>((ahead + g) / unit * unit - ahead, 0);
}

/// The counts that `promise` allows for a fault at byte g.
void set_range(Demand &wanted)
{
	const int64_t g = wanted.good;
	const int64_t bytes = wanted.promise.bytes;
	wanted.most = g;
	switch (wanted.promise.kind) {
	case PromiseKind::exact:
		wanted.least = g;
		break;
	case PromiseKind::close:
		wanted.least = std::max<int64_t>(g - bytes, 0);
		break;
	case PromiseKind::granular: // coming closer than the unit's edge is no violation
		wanted.least = bytes == 0 ? g : unit_edge(g, bytes, wanted.promise.ahead);
		break;
	case PromiseKind::all_or_nothing:
		wanted.least = wanted.most = 0;
		break;
	case PromiseKind::ignored:
	case PromiseKind::unchecked:
		wanted.least = wanted.most = wanted.full;
		return;
	}
	wanted.efault = wanted.least == 0;
}

} // namespace

Observation untried(const Point &point, uint32_t page_size)
{
	Observation seen;
	seen.length = point.length;
	seen.good = point.offset;
	seen.full = static_cast<uint64_t>(full_result(point, page_size));
	return seen;
}

Demand demand(const Point &point, const Observation &seen, const Terms &terms)
{
	const Expectation expected = expect(point, terms.kernel);
	Demand wanted = {.promise = expected.promise,
			 .good = clamped(seen.good),
			 .full = clamped(seen.full)};
	const bool reached =
		reaches(point, wanted.promise, wanted.good, wanted.full, clamped(seen.length));
	wanted.ground = ground_of(point, expected, reached);
	wanted.least = wanted.most = wanted.full;
	const bool ordinary = wanted.ground == Ground::ordinary;
	if (wanted.faults() || (ordinary && stops_alike(wanted.promise))) {
		set_range(wanted);
	} else if (ordinary) {
		// Page granular or closer, EFAULT or short.
		wanted.least = 0;
		wanted.most = wanted.good;
		wanted.efault = true;
	}
	if (has_holes(point)) {
		wanted.efault = true;
		wanted.least = 0;
	}
	return wanted;
}

bool Demand::allows(int64_t result) const
{
	if (result == -EFAULT)
		return efault;
	// Where EFAULT tells that nothing moved, a count of 0 tells something else.
	return result >= (efault ? std::max<int64_t>(least, 1) : least) && result <= most;
}

bool Matter::signalled() const
{
	return seen.signal_count > 0 || seen.stop_count > 0 || seen.awaited ||
	       (seen.pending_after && !seen.pending_before);
}

bool Matter::completed() const
{
	if (seen.end != End::returned || !demand.faults() || seen.result != demand.full)
		return false;
	if (forced() && signalled()) // then it was checked, and went on nevertheless
		return false;
	if (stored_nothing())
		return false;
	const bool stores = point.call->direction == Direction::stores;
	if (demand.promise.kind == PromiseKind::ignored) // its count tells nothing
		return stores && seen.granule_changed;
	// A call that returns 0 for success moved all that it was asked for.
	const int64_t bytes = demand.full > 0 ? demand.full : clamped(seen.length);
	const int64_t right = stores ? seen.arrived : seen.peer_arrived;
	return right < 0 || right >= bytes;
}

bool Matter::stored_nothing() const
{
	if (point.stand != Stand::bad || !marks_granule(point) ||
	    demand.ground == Ground::unreached)
		return false;
	if (demand.promise.kind == PromiseKind::ignored) // a copy that fails is dropped by design
		return false;
	return seen.end == End::returned && seen.result == demand.full && !seen.granule_changed;
}

bool Matter::excused() const
{
	return completed() && !demand.promise.may_be_unchecked.empty();
}

Rule signal_rule(const Matter &matter)
{
	if (matter.right_pointer())
		return Rule::p9;
	if (!matter.forced()) {
		if (matter.demand.ground != Ground::by_mode)
			return Rule::m1;
		return result_rule(matter);
	}
	switch (matter.demand.ground) {
	case Ground::ordinary:
		return Rule::f5;
	case Ground::unreached:
		return Rule::f8;
	case Ground::worker:
		return Rule::f9;
	case Ground::control:
	case Ground::by_mode:
	case Ground::by_path:
		return Rule::f6;
	case Ground::process:
	case Ground::either:
		return matter.completed() ? Rule::f6 : Rule::f1;
	}
	return Rule::f1;
}

Rule result_rule(const Matter &matter)
{
	switch (matter.demand.ground) {
	case Ground::control:
		return matter.right_pointer() ? Rule::p9 : Rule::p3;
	case Ground::unreached:
	case Ground::by_path:
		return Rule::p3;
	case Ground::by_mode:
		if (matter.forced())
			return Rule::f6;
		return checks_half(matter.point.mode) ? Rule::m3 : Rule::m2;
	case Ground::ordinary:
		return matter.forced() ? Rule::f5 : Rule::m1;
	case Ground::worker:
		return matter.forced() ? Rule::f9 : Rule::m1;
	case Ground::process:
	case Ground::either:
		return matter.forced() ? Rule::f3 : Rule::m1;
	}
	return Rule::p3;
}

} // namespace tagtrap::judging
