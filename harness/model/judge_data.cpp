// SPDX-License-Identifier: GPL-2.0-only
// P4 from both ends, and P5: what else is as it was. -1 in a field: does not apply here.
#include <cerrno>
#include <fmt/format.h>

#include "harness/model/judge_parts.h"
#include "harness/model/row.h"
#include "harness/model/sweep.h"

namespace tagtrap::judging {

namespace {

/// Bytes that a good fault leaves alone, in the caller's buffer.
void judge_buffer(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	if (seen.around_changed)
		found.breaks(Rule::p4, "memory around the buffer was stored to");
	if (matter.point.call->direction == Direction::loads) {
		if (seen.buffer_changed)
			found.breaks(Rule::p4, "the buffer was stored to");
		// What is loaded first and stored later: the load faults, and nothing is stored.
		const rows::Row *const row = matter.point.call->row;
		if (row != nullptr && row->flow == rows::Flow::inout && matter.demand.faults() &&
		    seen.result == -EFAULT && seen.granule_changed)
			found.breaks(Rule::p4, "the bad granule was stored to");
		return;
	}
	// An access that is not checked may store wherever the caller's length reaches, a device
	// that fills whole blocks behind the end of a file as well.
	const bool guarded = matter.demand.stops() || matter.demand.ground == Ground::unreached;
	const bool may_skip = !matter.demand.promise.may_be_unchecked.empty();
	if (!guarded || matter.completed() ||
	    (matter.demand.ground == Ground::unreached && may_skip))
		return;
	if (seen.granule_changed)
		found.breaks(Rule::p4, matter.demand.ground == Ground::ordinary
					       ? "the forbidden page was stored to"
					       : "the bad granule was stored to");
	if (seen.behind_changed)
		found.breaks(Rule::p4, "bytes behind the fault were stored to");
}

void judge_arrival(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	const int64_t moved = matter.moved();
	const bool stores = matter.point.call->direction == Direction::stores;
	const int64_t right = stores ? seen.arrived : seen.peer_arrived;
	if (right >= 0 && right < moved) {
		found.breaks(Rule::p4, fmt::format("{} of {} bytes arrived right", right, moved));
		if (matter.right_pointer())
			found.breaks(Rule::p9);
		const Ground ground = matter.demand.ground;
		if ((ground == Ground::by_mode || ground == Ground::by_path) &&
		    moved > matter.demand.good)
			found.breaks(Rule::p3, "an unchecked access moves every byte right");
	}
	if (!stores && right > moved)
		found.breaks(Rule::p4, fmt::format("the other side holds {} bytes", right));
	if (seen.peer_beyond > 0)
		found.breaks(Rule::p4, fmt::format("{} bytes past the result changed on the other "
						   "side",
						   seen.peer_beyond));
	if (stores && seen.stored_beyond > 0)
		found.note(fmt::format("stored_beyond: up to byte {}", seen.stored_beyond));
}

std::string_view words_of(View view)
{
	switch (view) {
	case View::none:
		break;
	case View::mapped:
		return "through a mapping";
	case View::synced:
		return "after fdatasync";
	case View::dropped:
		return "after the page cache was told to let go of it";
	case View::device:
		return "when they are read from the device, by O_DIRECT";
	case View::longer:
		return "behind its end, once it was made longer";
	}
	return "at a later look";
}

/// The file around the transfer, and what later looks show of it.
void judge_views(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	if (seen.peer_before > 0)
		found.breaks(Rule::p4, fmt::format("{} bytes in front of the transfer changed on "
						   "the other side",
						   seen.peer_before));
	if (seen.view_differs > 0)
		found.breaks(Rule::p4, fmt::format("{} bytes of the file are others {}",
						   seen.view_differs, words_of(seen.view)));
	if (seen.foreign > 0)
		found.breaks(Rule::p4, fmt::format("the file holds {} bytes that nobody wrote",
						   seen.foreign));
}

/// Where the transfer started in the file; -1 if nobody can tell.
int64_t start_of(const Matter &matter)
{
	if (matter.seen.start >= 0)
		return matter.seen.start;
	return matter.point.call->shape.positioned ? -1 : matter.seen.position_before;
}

void judge_file(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	const int64_t moved = matter.moved();
	const Case &call = *matter.point.call;
	if (seen.position_before >= 0 && seen.position_after >= 0) {
		const int64_t due = call.shape.positioned ? seen.position_before
							  : sum(seen.position_before, moved);
		if (seen.position_after != due)
			found.breaks(Rule::p4, fmt::format("file position {} instead of {}",
							   seen.position_after, due));
	}
	if (seen.size_before < 0 || seen.size_after < 0)
		return;
	int64_t due = seen.size_before;
	if (call.direction == Direction::loads && moved > 0) {
		const int64_t start = start_of(matter);
		if (start < 0) // it may have grown, but by what was moved at the most
			due = std::clamp(seen.size_after, due, sum(due, moved));
		else
			due = std::max(due, sum(start, moved));
	}
	if (seen.size_after != due)
		found.breaks(Rule::p4,
			     fmt::format("file size {} instead of {}", seen.size_after, due));
}

/// What a row acts upon, after an error. Where the call works its setting knows more than the row.
void judge_object(const Matter &matter, const rows::Row &row, int64_t taken, Findings &found)
{
	if (matter.seen.result >= 0 || taken == 0)
		return;
	// What is loaded and then stored to is refused by the store, behind all that the call does.
	const bool late =
		row.flow == rows::Flow::inout && (forbids_stores_only(matter.point.stand) ||
						  matter.point.mode == TagCheckMode::storeonly);
	const bool same = row.due.after == rows::After::same && !late;
	const std::string what =
		taken > 0 ? fmt::format("{} bytes were taken out of the object", taken)
			  : fmt::format("{} bytes came into the object", -taken);
	if (same)
		found.breaks(Rule::p4, what + ", which was to stay as it was");
	else if (taken > 0)
		found.note(fmt::format("lost: {} bytes were consumed and not delivered", taken));
	else
		found.note("changed: the call failed, and " + what);
}

/// A pipe or socket that was read: what is neither counted nor left is gone.
void judge_source(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	if (seen.source_total < 0 || seen.source_left < 0)
		return;
	const int64_t taken = seen.source_total - seen.source_left;
	if (const rows::Row *const row = matter.point.call->row)
		return judge_object(matter, *row, taken, found);
	if (taken < matter.moved())
		found.breaks(Rule::p4,
			     fmt::format("{} bytes are still to be read, {} are due",
					 seen.source_left, seen.source_total - matter.moved()));
	else if (taken > matter.moved())
		found.note(fmt::format("lost: {} bytes were consumed and not delivered",
				       taken - matter.moved()));
}

/// Mask and dispositions. A signal that cannot be held back is taken out of the mask, and its
/// action is reset, before a tracer sees it: when that takes it away, the process lives on so.
void judge_handling(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	const Disposition how = matter.point.disposition;
	const bool taken =
		matter.forced() && matter.outcome() == Outcome::suppressed && seen.stop_count > 0;
	const auto heed = [&](bool kept, Disposition held, const char *note, const char *leak) {
		if (!kept && taken && how == held)
			found.note(note);
		else if (!kept)
			found.breaks(Rule::p5, leak);
	};
	heed(seen.mask_kept, Disposition::blocked,
	     "opened: the signal that the tracer took away is not blocked any more",
	     "the signal mask changed");
	heed(seen.dispositions_kept, Disposition::ignored,
	     "reset: the signal that the tracer took away is not ignored any more",
	     "a signal disposition changed");
}

} // namespace

void judge_data(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	judge_buffer(matter, found);
	const bool loads = matter.point.call->direction == Direction::loads;
	if (loads && matter.demand.faults() && !matter.completed() &&
	    seen.peer_arrived > matter.demand.good)
		found.breaks(Rule::p4, "bytes of the bad granule reached the other side");
	if (seen.end != End::returned || matter.demand.promise.kind == PromiseKind::ignored)
		return; // no count to compare with
	judge_arrival(matter, found);
	judge_views(matter, found);
	judge_file(matter, found);
	judge_source(matter, found);
}

void judge_leaks(const Matter &matter, Findings &found)
{
	const Observation &seen = matter.seen;
	// After a hang, and where it is the point itself, the repeat is another one.
	const bool remount = matter.remounts() || seen.end == End::hung;
	const std::string_view repeat = remount ? "unmounting the place and mounting it again"
						: "the same call with a good tag";
	if (seen.repeated && seen.repeat_result != matter.demand.full) {
		found.breaks(Rule::p5,
			     fmt::format("{} then gave {} instead of {}", repeat,
					 result_text(seen.repeat_result), matter.demand.full));
		if (matter.forced() && seen.pending_before)
			found.breaks(Rule::f7, "a SIGSEGV that was sent was blocked and pending");
	} else if (seen.repeated && !seen.repeat_data_right) {
		found.breaks(Rule::p5, fmt::format("{} then moved wrong data", repeat));
	} else if (!seen.repeated && seen.end == End::returned) {
		found.note("unrepeated: the call was not made again with a good tag");
	}
	if (seen.lowest_before != seen.lowest_after)
		found.breaks(Rule::p5, fmt::format("the lowest free descriptor was {} and is {}",
						   seen.lowest_before, seen.lowest_after));
	else if (seen.open_before != seen.open_after)
		found.breaks(Rule::p5, fmt::format("{} descriptors were open, {} are",
						   seen.open_before, seen.open_after));
	if (!seen.tags_kept)
		found.breaks(Rule::p5, "allocation tags changed");
	if (seen.tags_lost > 0)
		found.breaks(Rule::p9,
			     fmt::format("{} granules have lost their tag", seen.tags_lost));
	if (seen.tags_gained > 0)
		found.breaks(Rule::p9, fmt::format("{} granules have a tag where zero is due",
						   seen.tags_gained));
	if (!seen.mode_kept)
		found.breaks(Rule::p5, "the thread's tag check mode changed");
	judge_handling(matter, found);
	const bool nobody = matter.forced() && matter.demand.ground == Ground::worker;
	if (nobody && !(seen.mask_kept && seen.dispositions_kept))
		found.breaks(Rule::f9, "the fault of a kernel thread reached the process");
}

} // namespace tagtrap::judging
