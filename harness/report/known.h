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

/// A row of docs/known-issues.json; one with an array of patterns counts as one row for each.
struct KnownIssue {
	std::string pattern;                      ///< of ids; `*` stands for anything
	std::optional<KernelVersion> first, last; ///< inclusive; none: open
	VerdictKind verdict = VerdictKind::fail;  ///< that it explains
	std::string reason;
	std::string link;
};

/// The rows of docs/known-issues.json, which is built in.
std::span<const KnownIssue> known_issues();

/// Rows out of JSON text of that form: `issues`, an array of `pattern` (a string or an array of
/// them), `first` and `last` (MAJOR.MINOR or null), `verdict`, `reason`, `link`. Throws
/// std::runtime_error that names the row and the field.
std::vector<KnownIssue> parse_known_issues(std::string_view text);

/// The `known` field of the point `id` that got `verdict`: {reason, kernels, link} if a row
/// explains the verdict, or if it passed although a row says that it fails; else null.
Json known_field(std::span<const KnownIssue> rows, std::string_view id, const KernelFacts &facts,
		 VerdictKind verdict);

} // namespace tagtrap
