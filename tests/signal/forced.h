// SPDX-License-Identifier: GPL-2.0-only
#pragma once

// Accesses whose failure forces a SIGSEGV on every kernel, under both contracts: one delivery, or
// death where it is blocked. They happen in a child with handlers of its own, and what became of
// the child is the result.
#include <csignal>

#include "tests/situation.h"

namespace tagtrap::forced {

using Handler = void (*)(int, siginfo_t *, void *);

/// What a child leaves with when it met no SIGSEGV.
inline constexpr int undisturbed = 40;

[[noreturn]] void leave(int status);

/// Installs `handler` with SA_SIGINFO and `flags`.
void take(int number, Handler handler, int flags);

/// Ends the child, by a status that tells whether the si_code was one that is due.
void at_fault(int, siginfo_t *info, void *);

/// Runs `work` in a child. 0: undisturbed; -EFAULT: one forced SIGSEGV, caught or not as the
/// caller's mask has it; another error tells what was wrong.
int64_t outcome(const ProbeArgs &args, int (*work)(const ProbeArgs &));

template <int (*work)(const ProbeArgs &)> int64_t outcome_of(const ProbeArgs &args)
{
	return outcome(args, work);
}

} // namespace tagtrap::forced
