// SPDX-License-Identifier: GPL-2.0-only
// Journals to be settled: calls of their own, and `end`s as a machine under test writes them.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/model/settle.h"
#include "tests/selftest/sample_journal.h"
#include "tests/selftest/terms.h"

namespace tagtrap::selftest {

using Lines = std::vector<std::string>;
using Rules = std::vector<Rule>;

/// What is compared: verdict and rules by id.
using Settled = std::map<std::string, std::pair<VerdictKind, std::vector<Rule>>>;

/// Points of the calls `settle-read` (the kernel stores) and `settle-write` (it loads), which keep
/// the promise exact, on files, pipes and streams.
std::string point_id(const std::string &call, const std::string &place, const std::string &variant,
		     uint32_t offset, const std::string &disposition = "handler");

/// How a point came out.
struct How {
	int signal = 0;             ///< number of the forced signal; 0: none
	bool fails = false;         ///< nothing moved, although everything should have
	bool unchecked = false;     ///< everything moved, the bad granule too
	bool hangs = false;         ///< killable, kernel time grows
	int late = 0;               ///< signal that came when the caller had the result
	std::string complaint = {}; ///< that the kernel made meanwhile, more than a WARN
};

/// The `end` of a point under `contract`, judged by itself.
EndRecord ended(const std::string &id, Contract contract, const How &how = {});

/// A SKIP, as the session writes it.
EndRecord left_out(const std::string &id, const std::string &why);

/// A machine starts, is lost.
std::string run_line(Contract contract, SignalPin pin = SignalPin::any);
std::string restart_line(const std::string &why = "panic");
std::string suspect_line(const std::vector<std::string> &ids, const std::string &complaint);

/// The journal `lines`, read and settled.
Journal settled(const Lines &lines);
Settled verdicts_of(const Journal &journal);

/// The `end` of `id`, which has to be there.
const StoredEnd &at(const Journal &journal, const std::string &id);
VerdictKind kind(const Journal &journal, const std::string &id);

/// ended() as a line.
std::string line(const std::string &id, Contract contract, const How &how = {});

inline const std::string good = point_id("read", "xfs", "cached+good", 2048);
inline const std::string bad = point_id("read", "xfs", "cached", 2048);
inline const std::string first = point_id("read", "pipe", "plain", 16);
inline const std::string second = point_id("read", "pipe", "plain", 32);
inline const std::string third = point_id("write", "pipe", "plain", 16);

/// Explains LIVELOCKs of settle-read on ext4, and misses them where they pass.
Json known_in_world(const StoredEnd &end, const KernelFacts &facts);

} // namespace tagtrap::selftest
