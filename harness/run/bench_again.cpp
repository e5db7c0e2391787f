// SPDX-License-Identifier: GPL-2.0-only
// The call without a watchdog and without a fault: the repeat, and what the command `bench` times.
#include "harness/model/sweep.h"
#include "harness/run/bench.h"
#include "harness/run/due.h"
#include "harness/sys/proc.h"

namespace tagtrap {

namespace {

int64_t probe_plainly(const Point &, const Errand &errand, Observation &)
{
	return errand.call();
}

/// What points have in common that share a run with a good tag.
Point twin(Point point)
{
	point.stand = Stand::good;
	point.memory = Memory::plain;
	point.offset = 0;
	if (point.call->row != nullptr)
		rows::place_granule(*point.call->row, Position::first, point);
	point.disposition = Disposition::handler;
	return point;
}

} // namespace

/// Object and buffer as for a call with a good tag.
ProbeArgs Bench::prepare_again(const Point &point, const BufferLayout &layout, Target &target,
			       Observation &again)
{
	again = {};
	target.arm(armed(point, page_size_));
	const ProbeArgs args = arguments(point, layout, target, again);
	buffer_.fill(point, layout, args);
	target.carries(buffer_.content(point));
	return args;
}

/// Makes that call.
GoodRun Bench::call_again(const Point &point, const ProbeArgs &args, Observation &again)
{
	again.phase = Phase::entered;
	const uint64_t began = sys::now_ns();
	again.result = call(point, args, again, probe_plainly);
	const GoodRun run = {Made::ended, again.result, sys::now_ns() - began};
	again.phase = Phase::returned;
	return run;
}

/// Issues the call with a good tag. Until it is back `run` says that it is not.
void Bench::make_good(const Point &point, const BufferLayout &layout, Target &target,
		      Channel &channel, GoodRun &run)
{
	const ProbeArgs args = prepare_again(point, layout, target, channel.again);
	run.made = Made::no_end;
	run = call_again(point, args, channel.again);
	channel.heartbeat++;
}

/// Whether a call that does not come back hangs is told by the same call with a good tag, right
/// before it: as a rule the repeat of the item before was just that.
void Bench::good_before(const Point &point, const BufferLayout &layout, Target &target,
			Observation &seen, Channel &channel)
{
	if (point.stand == Stand::good && point.memory == Memory::plain)
		return;
	if (repeated_ == twin(point))
		seen.before = repeat_;
	else
		make_good(point, layout, target, channel, seen.before);
	repeated_.reset();
}

void Bench::observe_good(const Point &point, Channel &channel)
{
	try {
		const BufferLayout layout = buffer_.lay_out(point);
		buffer_.leave();
		set_mode(point.mode);
		make_good(point, layout, target_for(point), channel, channel.good);
	} catch (const std::exception &) {
		channel.good.made = Made::failed;
	}
}

void Bench::repeat(const Point &point, const BufferLayout &layout, Target &target,
		   Observation &seen, Channel &channel)
{
	Observation &again = channel.again;
	const ProbeArgs args = prepare_again(point, layout, target, again);
	recorder_.record_into(&again);
	repeat_ = call_again(point, args, again);
	recorder_.record_into(&seen); // nothing of the repeat is judged but its result
	// Nothing was due in the repeat: a signal that came then comes late, or for nothing.
	if (again.signal_count > 0) {
		seen.late_count += again.signal_count;
		seen.late = again.signals[0];
	}
	if (!opaque(point) && point.call->direction == Direction::loads)
		target.inspect(point.length, again);
	Point good = point;
	good.stand = Stand::good;
	// Where a call stores what only the kernel knows, it has to have stored something.
	const bool marks = marks_granule(point) && !layout.page;
	if (!marks)
		good.offset = point.length;
	buffer_.look(good, layout, target.delivers(), again);
	seen.repeated = true;
	seen.repeat_result = again.result;
	const int64_t full = full_result(point, page_size_);
	seen.repeat_data_right = !again.around_changed &&
				 again.siblings_done == again.siblings_due &&
				 (opaque(point) ? !marks || again.granule_changed
				  : point.call->direction == Direction::loads
					  ? again.peer_arrived >= full && again.peer_before <= 0 &&
						    !again.buffer_changed
					  : again.arrived >= full);
	if (seen.repeat_data_right && seen.repeat_result == full)
		repeated_ = twin(point);
}

void Bench::bare(const Point &point)
{
	const BufferLayout layout = buffer_.lay_out(point);
	Target &target = target_for(point);
	Observation scratch;
	set_mode(point.mode);
	const ProbeArgs args = arguments(point, layout, target, scratch);
	recorder_.record_into(&scratch);
	recorder_.dispose(point.disposition);
	target.arm(point.length);
	buffer_.spoil(point, layout);
	call(point, args, scratch, probe_plainly);
	buffer_.mend(point, layout);
	target.arm(point.length);
	call(point, args, scratch, probe_plainly);
}

} // namespace tagtrap
