// SPDX-License-Identifier: GPL-2.0-only
// The pieces of settle(), for its own files: each heed_* function looks at one thing that a point
// cannot tell of itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/model/judge_parts.h"
#include "harness/model/record.h"

namespace tagtrap::settling {

/// What the machine start of an `end` says of judging it.
struct Ground {
	KernelFacts facts = {};
	std::optional<Terms> terms = std::nullopt; ///< none: the run has no contract
};

/// One point of the journal. `point` is empty where this version does not know the id: what was
/// written of it stands.
struct Entry {
	StoredEnd *end;
	std::optional<Point> point;
	const Ground *ground;

	[[nodiscard]] VerdictKind kind() const { return end->verdict.kind; }
	/// The judge has spoken of it.
	[[nodiscard]] bool judged() const
	{
		return point && kind() != VerdictKind::skip && kind() != VerdictKind::broken;
	}
	/// Of a judged() one of a run that has a contract.
	[[nodiscard]] judging::Matter matter() const
	{
		return {*point, end->seen, *ground->terms,
			judging::demand(*point, end->seen, *ground->terms)};
	}
};

using Entries = std::vector<Entry>;

/// The verdict of `end`, about to be changed: what it was is kept.
Verdict &changed(StoredEnd &end);

/// Adds a rule that the run as a whole shows to be broken.
void breaks(StoredEnd &end, Rule rule, const std::string &detail);

/// Good-tag runs that were made on another machine than the hangs that they belong to.
void heed_afters(const std::vector<StoredAfter> &afters, const Entries &entries);
void heed_absences(const Entries &entries);
void heed_controls(const Entries &entries);
void heed_signals(const Entries &entries);
/// The calls that are checked nowhere.
std::vector<std::string> heed_unchecked(const Entries &entries);
void heed_suspects(const std::vector<Suspect> &suspects, const Entries &entries);

} // namespace tagtrap::settling
