// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/bench.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <system_error>

#include "harness/model/sweep.h"
#include "harness/mte/mode.h"
#include "harness/mte/tags.h"
#include "harness/run/stage.h"
#include "harness/sys/proc.h"
#include "harness/sys/raw.h"

namespace tagtrap {

namespace {

constexpr size_t margin = 64; ///< bytes before and behind the buffer that nobody may touch

/// Checks off for the harness's own accesses, as they were afterwards.
class Unchecked {
public:
	Unchecked() : before_(mte::set_tag_check_override(true)) {}
	Unchecked(const Unchecked &) = delete;
	Unchecked &operator=(const Unchecked &) = delete;
	~Unchecked() { mte::set_tag_check_override(before_); }

private:
	bool before_;
};

mte::PageFault page_fault(Stand stand)
{
	switch (stand) {
	case Stand::unmapped:
		return mte::PageFault::unmapped;
	case Stand::protnone:
		return mte::PageFault::protnone;
	case Stand::rdonly:
		return mte::PageFault::rdonly;
	default:
		return mte::PageFault::none;
	}
}

int64_t probe_plainly(Disposition, const std::function<int64_t()> &probe, Observation &)
{
	return probe();
}

bool opaque(const Point &point)
{
	return point.call->situation != nullptr && point.call->situation->opaque;
}

/// What the call returns when nothing is wrong.
int64_t full_result(const Point &point, uint32_t page_size)
{
	const Situation *const situation = point.call->situation;
	if (situation == nullptr)
		return point.length;
	return situation->full * (situation->in_pages ? page_size : 1);
}

/// What the target has to be ready for: all that is asked for, but streams may run dry.
uint32_t armed(const Point &point, uint32_t page_size)
{
	return point.place->kind == PlaceKind::file
		       ? point.length
		       : static_cast<uint32_t>(full_result(point, page_size));
}

} // namespace

/// Where things lie in the mapping, in bytes from its start.
struct Bench::Layout {
	size_t start;     ///< first byte of the buffer
	size_t bad_start; ///< granule (or page) that holds byte g
	size_t bad_end;   ///< index in the buffer behind the bad bytes, at most length
	bool page;        ///< a whole page is broken, not a granule
	size_t tail;      ///< bytes behind the buffer that can be looked at
};

Bench::Bench(const Directories &directories, uint32_t page_size)
	: directories_(directories), page_size_(page_size), buffer_(8ul * page_size)
{
	Recorder::reset_all();
}

Bench::Layout Bench::lay_out(const Point &point) const
{
	Layout layout = {};
	layout.start = page_size_ + point.align;
	layout.page = page_fault(point.stand) != mte::PageFault::none;
	const size_t unit = layout.page ? page_size_ : granule_size;
	layout.bad_start = (layout.start + point.offset) / unit * unit;
	layout.bad_end = std::min<size_t>(point.length, layout.bad_start + unit - layout.start);
	layout.tail = margin;
	return layout;
}

void Bench::fill(const Point &point, const Layout &layout, const ProbeArgs &args)
{
	const Unchecked unchecked;
	unsigned char *const bytes = buffer_.bytes(layout.start);
	std::memset(bytes - margin, 0xee, margin);
	const bool loads = point.call->direction == Direction::loads;
	std::memcpy(bytes, pattern(loads ? Content::fresh : Content::stale), point.length);
	std::memset(bytes + point.length, 0xee, margin);
	if (!opaque(point))
		return;
	if (point.call->situation->fill != nullptr)
		point.call->situation->fill(args, bytes);
	filled_.assign(bytes, bytes + point.length);
}

/// As look(), where only the case knows what the bytes mean.
void Bench::compare(const Point &point, const Layout &layout, Observation &seen) const
{
	const unsigned char *const bytes = buffer_.bytes(layout.start);
	const auto changed = [&](size_t from, size_t to) {
		return !std::equal(bytes + from, bytes + to, filled_.data() + from);
	};
	if (point.stand != Stand::bad)
		return;
	seen.granule_changed = changed(point.offset, layout.bad_end);
	seen.behind_changed = changed(layout.bad_end, point.length);
}

void Bench::look(const Point &point, const Layout &layout, const Target &target,
		 Observation &seen) const
{
	const Unchecked unchecked;
	const unsigned char *const bytes = buffer_.bytes(layout.start);
	const size_t length = point.length;
	// A missing page cannot be looked at: the buffer ends before it.
	const size_t reach = layout.page ? std::min<size_t>(length, point.offset) : length;
	const auto untouched = [](const unsigned char *at, size_t count) {
		return std::all_of(at, at + count, [](unsigned char byte) { return byte == 0xee; });
	};
	seen.around_changed = !untouched(bytes - margin, margin) ||
			      (reach == length && !untouched(bytes + length, margin));
	if (opaque(point))
		return compare(point, layout, seen);
	if (point.call->direction == Direction::loads) {
		seen.buffer_changed = leading(bytes, reach, Content::fresh) != reach;
		return;
	}
	seen.arrived = static_cast<int64_t>(leading(bytes, reach, target.delivers()));
	const size_t told = seen.result > 0 ? std::min(static_cast<size_t>(seen.result), reach) : 0;
	const size_t good = std::min<size_t>(point.offset, reach);
	seen.stored_beyond =
		static_cast<int64_t>(last_difference(bytes, told, good, Content::stale));
	if (layout.page || point.stand != Stand::bad)
		return;
	seen.granule_changed = last_difference(bytes, good, layout.bad_end, Content::stale) != 0;
	seen.behind_changed = last_difference(bytes, layout.bad_end, length, Content::stale) != 0;
}

Target &Bench::target_for(const Point &point)
{
	if (place_ != point.place) { // files of a place are gone before it is unmounted
		targets_.clear();
		place_ = point.place;
	}
	const TargetKey key = {point.place, point.state, point.direct, point.call->direction};
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
	if (mte::built_for_tags())
		if (const int64_t result = mte::set_mode(mode); result < 0)
			throw std::system_error(static_cast<int>(-result), std::generic_category(),
						"prctl(PR_SET_TAGGED_ADDR_CTRL)");
	mode_ = mode;
	mode_known_ = true;
	control_ = mte::current_control();
}

ProbeArgs Bench::arguments(const Point &point, const Layout &layout, const Target &target,
			   Observation &seen)
{
	ProbeArgs args;
	args.fd = target.fd();
	args.buffer = {buffer_.start().bits + layout.start};
	args.length = args.good = point.length;
	const size_t segments = std::max<size_t>(point.segment, 1);
	size_t from = 0;
	for (size_t i = 0; i < segments; ++i) {
		// Equal parts, cut at granules; the last one starts where the sweep says.
		const size_t to = i + 1 == segments
					  ? point.length
					  : last_segment_start(point.length, point.segment) /
						    (segments - 1) * (i + 1);
		vector_[i] = {reinterpret_cast<void *>(args.buffer.bits + from), to - from};
		from = to;
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
	const int64_t result = issuer(point.disposition, probe, seen);
	const Situation *const situation = point.call->situation;
	if (!point.call->shape.uring && !(situation != nullptr && situation->submits))
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

void Bench::repeat(const Point &point, const Layout &layout, Target &target, Observation &seen,
		   Channel &channel)
{
	Observation &again = channel.again;
	again = {};
	const ProbeArgs args = arguments(point, layout, target, again);
	target.arm(armed(point, page_size_));
	fill(point, layout, args);
	recorder_.record_into(&again);
	again.phase = Phase::entered;
	again.result = call(point, args, again, probe_plainly);
	again.phase = Phase::returned;
	if (!opaque(point) && point.call->direction == Direction::loads)
		target.inspect(point.length, again);
	Point good = point;
	good.stand = Stand::good;
	good.offset = point.length;
	look(good, layout, target, again);
	seen.repeated = true;
	seen.repeat_result = again.result;
	const int64_t full = full_result(point, page_size_);
	seen.repeat_data_right = again.signal_count == 0 && !again.around_changed &&
				 again.siblings_done == again.siblings_due &&
				 (opaque(point) ? true
				  : point.call->direction == Direction::loads
					  ? again.peer_arrived >= full && !again.buffer_changed
					  : again.arrived >= full);
}

/// The one step that issues the call under test.
void Bench::enter(const Point &point, const ProbeArgs &args, Observation &seen, Channel &channel)
{
	if (point.disposition == Disposition::pending) {
		recorder_.send_blocked();
		seen.pending_before = true;
	}
	channel.heartbeat++;
	// A fault of the suite's own that the CPU has put off (mode ASYNC) is told now, not later.
	sys::raw(SYS_gettid);
	const uint64_t began = sys::now_ns();
	channel.entered_ns = began;
	seen.phase = Phase::entered;
	// Where SA_RESTART asks for it, a restart would show.
	seen.result = point.disposition == Disposition::restart ? counted_call(point, args, seen)
								: call(point, args, seen, issue);
	channel.entered_ns = 0;
	if (seen.end == End::killed)
		return; // the child that made the call
	seen.phase = Phase::returned;
	seen.elapsed_ns = sys::now_ns() - began;
	sys::raw(SYS_gettid); // a signal that comes late comes here
	channel.heartbeat++;
	seen.phase = Phase::checking;
}

void Bench::run(const Point &point, Observation &seen, Channel &channel)
{
	const Layout layout = lay_out(point);
	Target &target = target_for(point);
	seen.length = point.length;
	seen.good = point.offset;
	seen.full = static_cast<uint64_t>(full_result(point, page_size_));
	seen.bad_pointer = buffer_.start().bits + layout.start + point.offset;
	seen.start = point.place->kind == PlaceKind::file ? 0 : -1;
	set_mode(point.mode);
	ProbeArgs args = arguments(point, layout, target, seen);
	if (point.stand == Stand::bad)
		args.good = point.offset;
	target.arm(armed(point, page_size_));
	fill(point, layout, args);
	if (!opaque(point))
		target.before(seen);
	recorder_.record_into(&seen);
	recorder_.dispose(point.disposition);
	if (point.stand == Stand::bad)
		buffer_.spoil(layout.bad_start);
	else if (layout.page)
		buffer_.break_page(layout.bad_start, page_fault(point.stand));
	enter(point, args, seen, channel);
	if (recorder_.blocks())
		seen.pending_after = recorder_.take_pending();
	if (!opaque(point))
		target.inspect(point.length, seen);
	look(point, layout, target, seen);
	seen.mode_kept = mte::current_control() == control_;
	seen.mask_kept = recorder_.mask_kept();
	seen.dispositions_kept = recorder_.dispositions_kept();
	if (layout.page) {
		buffer_.mend_page(layout.bad_start);
		rings_.clear(); // their registered buffer is the page that is gone
	} else {
		seen.tags_kept = buffer_.tags_right(
			layout.start, layout.start + point.length,
			point.stand == Stand::bad ? layout.bad_start : mte::TaggedMapping::npos);
		if (point.stand == Stand::bad)
			buffer_.mend(layout.bad_start);
	}
	// What leaked is told once, and not by every point that comes after.
	if (!seen.mask_kept || !seen.dispositions_kept)
		recorder_.forget();
	mode_known_ = mode_known_ && seen.mode_kept;
	if (!seen.tags_kept)
		buffer_.reset();
	if (seen.end == End::killed)
		return;
	repeat(point, layout, target, seen, channel);
	seen.phase = Phase::done;
	seen.end = End::returned;
	channel.heartbeat++;
}

void Bench::observe(const Point &point, Observation &seen, Channel &channel)
{
	if (!has_own_process(point.disposition)) {
		observe_here(point, seen, channel);
		return;
	}
	seen = {};
	seen.phase = Phase::arming;
	try {
		target_for(point); // made here, so that it outlives the process
		run_apart(
			point.disposition, [&] { observe_here(point, seen, channel); }, seen,
			[&](int process) { channel.process = process; });
	} catch (const std::system_error &error) {
		seen.end = End::setup_failed;
		seen.failure.error = error.code().value();
		std::strncpy(seen.failure.step.data(), error.what(), seen.failure.step.size() - 1);
	}
	channel.entered_ns = 0;
	channel.heartbeat++;
}

void Bench::observe_here(const Point &point, Observation &seen, Channel &channel)
{
	seen = {};
	seen.phase = Phase::arming;
	const auto failed = [&seen](int error, const char *step) {
		seen.end = End::setup_failed;
		seen.failure.error = error;
		std::strncpy(seen.failure.step.data(), step, seen.failure.step.size() - 1);
	};
	try {
		run(point, seen, channel);
	} catch (const std::system_error &error) {
		failed(error.code().value(), error.what());
	} catch (const std::exception &error) {
		failed(0, error.what());
	}
	if (seen.end == End::setup_failed) { // nothing half-made serves the next point
		targets_.clear();
		rings_.clear();
		buffer_.reset();
	}
	recorder_.record_into(nullptr);
}

void Bench::bare(const Point &point)
{
	const Layout layout = lay_out(point);
	Target &target = target_for(point);
	Observation scratch;
	set_mode(point.mode);
	const ProbeArgs args = arguments(point, layout, target, scratch);
	recorder_.record_into(&scratch);
	recorder_.dispose(point.disposition);
	target.arm(point.length);
	if (point.stand == Stand::bad)
		buffer_.spoil(layout.bad_start);
	call(point, args, scratch, probe_plainly);
	if (point.stand == Stand::bad)
		buffer_.mend(layout.bad_start);
	target.arm(point.length);
	call(point, args, scratch, probe_plainly);
}

} // namespace tagtrap
