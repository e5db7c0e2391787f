// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <functional>

#include "harness/sweep/stored.h"

namespace tagtrap::sweep {

/// A sweep on the machine that this runs on.
struct Walk {
	Request request = {};
	KernelFacts facts = {};
	bool tags = false;                               ///< there are tags here
	Json done = Json::object();                      ///< as Stored::done() has it
	double limit_s = 30;                             ///< so long a call may take
	std::function<void(const Json &)> say = nullptr; ///< gets each line
	std::function<bool()> stop = nullptr;            ///< whether to stop now
	/// In place of the call, in the child: for tests of what a call may do to it.
	std::function<Seen(const Case &)> instead = nullptr;
};

/// Runs what is not done yet, pass by pass, each in a child that is replaced when it dies or when a
/// call does not return. False: it was stopped. Throws sys::Problem when a child cannot be ended.
bool walk(const Walk &what);

} // namespace tagtrap::sweep
