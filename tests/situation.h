// SPDX-License-Identifier: GPL-2.0-only
#pragma once

// What cases share that arrange more than one plain transfer.
#include <array>
#include <cstring>
#include <string>

#include "tests/suite.h"

namespace tagtrap {

inline constexpr PlaceKind itself[] = {PlaceKind::self};
inline constexpr PlaceKind pipes_only[] = {PlaceKind::pipe};
inline constexpr Caller other_callers[] = {Caller::thread, Caller::fork,   Caller::vfork,
					   Caller::init,   Caller::traced, Caller::suppressed};
inline constexpr Disposition with_masks[] = {Disposition::handler, Disposition::blocked,
					     Disposition::mask_open, Disposition::mask_shut};

/// The buffer holds a bad granule.
inline bool has_bad(const ProbeArgs &args)
{
	return args.good < args.length;
}

/// Another buffer: right where the first one is, bad (by the pointer's tag) where that is.
inline uint64_t as_bad(const ProbeArgs &args)
{
	return has_bad(args) ? args.spare.bits ^ (uint64_t{0xf} << 56) : args.spare.bits;
}

/// Without its tag.
inline uint64_t untagged(uint64_t address)
{
	return address << 8 >> 8;
}

/// The spare pages as the suite's own memory: their tag is right.
inline unsigned char *spare_bytes(const ProbeArgs &args)
{
	return reinterpret_cast<unsigned char *>(args.spare.bits);
}

inline uint64_t arg(int64_t value)
{
	return static_cast<uint64_t>(value);
}

/// As sys::raw(), where the failure is the suite's: throws std::system_error naming `step`.
int64_t done(int64_t result, const char *step);

/// Forks (flags: more of clone(2)), runs `work` in the child, which leaves with what that returns
/// (EXIT_FAILURE if it throws), and waits. Returns the child's status as wait4(2) tells.
int run_child(uint64_t flags, int (*work)(const ProbeArgs &), const ProbeArgs &args);

/// A thread that runs `work` with raw system calls only and exits; gone when this returns. `tid` is
/// where the kernel clears its number; 0: nowhere.
void run_thread(void (*work)(const ProbeArgs &), const ProbeArgs &args, uint64_t tid);

/// An own pipe, with a byte in it or without.
struct Pipe {
	explicit Pipe(bool filled);
	Pipe(const Pipe &) = delete;
	Pipe &operator=(const Pipe &) = delete;
	~Pipe();
	std::array<int, 2> ends = {-1, -1};
};

/// Checks that what the second request wrote is there: `bytes` at `offset` of the file.
bool holds_spare(const ProbeArgs &args, uint64_t bytes, uint64_t offset);

/// A fill: the buffer holds what `fresh` content is made of.
void put_fresh(const ProbeArgs &args, unsigned char *bytes);

/// Why this file cannot be opened to read and write; empty: it can.
std::string cannot_open(const char *path);

/// For situations that are laid out for pages of 4096 bytes: why not here; empty: they are.
std::string other_pages();

// Promises of cases whose result is not a count of bytes.
Promise whole(const Point &point, const KernelFacts &facts);
Promise dropped(const Point &point, const KernelFacts &facts);

} // namespace tagtrap
