// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <atomic>
#include <cstdint>
#include <sys/types.h>

namespace tagtrap {

/// A child that repeats a fixed piece of work (system calls, copies, a nap) for as long as this
/// lives: how often it gets round tells what this machine was given of the processor, whoever
/// takes the rest: other tasks, other machines, somebody who stops it. Parent only.
class Metronome {
public:
	/// Nanoseconds from one beat to the next on this machine as it is now, where nothing comes
	/// between. Takes some twenty milliseconds.
	static uint64_t calibrate();

	/// Forks. `period_ns`: what calibrate() said. Throws std::system_error.
	explicit Metronome(uint64_t period_ns);
	Metronome(const Metronome &) = delete;
	Metronome &operator=(const Metronome &) = delete;
	~Metronome();

	/// The share of the processor since this was asked last: 1 where the child beat as often as
	/// it was calibrated to. May be a little more.
	double share();

private:
	uint64_t period_ns_, asked_ns_, beats_ = 0;
	std::atomic<uint64_t> *shared_ = nullptr; ///< beats so far
	pid_t pid_ = -1;
};

} // namespace tagtrap
