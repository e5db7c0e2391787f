// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <map>
#include <string>

#include "harness/model/promise.h"
#include "harness/run/canary.h"
#include "harness/run/session.h"

namespace tagtrap {

/// The kernel that this runs on.
KernelFacts kernel_facts();

/// MAJOR and MINOR of a release such as 6.12.94+deb13-arm64; false if it is none.
bool parse_release(const std::string &release, int &major, int &minor);

/// Changes whenever the machine boots; empty where the kernel does not tell.
std::string boot_id();

/// The `run` event of a machine that goes through `course`. `contract` is the one that judges,
/// `why` how it was chosen.
Json run_event(const SessionSetup &setup, const KernelFacts &facts, const Course &course,
	       Contract contract, const std::string &why);

/// What a session did until it was through.
struct Finished {
	std::map<std::string, size_t, std::less<>> totals = {}; ///< points by verdict
	uint64_t elapsed_ns = 0;
	size_t planned = 0;                                     ///< points and their controls
	std::map<std::string, size_t, std::less<>> closed = {}; ///< groups: points left out
	size_t pending = 0;   ///< points that wait for a boot with arm64.nomops
	bool spoiled = false; ///< a task that SIGKILL does not end was left
	int interrupted = 0;  ///< the signal that asked it to stop, 0 if none
};

/// The `finish` event.
Json finish_event(const Finished &what);

} // namespace tagtrap
