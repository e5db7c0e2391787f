// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <string_view>

#include "harness/model/contract.h"
#include "harness/model/record.h"

namespace tagtrap {

/// A C program that shows what one point shows, or why there is none. One of the two is empty.
struct Reproducer {
	std::string source;
	std::string why_not;
};

/// The limits of every program, since it stands in a mail: lines of a plain call by the leader, of
/// one with iovecs, by another thread or by io_uring, and columns with tabs of eight.
inline constexpr size_t reproducer_lines = 110, reproducer_long_lines = 130;
inline constexpr size_t reproducer_columns = 80;
/// So many lines more where the handler looks at code and address of the signal.
inline constexpr size_t reproducer_info_lines = 12;

/// A complete C program for Linux, on arm64 where needs_tags(), that arranges `point` without the
/// suite and makes its one call. It prints `result=N errno=NAME arrived=N signal=N`, ` DIED` behind
/// it where the signal was the end, and ` beyond=N` where `verdict` breaks P4; after 10 s `HANGS,
/// killable: yes` or `no`. It leaves with 0 where that is what `terms` ask for, with 1 where it is
/// not, and with 2 where it could not be arranged. What `verdict` says was seen stands in the
/// comment at its head; what a second call is needed for (P5, P6), as the first broken rule, has no
/// program. Lines are ASCII and end with a line break. Pure.
Reproducer reproducer(const Point &point, const Terms &terms, const Verdict &verdict = {});

/// As above; an id that this version does not know has no program. Cases come from the registry.
Reproducer reproducer(std::string_view id, const Terms &terms, const Verdict &verdict = {});

/// Whether tags have a part in what `point` shows. An ordinary page fault needs none, so that its
/// program runs on any machine. Pure.
bool needs_tags(const Point &point, const KernelFacts &kernel);

/// What a run was judged by: its kernel, contract and signal. Pure.
Terms terms_of_run(const Json &run);

} // namespace tagtrap
