// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/contract.h"
#include "harness/model/json.h"

namespace tagtrap {

inline constexpr int journal_schema = 1;

/// Observation to and from its journal form. Lossless: from(to(x)) == x. Addresses are hex strings;
/// fields that hold their default are left out. Bytes of a text behind ASCII stand as the character
/// of the same number, so that anything the kernel prints survives.
Json to_json(const Observation &seen);
Observation observation_from_json(const Json &json); ///< throws std::runtime_error naming the field

/// One finished point, as `end` records it.
struct EndRecord {
	std::string id;
	std::string group = {}; ///< tagtrap::group() of the point; empty: worked out from the id
	Verdict verdict;
	Promise promise;
	Observation seen;
	Json known = nullptr; ///< see known_field(); null: the point is no known failure
};

Json to_json(const EndRecord &end);

/// The same as a line of a journal, line break included, without a tree in between: the fast way
/// (a microsecond where to_json() takes ten), for the machine under test.
std::string to_line(const EndRecord &end);

/// The `end` that the host writes for a point in which the machine was lost: CRASH, P1.
Json crash_end(std::string_view id, std::string_view why);

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
	Json known = nullptr;
	size_t run = 0; ///< index into Journal::runs: the machine start that it belongs to
};

/// A journal read back. `truncated` is set when the last line was cut (normal after a crash).
struct Journal {
	std::vector<Json> runs; ///< `run` events: one per machine start
	std::vector<Json> preflights;
	std::vector<StoredEnd> ends; ///< in the order of writing; the last one per id wins
	std::vector<Json> restarts;
	Json finish =
		nullptr; ///< the last one, `elapsed_s` summed up; null if a run did not finish
	std::vector<std::string> unfinished; ///< ids of the last `begin` without `end`
	bool truncated = false;
};

/// Reads a whole journal; a directory means the journal.jsonl in it. Throws std::runtime_error, one
/// line: "FILE:LINE: what is wrong" for anything unreadable but a cut last line, and what to do for
/// a file that is missing, unreadable or empty.
Journal read_journal(const std::string &path);

/// KernelFacts out of a `run` event.
KernelFacts facts_from_run(const Json &run);

/// Judges the points of a run in their order, and keeps in `terms` what one point means for those
/// behind it: the first forced delivery decides which signal the rest of the run has to use, and
/// where a control with a matching tag fails, call and place are BROKEN. Both the run itself and
/// the judging of a stored one go through here, so that they agree.
Verdict judge_in_order(const Point &point, const Observation &seen, Terms &terms);

} // namespace tagtrap
