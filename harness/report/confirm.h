// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

#include "harness/model/record.h"
#include "harness/report/cause.h"

namespace tagtrap {

/// So many violations at most are run again by --confirm: each one starts a machine.
inline constexpr size_t most_confirmed = 20;

/// Ids of the violations of a settled run that --confirm runs again, the worst first: all of them,
/// or one for each cause and group where there are more than most_confirmed, and of these so many,
/// the first of each cause before the second of any. Pure.
std::vector<std::string> to_confirm(const Journal &journal);

/// The `confirm` event: what `id` came to when it was run alone, by the settled journal of that
/// run, which is stored in `where`, a directory beside the main journal. Pure.
Json confirm_event(const std::string &id, const std::string &where, const Journal &alone);

/// The same for one that could not be run again, and why.
Json unconfirmed_event(const std::string &id, const std::string &why);

/// Those of to_confirm() that show a cause and need no privilege: an ordinary user runs them, too.
/// None where the run itself was an ordinary user's. Pure.
std::vector<std::string> to_confirm_as_user(const Journal &journal);

/// The point of a confirm event came to the verdict it had, for the same rule. Pure.
bool same_again(const Json &event, const Verdict &verdict);

/// Lines of a cause's entry; empty: none of its points was run again.
std::string confirmed_text(const Journal &journal, const Cause &cause);

/// A line for the head of the violations: how many were run again, and the bound; empty without
/// --confirm.
std::string confirmed_summary(const Digest &all);

} // namespace tagtrap
