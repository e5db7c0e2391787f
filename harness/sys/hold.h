// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <csignal>
#include <functional>

namespace tagtrap::sys {

/// SIGINT, SIGTERM, SIGHUP: signals that ask a run to end, unless they are ignored.
sigset_t ending_signals();

/// Puts them off while it lives. One that came meanwhile acts afterwards.
class HeldSignals {
public:
	HeldSignals();
	HeldSignals(const HeldSignals &) = delete;
	HeldSignals &operator=(const HeldSignals &) = delete;
	~HeldSignals();

private:
	sigset_t before_ = {};
};

/// What `work` returns, which reads from the descriptor `signals` (of signalfd(2), does not block)
/// what asks it to end. One more that comes while it ends is swallowed: a second Ctrl-C must not
/// cost the report. Throws what `work` throws, and what must() throws.
int with_signals_held(const std::function<int(int signals)> &work);

} // namespace tagtrap::sys
