// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>

#include "harness/model/observation.h"
#include "harness/model/point.h"
#include "harness/run/channel.h"

namespace tagtrap {

/// The signals that a sub-page fault may raise, and how the worker child takes them. The handler
/// stores integers in the observation and returns, or leaves with _exit when the fault is one of
/// the suite itself, which would repeat for ever.
class Recorder {
public:
	/// Resets every disposition to the default and unblocks everything: a forked child inherits
	/// what its parent's libraries installed.
	static void reset_all();

	/// Where the handler writes from now on: until the call of the next point is entered, to
	/// the observation of the last one. What comes when its caller has seen the result is
	/// `late`.
	void record_into(Observation *seen);

	/// No point is in hand any more: what comes now is counted in `strays`.
	static void stand_by(Strays *strays);

	/// The thread that makes the call; 0: the leader of whatever process does.
	static void expect_from(int32_t thread);

	/// Sends SIGSEGV to this process and to this thread. Only where it is blocked.
	void send_blocked();

	/// Whether the disposition in force blocks SIGSEGV and SIGBUS.
	bool blocks() const;

	/// Puts SIGSEGV and SIGBUS into `disposition`; does nothing if they are already.
	void dispose(Disposition disposition);

	/// Whether dispositions, and the mask of the thread that asks, are still what dispose()
	/// made of them. What another thread or process inherits of both is the same.
	bool dispositions_kept() const;
	bool mask_kept() const;

	/// They are not what dispose() made of them: makes them so again at the next point.
	void forget() { any_ = false; }

	/// Whether SIGSEGV or SIGBUS is pending for this thread or its process.
	bool pending() const;

	/// The same; takes it away, so that the next point starts clean.
	bool take_pending();

private:
	bool any_ = false;
	Disposition now_ = Disposition::fatal;
};

inline constexpr int exit_user_fault = 98; ///< the child met a fault in the suite's own code

} // namespace tagtrap
