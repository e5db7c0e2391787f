// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/record.h"

namespace tagtrap {

/// A kernel version as far as known issues tell them apart.
struct KernelVersion {
	int major = 0;
	int minor = 0;

	auto operator<=>(const KernelVersion &) const = default;
};

/// A row of docs/known-issues.json; one with an array of patterns or places counts as one row for
/// each.
struct KnownIssue {
	std::string pattern = {};                 ///< of ids; `*` stands for anything
	std::optional<KernelVersion> first, last; ///< inclusive; none: open
	VerdictKind verdict = VerdictKind::fail;  ///< that it explains
	std::string reason = {};
	std::string link = {};

	/// What was told to the kernel's security contact, or will be, and is not public yet. The
	/// row says where and of what class it is, and is matched by place, verdict and
	/// killability alone: neither pattern nor reason nor link, so that it tells no way to get
	/// there.
	bool withheld = false;
	std::string place = {};
	std::optional<Rule> rule = {};     ///< the first one that the verdict names; none: any
	std::optional<bool> killable = {}; ///< none: either, or no hang at all
	std::string subsystem = {};
	std::string category = {}; ///< "class" in the table: "hang, unkillable", "disclosure"
};

/// The rows of docs/known-issues.json, which is built in.
std::span<const KnownIssue> known_issues();

/// Rows out of JSON text of that form: `issues`, an array of `pattern` (a string or an array of
/// them), `first` and `last` (MAJOR.MINOR or null), `verdict`, `reason`, `link`; or `withheld`
/// (true), `subsystem`, `class`, `place` (a string or an array of them), `first`, `last`,
/// `verdict`, `killable` (true, false or null: any) and, where it tells more than the class,
/// `rule`. Throws std::runtime_error that names the row and the field; a withheld row that says
/// more than that is an error.
std::vector<KnownIssue> parse_known_issues(std::string_view text);

/// The `known` field of the point `id` that got `verdict`; `killable` as in its `end`, none unless
/// it hung. {reason, kernels, link} if a row explains the verdict, or if it passed although a row
/// says that it fails; {reason, kernels, withheld, subsystem, class} if only a withheld one
/// explains it; else null. Pure.
Json known_field(std::span<const KnownIssue> rows, std::string_view id, const KernelFacts &facts,
		 const Verdict &verdict, std::optional<bool> killable);

/// The same for a point with its observation.
Json known_field(std::span<const KnownIssue> rows, std::string_view id, const KernelFacts &facts,
		 const Verdict &verdict, const Observation &seen);

/// One line of text for a `known` field: the reason and, of a withheld one, what it is. A field
/// that is null: empty.
std::string known_words(const Json &known);

/// The same of a point whose verdict is settled, with known_issues(): what settle() takes. Pure.
Json known_field(const StoredEnd &end, const KernelFacts &facts);

} // namespace tagtrap
