// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/contract.h"
#include "harness/model/json.h"

namespace tagtrap {

inline constexpr int journal_schema = 2;        ///< that is written
inline constexpr int oldest_journal_schema = 1; ///< that is read

/// Observation to and from its journal form. Lossless: from(to(x)) == x. Addresses are hex strings;
/// fields that hold their default are left out. Bytes of a text behind ASCII stand as the character
/// of the same number, so that anything the kernel prints survives.
Json to_json(const Observation &seen);
Observation observation_from_json(const Json &json); ///< throws std::runtime_error naming the field
GoodRun good_run_from_json(const Json &json);        ///< the same

/// How the reason of a SKIP begins for a point that a TEST-SPEC excludes; the spec follows.
inline constexpr std::string_view left_out_by = "left out by ";

/// How the reason of a SKIP begins for a point that --max-time left no time for.
inline constexpr std::string_view out_of_time = "time: ";

/// One finished point, as `end` records it. The verdict is judge()'s of this one observation:
/// provisional, until settle() has seen the rest of the journal.
struct EndRecord {
	std::string id;
	std::string group = {}; ///< tagtrap::group() of the point; empty: worked out from the id
	Verdict verdict;
	Promise promise;
	Observation seen;
	std::optional<uint32_t> index =
		std::nullopt; ///< place in the plan; the excluded ones behind
};

Json to_json(const EndRecord &end);

/// The same as a line of a journal, line break included, without a tree in between: the fast way
/// (a microsecond where to_json() takes ten), for the machine under test.
std::string to_line(const EndRecord &end);

/// The `end` that the host writes for a point in which the machine was lost: CRASH, P1.
Json crash_end(std::string_view id, std::string_view why);

/// What became of the good-tag run that a hang of another machine waits for.
Json after_event(std::string_view id, const GoodRun &run);

/// A sign of life: this point is being watched.
Json watch_event(std::string_view id, uint64_t watched_ns, uint64_t counted_ns);

/// `event` as a line of a journal, line break included. ASCII, and never throws on its content:
/// what is not UTF-8 becomes U+FFFD. One write(2) of it is one event.
std::string to_line(const Json &event);

/// An `end` as read back: what reports need. `promise` is text there.
struct StoredEnd {
	std::string id;
	std::string group = {};
	Verdict verdict;
	std::string promise;
	Observation seen;
	/// {reason, kernels, link} if the point is a known failure: settle() finds out.
	Json known = nullptr;
	size_t run = 0; ///< index into Journal::runs: the machine start that it belongs to
	/// A control that no TEST-SPEC selects: the control_key() of the points that need it.
	std::string control_for = {};
	/// What `end` says, where settle() says something else.
	std::optional<Verdict> provisional = std::nullopt;
};

/// The kernel complained while a block of points ran, and which of them it was is not known. They
/// are run again, one by one.
struct Suspect {
	std::vector<std::string> ids;
	std::vector<std::string> stuck; ///< points of the block that hung: they are not run again
	std::string complaint;          ///< as the kernel's log has it
};

/// A good-tag run that was made on another machine than the hang that it belongs to.
struct StoredAfter {
	std::string id;
	GoodRun run;
};

/// A journal read back. `truncated` is set when the last line was cut (normal after a crash).
struct Journal {
	std::vector<Json> runs; ///< `run` events: one per machine start
	std::vector<Json> preflights;
	std::vector<StoredEnd> ends; ///< in the order of writing; one per id behind settle()
	std::vector<Suspect> suspects;
	std::vector<StoredAfter> afters;
	std::vector<Json> restarts;
	std::vector<Json> machines;   ///< `machine` events: how long each one took to begin
	Json rerun = nullptr;         ///< the `rerun` event of a run that takes up another one
	std::vector<Json> confirms;   ///< `confirm` events: violations that were run again
	std::vector<Json> sites;      ///< `sites` events: where the kernel faulted
	std::vector<Json> reproduced; ///< `reproduced` events: C programs that were run
	Json finish =
		nullptr; ///< the last one, `elapsed_s` summed up; null if a run did not finish
	std::vector<std::string> unfinished; ///< ids that a `begin` has and no `end`
	bool truncated = false;
	bool lost = false; ///< the last machine was lost, and no other one was started
	/// Calls of which no access that was declared checked stops anywhere: settle() finds out.
	std::vector<std::string> never_checked;
};

/// Reads a whole journal; a directory means the journal.jsonl in it. Throws std::runtime_error, one
/// line: "FILE:LINE: what is wrong" for anything unreadable but a cut last line, and what to do for
/// a file that is missing, unreadable or empty. Whoever wants verdicts puts it through settle().
Journal read_journal(const std::string &path);

/// KernelFacts out of a `run` event.
KernelFacts facts_from_run(const Json &run);

} // namespace tagtrap
