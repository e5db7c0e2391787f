// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "harness/model/disposition.h"
#include "harness/model/place.h"
#include "harness/model/promise.h"

namespace tagtrap {

struct ProbeArgs; // fixtures/target.h

namespace rows {
struct Row; // harness/model/row.h
}

/// What the kernel does with the user's buffer.
enum class Direction : uint8_t {
	stores, ///< read(2): the kernel stores into the buffer
	loads,  ///< write(2): the kernel loads from the buffer
};

/// How a call gets at its buffer, which decides the sweeps that apply to it.
struct Shape {
	bool vectored = false;   ///< takes iovecs: the second segment is swept
	bool positioned = false; ///< takes an offset: does not move the file position
	bool uring = false;      ///< submitted through io_uring: inline, worker and SQPOLL
	bool fixed = false;      ///< buffer registered beforehand: pinned, unchecked
	bool once = false;       ///< one point per place, planned behind all others of the place
	bool together = false;   ///< a second task works on the mount meanwhile (P6)
	bool remount = false;    ///< no call: the session unmounts and mounts the place again (P5)
	/// Only in a plan that names the call, and only on a machine that is ours to lose: tests of
	/// the suite itself. A control and the granule in three positions, whatever the level.
	bool hidden = false;
	bool hazardous = false; ///< may take the machine down: a `begin` of its own, planned last
	/// Stands for the others where `--quick` tries what depends on the signal, not on the call.
	bool representative = false;
};

/// Whose business the fault of a situation is.
enum class Audience : uint8_t {
	caller,    ///< the thread that makes the call: F1
	either,    ///< the caller or a kernel thread that acts for it
	nobody,    ///< no thread is left that could be signalled: F9
	uninvited, ///< nobody asked for the access: F8, and the call does all it was asked for
};

inline constexpr uint32_t at_start[] = {0};
inline constexpr Disposition caught_only[] = {Disposition::handler};

/// What a case is that arranges more than one plain transfer: a handful of points, the same in
/// every plan. Where the granule lies and what the call makes of it is the case's own business.
struct Situation {
	uint32_t length = 1024;              ///< bytes of the buffer
	int64_t full = 0;                    ///< what the call returns when nothing is wrong
	bool in_pages = false;               ///< length, full and offsets are pages, not bytes
	uint16_t align = 0;                  ///< of the buffer, behind a page edge
	FileState state = FileState::cached; ///< where there are files
	std::span<const uint32_t> offsets = at_start;
	std::span<const Disposition> dispositions = caught_only; ///< of the leader
	/// Others that make the call, each with what a signal meets in general (combine.h).
	std::span<const Caller> callers = {};
	Audience audience = Audience::caller;
	std::string_view place = {}; ///< only there
	bool opaque = true;          ///< the buffer is no stream of bytes that could be followed
	/// What is stored lands in the memory of another process, where nobody looks.
	bool elsewhere = false;
	bool submits = false; ///< the probe itself notes what the call returned that submitted it
	bool needs_root = false;
	bool needs_signal = false; ///< without the forced signal the call rightly sleeps for good
	/// Puts into `bytes` what the call loads. Tag checks are off; `bytes` is args.buffer.
	void (*fill)(const ProbeArgs &args, unsigned char *bytes) = nullptr;
	/// Why this machine cannot arrange it; empty: it can. Asked once, before the worker
	/// children and outside their seccomp filter. Null: every machine can.
	std::string (*lacks)() = nullptr;
};

/// One system call with one user pointer under test. Declared data: one file under tests/ each.
struct Case {
	std::string_view name;   ///< CALL of an id
	std::string_view man;    ///< man page, "read(2)"
	std::string_view kernel; ///< where the kernel's copy starts, "ksys_read"
	Direction direction = Direction::stores;
	std::span<const PlaceKind> on = {};
	/// What a TEST-SPEC in brackets selects, `kernel:COMMIT` for the fix that a case guards.
	std::span<const std::string_view> tags = {};
	Shape shape = {};
	const Situation *situation = nullptr; ///< null: a transfer, swept as `shape` says
	const rows::Row *row = nullptr;       ///< what it was made of, if that is data alone
	/// System calls (numbers) that the probe makes besides those that every worker child may
	/// make: anything else ends the child (harness/run/guard.h).
	std::span<const int> needs = {};
	/// Issues the call once and returns the count or -errno. Runs in the worker child; enters
	/// the kernel through sys::raw() or liburing, never retries, never touches the buffer.
	int64_t (*probe)(const ProbeArgs &) = nullptr;
	/// How far the path of `point` copies on the kernel `facts`.
	Promise (*promise)(const Point &point, const KernelFacts &facts) = nullptr;
};

/// Adds a case to the registry at start-up; tests/ files hold one static object each.
struct Registered {
	explicit Registered(const Case &row);
};

/// Whether `call` can be made on `place`.
bool acts_on(const Case &call, const Place &place);

/// Whether the kernel stores into the buffer of `call`, after a load from it or at once.
bool may_store(const Case &call);

/// Whether the good call leaves its mark in the granule of `point`: it stores a structure there of
/// which the suite knows no more than that it differs from what was there.
bool marks_granule(const Point &point);

/// All registered cases, by name.
std::span<const Case *const> cases();

/// The case called `name`, or null.
const Case *find_case(std::string_view name);

} // namespace tagtrap
