// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/record.h"
#include "harness/report/cause.h"

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
	std::optional<CauseKey> cause = {};       ///< that it explains; none: any at these points
	std::string reason = {};
	std::string link = {};
	std::string source = {}; ///< public text of others that describes it; empty: none is known

	/// What was told to the kernel's security contact, or will be, and is not public yet. The
	/// row says where and of what class it is, and is matched by place, verdict and
	/// killability alone: neither pattern nor reason nor link, so that it tells no way to get
	/// there.
	bool withheld = false;
	std::string place = {};
	std::optional<Rule> rule = {};     ///< the first one that the verdict names; none: any
	std::optional<bool> killable = {}; ///< none: either, or no hang at all
	std::string subsystem = {};
	/// "class" in the table, a Severity: "hang, unkillable", "disclosure", "note"; a public row
	/// may leave it out.
	std::string category = {};
};

/// The rows of docs/known-issues.json, which is built in.
std::span<const KnownIssue> known_issues();

/// Rows out of JSON text of that form: `issues`, an array of `pattern` (a string or an array of
/// them), `first` and `last` (MAJOR.MINOR or null), `verdict`, `reason`, `link`, and where it is
/// known `cause` ({function, rule}), `class` and `source`; or `withheld`
/// (true), `subsystem`, `class`, `place` (a string or an array of them), `first`, `last`,
/// `verdict`, `killable` (true, false or null: any) and, where it tells more than the class,
/// `rule`. Throws std::runtime_error that names the row and the field; a withheld row that says
/// more than that is an error.
std::vector<KnownIssue> parse_known_issues(std::string_view text);

/// The `known` field of a point whose verdict is settled. {reason, kernels, link} and, where the
/// row has them, {class, source}, if a row explains the verdict, or if the point passed although a
/// row says that it fails; {reason, withheld, subsystem, class} if only a withheld one explains it;
/// else null. Pure.
Json known_field(std::span<const KnownIssue> rows, const StoredEnd &end, const KernelFacts &facts);

/// One line of text for a `known` field: the reason and, of a withheld one, what it is. A field
/// that is null: empty.
std::string known_words(const Json &known);

/// The same with known_issues(): what settle() takes. Pure.
Json known_field(const StoredEnd &end, const KernelFacts &facts);

} // namespace tagtrap
