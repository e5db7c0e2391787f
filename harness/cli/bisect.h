// SPDX-License-Identifier: GPL-2.0-only
// `--bisect`: one step of `git bisect run`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/report/cause.h"

namespace tagtrap {

// What git-bisect-run(1) reads out of an exit status.
inline constexpr int commit_is_good = 0, commit_is_bad = 1, commit_cannot_be_told = 125,
		     bisection_stops = 128;

/// What a bisection is about: what TEST-SPECs select, or one cause.
struct BisectQuestion {
	std::vector<std::string> specs; ///< of the run; empty: the whole plan
	std::string cause;              ///< empty: any violation
};

/// The words behind `--bisect`. Eight hexadecimal digits are a cause (cause_id()). Pure. Throws
/// sys::Problem (usage) for more than one cause, and for no word at all.
BisectQuestion bisect_question(const std::vector<std::string> &words);

/// The answer of a run with `status` whose causes are `causes`: bad where it violates, or where
/// the cause that is asked for is there; good where it is whole and does not. A run that proved
/// nothing cannot tell. A signal stops the bisection. Pure.
int bisect_answer(const BisectQuestion &question, int status, std::span<const Cause> causes);

/// An exit status of ours as git-bisect-run(1) may have it: what is neither an answer nor a signal
/// stops the bisection. Pure.
int status_for_bisect(int status);

} // namespace tagtrap
