// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/bench.h"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <system_error>

#include "harness/model/sweep.h"
#include "harness/mte/mode.h"
#include "harness/mte/tags.h"
#include "harness/run/descriptors.h"
#include "harness/run/due.h"
#include "harness/sys/proc.h"
#include "harness/sys/raw.h"
#include "harness/sys/unreached.h"

namespace tagtrap {

namespace {

/// Threads of the kernel act for the caller of this point, and may still be at it when it has its
/// result: a signal that one of them raises has to come while the point is in hand. Hidden cases
/// stand in for all kinds of calls.
bool acts_later(const Point &point)
{
	const Situation *const situation = point.call->situation;
	return point.call->shape.uring || point.call->shape.hidden ||
	       (situation != nullptr &&
		(situation->submits || situation->audience != Audience::caller));
}

/// An observation made anew knows whether the call was issued before.
void renew(Observation &seen)
{
	const bool issued = seen.phase != Phase::waiting && seen.phase != Phase::arming;
	const uint32_t before = seen.issued_before + (issued ? 1 : 0);
	seen = {};
	seen.issued_before = before;
	seen.phase = Phase::arming;
}

} // namespace

Bench::Bench(const Directories &directories, uint32_t page_size)
	: directories_(directories), page_size_(page_size), buffer_(page_size)
{
	Recorder::reset_all();
}

Target &Bench::target_for(const Point &point)
{
	if (place_ != point.place) { // files of a place are gone before it is unmounted
		targets_.clear();
		place_ = point.place;
	}
	const rows::Row *const row = point.call->row;
	// What one row leaves of an object is for the next to renew, whichever way bytes go.
	const TargetKey key = {point.place,
			       point.state,
			       point.direct,
			       point.from,
			       row != nullptr ? Direction::stores : point.call->direction,
			       row != nullptr ? &row->on : nullptr};
	auto &target = targets_[key];
	if (!target) {
		const auto found = directories_.find(point.place->name);
		target = make_target(point, found == directories_.end() ? "." : found->second,
				     page_size_);
	}
	return *target;
}

Ring &Bench::ring_for(const Point &point)
{
	auto &ring = rings_[point.submission];
	if (!ring)
		ring = std::make_unique<Ring>(point.submission, buffer_.start(), buffer_.size());
	return *ring;
}

void Bench::set_mode(TagCheckMode mode)
{
	if (mode_known_ && mode_ == mode)
		return;
	if (mte::have_tags())
		if (const int64_t result = mte::set_mode(mode); result < 0)
			throw std::system_error(static_cast<int>(-result), std::generic_category(),
						"prctl(PR_SET_TAGGED_ADDR_CTRL)");
	mode_ = mode;
	mode_known_ = true;
	control_ = mte::current_control();
}

ProbeArgs Bench::arguments(const Point &point, const BufferLayout &layout, const Target &target,
			   Observation &seen)
{
	ProbeArgs args;
	args.fd = target.fd();
	args.offset = point.from;
	args.second = target.second();
	args.row = point.call->row;
	args.buffer = buffer_.pointer(point, layout);
	args.length = args.good = point.length;
	const size_t segments = std::max<size_t>(point.segment, 1);
	for (uint32_t i = 0; i < segments; ++i) {
		const uint32_t begin = segment_start(point.length, point.segment, i);
		const uint32_t end = segment_start(point.length, point.segment, i + 1);
		vector_[i] = {reinterpret_cast<void *>(args.buffer.bits + begin), end - begin};
	}
	args.vector = vector_.data();
	args.segments = segments;
	args.submit_result = &seen.submit_result;
	args.spare = {buffer_.start().bits + buffer_.size() - 2ul * page_size_};
	args.page_size = page_size_;
	args.seen = &seen;
	constexpr uint64_t watched = uint64_t{1} << (SIGSEGV - 1) | uint64_t{1} << (SIGBUS - 1);
	temporary_mask_ = point.disposition == Disposition::mask_shut ? watched : 0;
	args.mask = has_temporary_mask(point.disposition) ? &temporary_mask_ : nullptr;
	if (point.call->shape.uring && point.call->situation == nullptr)
		args.ring = &ring_for(point);
	return args;
}

int64_t Bench::call(const Point &point, const ProbeArgs &args, Observation &seen, Issuer issuer)
{
	const auto probe = [&] {
		mte::set_tag_check_override(point.tco);
		const int64_t result = point.call->probe(args);
		mte::set_tag_check_override(false);
		return result;
	};
	const Errand errand = {probe, [&] { look_at_caller(seen); }};
	const int64_t result = issuer(point, errand, seen);
	const Situation *const situation = point.call->situation;
	if (!point.call->shape.uring && point.call->row == nullptr &&
	    !(situation != nullptr && situation->submits))
		seen.submit_result = result;
	return result;
}

int64_t Bench::counted_call(const Point &point, const ProbeArgs &args, Observation &seen)
{
	sys::probe_cookie = sys::counted_cookie;
	const int64_t result = call(point, args, seen, issue);
	sys::probe_cookie = 0;
	sys::raw(SYS_gettid); // leaves no cookie in a register, for libc to pass on
	return result;
}

/// What belongs to a thread or process. Adds to what was seen: another thread, or a child that
/// shares this memory, looks before the leader does.
void Bench::look_at_caller(Observation &seen) const
{
	seen.pending_after |= recorder_.blocks() && recorder_.pending();
	seen.mode_kept &= mte::current_control() == control_;
	seen.mask_kept &= recorder_.mask_kept();
	seen.dispositions_kept &= recorder_.dispositions_kept();
}

/// The one step that issues the call under test.
void Bench::enter(const Point &point, const ProbeArgs &args, Observation &seen, Channel &channel)
{
	if (point.disposition == Disposition::pending) {
		recorder_.send_blocked();
		seen.pending_before = true;
	}
	channel.heartbeat++;
	const Descriptors before = descriptors();
	// A fault of the suite's own that the CPU has put off (mode ASYNC) is told now, not later.
	sys::raw(SYS_gettid);
	recorder_.record_into(&seen); // until now what comes late belongs to the point before
	const uint64_t began = sys::now_ns();
	channel.entered_ns = began;
	const uint64_t steps = buffer_.race_steps();
	seen.phase = Phase::entered;
	// Where SA_RESTART asks for it, a restart would show.
	seen.result = point.disposition == Disposition::restart ? counted_call(point, args, seen)
								: call(point, args, seen, issue);
	// Odd: a change had begun, and its middle is what the call met.
	seen.race_steps = buffer_.race_steps() - steps + steps % 2;
	channel.entered_ns = 0;
	if (seen.end != End::none)
		return; // the child that made the call died, and is what was seen
	seen.phase = Phase::returned;
	seen.elapsed_ns = sys::now_ns() - began;
	sys::raw(SYS_gettid); // a signal that comes late comes here
	channel.heartbeat++;
	seen.phase = Phase::checking;
	const Descriptors after = descriptors();
	seen.open_before = before.open;
	seen.open_after = after.open;
	seen.lowest_before = before.lowest;
	seen.lowest_after = after.lowest;
}

void Bench::run(const Point &point, Observation &seen, Channel &channel)
{
	const BufferLayout layout = buffer_.lay_out(point);
	Target &target = target_for(point);
	seen.length = point.length;
	seen.good = point.offset;
	seen.full = static_cast<uint64_t>(full_result(point, page_size_));
	seen.start = point.place->kind == PlaceKind::file ? int64_t{point.from} : -1;
	set_mode(point.mode);
	good_before(point, layout, target, seen, channel);
	buffer_.take(point);
	seen.bad_pointer = buffer_.pointer(point, layout).bits + point.offset;
	target.arm(armed(point, page_size_)); // what it is told by may be new
	ProbeArgs args = arguments(point, layout, target, seen);
	if (point.stand == Stand::bad)
		args.good = point.offset;
	args.unreadable = breaks_page(point.stand) && !forbids_stores_only(point.stand) &&
			  point.offset < point.length;
	buffer_.fill(point, layout, args);
	if (!opaque(point) || point.call->row != nullptr)
		target.before(seen);
	target.carries(buffer_.content(point));
	recorder_.dispose(point.disposition);
	buffer_.spoil(point, layout);
	buffer_.reach();
	enter(point, args, seen, channel);
	buffer_.rest();
	look_at_caller(seen);
	if (seen.pending_after)
		recorder_.take_pending();
	if (!opaque(point) || point.call->row != nullptr)
		target.inspect(point.length, seen);
	buffer_.look(point, layout, target.delivers(), seen);
	buffer_.look_at_tags(point, layout, seen);
	buffer_.mend(point, layout);
	if (layout.page)
		rings_.clear(); // their registered buffer is the page that is gone
	// What leaked is told once, and not by every point that comes after.
	if (!seen.mask_kept || !seen.dispositions_kept)
		recorder_.forget();
	mode_known_ = mode_known_ && seen.mode_kept;
	if (!seen.tags_kept) {
		rings_.clear(); // their registered buffer is the one that goes
		buffer_.reset();
	}
	if (seen.end != End::none)
		return;
	repeat(point, layout, target, seen, channel);
	if (acts_later(point)) {
		constexpr timespec while_they_end = {0, 1'000'000};
		sys::raw(SYS_nanosleep, sys::arg(&while_they_end), 0);
	}
	seen.before = {}; // is of interest where the call does not come back
	seen.phase = Phase::done;
	seen.end = End::returned;
	channel.heartbeat++;
}

void Bench::observe(const Point &point, Observation &seen, Channel &channel)
{
	if (!row_of(point.caller).own_process) {
		observe_here(point, seen, channel);
		return;
	}
	renew(seen);
	try {
		target_for(point); // made here, so that it outlives the process
		run_apart(
			point.caller, [&] { observe_here(point, seen, channel); }, seen);
	} catch (const std::system_error &error) {
		fail_setup(seen, error.code().value(), error.what());
	}
	channel.entered_ns = 0;
	channel.heartbeat++;
}

void Bench::observe_here(const Point &point, Observation &seen, Channel &channel)
{
	renew(seen);
	try {
		run(point, seen, channel);
	} catch (const sys::Unreached &why) {
		fail_setup(seen, 0, fmt::format("{}{}", missing_here, why.what()));
	} catch (const std::system_error &error) {
		fail_setup(seen, error.code().value(), error.what());
	} catch (const std::exception &error) {
		fail_setup(seen, 0, error.what());
	}
	if (seen.end == End::setup_failed) { // nothing half-made serves the next point
		if (recorder_.blocks())
			recorder_.take_pending();
		targets_.clear();
		rings_.clear();
		buffer_.reset();
		repeated_.reset();
	}
}

} // namespace tagtrap
