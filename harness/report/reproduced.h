// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>

#include "harness/report/cause.h"

namespace tagtrap {

/// `status` of a program in which the machine was lost.
inline constexpr int program_lost = -2;

/// The `reproduced` event of the C program for point `id`: run by the user `uid`, `answer` is what
/// the machine said of it (status, output; null: it was not run). Where there is no program
/// `why_not` says why. `crash`: the point came to CRASH. Pure.
Json reproduced_event(const std::string &id, const std::string &cause, unsigned uid,
		      const std::string &why_not, const Json &answer, bool crash = false);

/// The program showed what its point showed: it left with 1, or the machine was lost in it as in
/// the point. Pure.
bool reproduced(const Json &event);

/// "as uid 65534: result=0 errno=EFAULT arrived=0 signal=0: shows it". Pure.
std::string reproduced_words(const Json &event);

/// The row of a report on the program of this cause, or nothing where none was run. Pure.
std::string reproduced_text(const Journal &journal, const Cause &cause);

/// What an ordinary user made of it, by a run of its point (--confirm) or by its C program: "ran as
/// uid 65534, the same; evidence in confirm/1.user". Empty: no ordinary user tried. Pure.
std::string measured_privilege(const Journal &journal, const Cause &cause);

/// Whether an ordinary user was seen to bring it about. Pure.
bool seen_unprivileged(const Journal &journal, const Cause &cause);

} // namespace tagtrap
