// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

namespace tagtrap {

/// How far the worker child got with a point. Written by the child, read by the parent at any time.
enum class Phase : uint8_t { waiting, arming, entered, returned, checking, done };

/// How the observation ended.
enum class End : uint8_t {
	none,         ///< never started
	returned,     ///< the call returned and everything was checked
	killed,       ///< a signal ended the process during the call; see `death_signal`
	hung,         ///< the call did not end; see `hang`
	setup_failed, ///< the suite could not do its part; see `failure`
	machine_lost, ///< written by the host: the machine died in this point
};

/// A later look at a file.
enum class View : uint8_t {
	none,
	mapped,  ///< through a shared mapping
	synced,  ///< after fdatasync(2)
	dropped, ///< after that, and after the page cache was told to let go of it
	device,  ///< by O_DIRECT, which reads what the device has
	longer,  ///< behind its end, once it was made longer: zeros
};

/// What the kernel said of itself while a point ran, the worst of it.
enum class ComplaintKind : uint8_t {
	none,
	warning, ///< WARN, or a new taint that means no more than that: a note
	stall,   ///< a task, a CPU or RCU does not get on: P8
	report,  ///< a sanitizer, lockdep, another "BUG:": P8
	oops,    ///< CRASH
};

/// One signal that the recorder handler saw. Facts only.
struct SignalSeen {
	int32_t number = 0;
	int32_t code = 0;
	uint64_t address = 0; ///< si_addr, all 64 bits
	int32_t thread = 0;   ///< 0: the thread that issued the call, else another thread's tid
	bool before_return = false; ///< the handler ran before the caller saw the result
	bool behind_svc = false;    ///< the frame's pc is right behind an SVC instruction
	bool has_esr = false;
	int64_t frame_x0 = 0;       ///< x0 of the interrupted frame: the call's result so far
	uint64_t fault_address = 0; ///< sigcontext.fault_address
	uint64_t esr = 0;           ///< ESR record of the frame, if `has_esr`

	bool operator==(const SignalSeen &) const = default;
};

/// One look at a task that does not come back. Times in clock ticks of /proc (USER_HZ).
struct HangSample {
	uint64_t at_ns = 0; ///< since the call was entered
	uint64_t user_ticks = 0, system_ticks = 0;
	uint64_t minor_faults = 0;
	uint64_t voluntary_switches = 0;
	int32_t thread = 0; ///< tid that was looked at (an io-wq worker, perhaps)
	char state = '?';

	bool operator==(const HangSample &) const = default;
};

inline constexpr int max_signals = 4;
inline constexpr int max_stacks = 4;

/// Why nobody can say of a call that did not come back whether it hangs.
enum class Doubt : uint8_t {
	none,
	disk,        ///< it waits for a disk that has something to do
	standstill,  ///< the machine itself did next to nothing
	came_back,   ///< it came back between the last look and SIGKILL
	interrupted, ///< somebody ended the run meanwhile
};

/// What became of the same call with a good tag.
enum class Made : uint8_t {
	none,       ///< it was not made
	ended,      ///< it came back
	no_end,     ///< it did not
	failed,     ///< the suite could not prepare it
	wanted,     ///< it is to be made on another machine: this one is not as it was
	impossible, ///< ... and there is no other one
};

/// The same call with a good tag, beside one that does not come back: only where it ends is that a
/// hang.
struct GoodRun {
	Made made = Made::none;
	int64_t result = 0;
	uint64_t elapsed_ns = 0;

	bool operator==(const GoodRun &) const = default;
};

/// What was seen of a call that did not come back in time. Filled by the parent.
struct Hang {
	bool seen = false;
	bool killable = false;  ///< SIGKILL ended it within the grace
	bool worker = false;    ///< a kernel thread acting for the caller did the work
	bool shortened = false; ///< watched for a shorter time: its heart was watched in full
	bool paired = false;    ///< good-tag runs belong to it; not in runs of old versions
	Doubt doubt = Doubt::none;
	uint64_t watched_ns = 0;     ///< on the clock
	uint64_t counted_ns = 0;     ///< of a machine that is as fast as when it was calibrated
	uint64_t load_percent = 100; ///< share of the processor while watching; 100: as calibrated
	uint64_t kill_ns = 0;        ///< from SIGKILL until nothing was left, or nobody waited more
	HangSample first = {}, last = {};
	uint64_t others_progress = 0; ///< P6: operations a second task finished meanwhile
	int64_t others_baseline = -1; ///< ... and in the same time with nothing beside it
	bool others_measured = false;
	std::array<char, 64> wchan = {};
	std::array<char, 160> syscall = {};
	std::array<char, 64> heart = {};      ///< function that goes round, or in which it sleeps
	std::array<char, 256> innermost = {}; ///< functions and how often each was the innermost
	uint32_t stack_samples = 0;           ///< how many stacks were looked at
	std::array<std::array<char, 1024>, max_stacks> stacks =
		{}; ///< different ones, the most frequent first; newline separated
	std::array<uint32_t, max_stacks> stack_counts = {}; ///< how often each was seen

	bool operator==(const Hang &) const = default;
};

/// Where the suite's own work failed.
struct Failure {
	int32_t error = 0; ///< errno, 0 if none
	std::array<char, 120> step = {};

	bool operator==(const Failure &) const = default;
};

/// All that was seen of one probe. Trivially copyable: lives in memory shared by child and parent.
/// Holds facts, no opinion. Sizes and counts in bytes; -1 where a number does not apply.
struct Observation {
	Phase phase = Phase::waiting;
	End end = End::none;
	int32_t death_signal = 0;
	int64_t result = 0;        ///< count, or -errno; for io_uring the CQE's res
	int64_t submit_result = 0; ///< io_uring: what io_uring_enter returned; else equal to result
	uint64_t elapsed_ns = 0;
	uint64_t length = 0; ///< bytes asked for
	uint64_t good = 0;   ///< g
	uint64_t full = 0;   ///< what the call returns when nothing is wrong
	/// Tagged address of the first bad byte (index `good`, in whichever segment it lies), as
	/// the call was given it. 0: not known, addresses of signals are not judged.
	uint64_t bad_pointer = 0;
	// The caller's buffer.
	int64_t arrived = -1;         ///< leading bytes that are right and in order (kernel stores)
	int64_t stored_beyond = -1;   ///< highest changed index + 1 in [result, g), 0 if none
	bool granule_changed = false; ///< a byte of the bad granule was stored to
	bool behind_changed = false;  ///< a byte behind it, inside the buffer, was stored to
	bool around_changed = false;  ///< a byte outside of the buffer's segments was stored to
	bool buffer_changed = false;  ///< kernel loads: the buffer is not as it was
	/// Beginnings and ends of a second thread's changes during the call, and one for a change
	/// that had begun before.
	uint64_t race_steps = 0;
	// The file or the peer.
	int64_t peer_arrived =
		-1; ///< leading bytes of ours that the other side holds, right, in order
	int64_t peer_beyond = -1; ///< bytes past `result` that differ from what was there before
	int64_t peer_before = -1; ///< ... in front of the transfer
	/// Later looks at a file to which less was written than was asked for (-1: none was made):
	/// bytes that are not as they were at the first look, by the first look that differs; and
	/// bytes of any look that nobody wrote: not the caller's, not what was there, not zero.
	int64_t view_differs = -1, foreign = -1;
	View view = View::none;    ///< the look that differs
	uint64_t foreign_hash = 0; ///< FNV-1a of what nobody wrote, which is never kept
	int64_t size_before = -1, size_after = -1;
	int64_t position_before = -1, position_after = -1;
	int64_t start = -1;        ///< file offset at which the transfer starts
	int64_t source_left = -1;  ///< bytes still to be read from the pipe or socket
	int64_t source_total = -1; ///< bytes that were there before the call
	// Signals.
	uint32_t signal_count = 0; ///< may exceed max_signals
	std::array<SignalSeen, max_signals> signals = {};
	bool pending_before = false; ///< SIGSEGV that the suite sent itself was blocked and pending
	bool pending_after = false;  ///< SIGSEGV or SIGBUS pending after the call
	bool awaited = false;        ///< another thread got it from sigwait
	uint32_t stop_count = 0;     ///< signal stops that the tracer saw, if there is one
	SignalSeen stop = {};        ///< the first of them
	// What the same call did besides, and what came of those that were made afterwards.
	uint32_t siblings_due = 0;  ///< other requests of the call, which meet no bad granule
	uint32_t siblings_done = 0; ///< ... that were completed right
	int32_t child_signal = 0;   ///< that ended a child which was made after the call
	int32_t image_signal = 0;   ///< that ended a new image, executed after the call or by it
	uint32_t entries = 0;       ///< entries into the call that seccomp counted; 0: not counted
	// When the caller had seen the result.
	uint32_t late_count = 0;  ///< signals that the process was sent then, of the kernel's own
	SignalSeen late = {};     ///< the first of them
	int32_t late_death = 0;   ///< signal that ended the process then, by the kernel's own doing
	bool left_behind = false; ///< a task that the point made survived SIGKILL
	uint32_t issued_before = 0; ///< how often the call had been issued for this point already
	// Descriptors of the process right before and right after the call; -1: not looked at.
	int32_t open_before = -1, open_after = -1;     ///< how many of the lowest ones are open
	int32_t lowest_before = -1, lowest_after = -1; ///< the lowest that is free
	// What must be as before (P5).
	bool repeated = false;
	int64_t repeat_result = 0; ///< the same call with a good tag, on a re-armed target
	bool repeat_data_right = false;
	uint32_t tags_lost = 0;   ///< granules of memory with a history whose tag is another one
	uint32_t tags_gained = 0; ///< ... that have one where zero is due
	bool tags_kept = true, mode_kept = true, mask_kept = true, dispositions_kept = true;
	bool kernel_complained = false; ///< in its log, or by a new taint, while this point ran
	bool kernel_oopsed = false;     ///< ... and it was an oops
	ComplaintKind complaint_kind = ComplaintKind::none;
	std::array<char, 120> complaint = {}; ///< the first of that kind in the log, or what else
	Failure failure = {};
	Hang hang = {};
	// Of a call that did not come back: the same with a good tag, right before it, and
	// afterwards on a fresh object.
	GoodRun before = {}, after = {};

	bool operator==(const Observation &) const = default;
};

static_assert(std::is_trivially_copyable_v<Observation>);

} // namespace tagtrap
