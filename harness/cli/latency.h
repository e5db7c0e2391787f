// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

namespace tagtrap {

/// What a system call takes on a reference kernel, switched off and on.
struct Latency {
	std::string call;
	double off_ns = 0, on_ns = 0; ///< the quickest of several rounds
};

/// Measures some calls with good buffers, the switch (kernel.mte_uaccess_signal) off and on by
/// turns, so that both meet the same machine. Leaves the switch as it was. Empty on a kernel that
/// has none, or when it may not be written. For bench, in the machine under test.
std::vector<Latency> switch_latencies();

/// A table of them; empty if there are none. Pure.
std::string latency_text(const std::vector<Latency> &rows);

} // namespace tagtrap
