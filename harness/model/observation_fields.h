// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "harness/model/observation.h"

namespace tagtrap {

/// A number that the journal holds as a hex string.
template <class Struct> struct HexField {
	uint64_t Struct::*member;
};

/// The journal's names of all fields, once for both directions: `visit(name, member)` for each.
template <class Visit> constexpr void each_field(const SignalSeen *, Visit &&visit)
{
	visit("number", &SignalSeen::number);
	visit("code", &SignalSeen::code);
	visit("address", HexField<SignalSeen>{&SignalSeen::address});
	visit("thread", &SignalSeen::thread);
	visit("before_return", &SignalSeen::before_return);
	visit("behind_svc", &SignalSeen::behind_svc);
	visit("has_esr", &SignalSeen::has_esr);
	visit("frame_x0", &SignalSeen::frame_x0);
	visit("fault_address", HexField<SignalSeen>{&SignalSeen::fault_address});
	visit("esr", HexField<SignalSeen>{&SignalSeen::esr});
}

template <class Visit> constexpr void each_field(const HangSample *, Visit &&visit)
{
	visit("at_ns", &HangSample::at_ns);
	visit("user_ticks", &HangSample::user_ticks);
	visit("system_ticks", &HangSample::system_ticks);
	visit("minor_faults", &HangSample::minor_faults);
	visit("voluntary_switches", &HangSample::voluntary_switches);
	visit("thread", &HangSample::thread);
	visit("state", &HangSample::state);
}

template <class Visit> constexpr void each_field(const Hang *, Visit &&visit)
{
	visit("seen", &Hang::seen);
	visit("killable", &Hang::killable);
	visit("worker", &Hang::worker);
	visit("shortened", &Hang::shortened);
	visit("paired", &Hang::paired);
	visit("doubt", &Hang::doubt);
	visit("watched_ns", &Hang::watched_ns);
	visit("counted_ns", &Hang::counted_ns);
	visit("load_percent", &Hang::load_percent);
	visit("kill_ns", &Hang::kill_ns);
	visit("first", &Hang::first);
	visit("last", &Hang::last);
	visit("others_progress", &Hang::others_progress);
	visit("others_baseline", &Hang::others_baseline);
	visit("others_measured", &Hang::others_measured);
	visit("wchan", &Hang::wchan);
	visit("syscall", &Hang::syscall);
	visit("heart", &Hang::heart);
	visit("innermost", &Hang::innermost);
	visit("stack_samples", &Hang::stack_samples);
	visit("stacks", &Hang::stacks);
	visit("stack_counts", &Hang::stack_counts);
}

template <class Visit> constexpr void each_field(const GoodRun *, Visit &&visit)
{
	visit("made", &GoodRun::made);
	visit("result", &GoodRun::result);
	visit("elapsed_ns", &GoodRun::elapsed_ns);
}

template <class Visit> constexpr void each_field(const Failure *, Visit &&visit)
{
	visit("error", &Failure::error);
	visit("step", &Failure::step);
}

template <class Visit> constexpr void each_field(const Observation *, Visit &&visit)
{
	visit("phase", &Observation::phase);
	visit("end", &Observation::end);
	visit("death_signal", &Observation::death_signal);
	visit("result", &Observation::result);
	visit("submit_result", &Observation::submit_result);
	visit("elapsed_ns", &Observation::elapsed_ns);
	visit("length", &Observation::length);
	visit("good", &Observation::good);
	visit("full", &Observation::full);
	visit("bad_pointer", HexField<Observation>{&Observation::bad_pointer});
	visit("arrived", &Observation::arrived);
	visit("stored_beyond", &Observation::stored_beyond);
	visit("granule_changed", &Observation::granule_changed);
	visit("behind_changed", &Observation::behind_changed);
	visit("around_changed", &Observation::around_changed);
	visit("buffer_changed", &Observation::buffer_changed);
	visit("race_steps", &Observation::race_steps);
	visit("peer_arrived", &Observation::peer_arrived);
	visit("peer_beyond", &Observation::peer_beyond);
	visit("peer_before", &Observation::peer_before);
	visit("view_differs", &Observation::view_differs);
	visit("foreign", &Observation::foreign);
	visit("view", &Observation::view);
	visit("foreign_hash", HexField<Observation>{&Observation::foreign_hash});
	visit("size_before", &Observation::size_before);
	visit("size_after", &Observation::size_after);
	visit("position_before", &Observation::position_before);
	visit("position_after", &Observation::position_after);
	visit("start", &Observation::start);
	visit("source_left", &Observation::source_left);
	visit("source_total", &Observation::source_total);
	visit("signal_count", &Observation::signal_count);
	visit("signals", &Observation::signals);
	visit("pending_before", &Observation::pending_before);
	visit("pending_after", &Observation::pending_after);
	visit("awaited", &Observation::awaited);
	visit("stop_count", &Observation::stop_count);
	visit("stop", &Observation::stop);
	visit("siblings_due", &Observation::siblings_due);
	visit("siblings_done", &Observation::siblings_done);
	visit("child_signal", &Observation::child_signal);
	visit("image_signal", &Observation::image_signal);
	visit("entries", &Observation::entries);
	visit("late_count", &Observation::late_count);
	visit("late", &Observation::late);
	visit("late_death", &Observation::late_death);
	visit("left_behind", &Observation::left_behind);
	visit("issued_before", &Observation::issued_before);
	visit("open_before", &Observation::open_before);
	visit("open_after", &Observation::open_after);
	visit("lowest_before", &Observation::lowest_before);
	visit("lowest_after", &Observation::lowest_after);
	visit("repeated", &Observation::repeated);
	visit("repeat_result", &Observation::repeat_result);
	visit("repeat_data_right", &Observation::repeat_data_right);
	visit("tags_lost", &Observation::tags_lost);
	visit("tags_gained", &Observation::tags_gained);
	visit("tags_kept", &Observation::tags_kept);
	visit("mode_kept", &Observation::mode_kept);
	visit("mask_kept", &Observation::mask_kept);
	visit("dispositions_kept", &Observation::dispositions_kept);
	visit("kernel_complained", &Observation::kernel_complained);
	visit("kernel_oopsed", &Observation::kernel_oopsed);
	visit("complaint_kind", &Observation::complaint_kind);
	visit("complaint", &Observation::complaint);
	visit("failure", &Observation::failure);
	visit("hang", &Observation::hang);
	visit("before", &Observation::before);
	visit("after", &Observation::after);
}

} // namespace tagtrap
