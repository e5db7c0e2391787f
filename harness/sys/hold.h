// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <csignal>

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

} // namespace tagtrap::sys
