// SPDX-License-Identifier: GPL-2.0-only
#pragma once

// The one include of a file of rows: see docs/adding-a-case.md.
#include <sys/syscall.h>

#include "fixtures/rows/issue.h"
#include "fixtures/rows/registered.h"
#include "fixtures/rows/settings.h"
#include "harness/model/row.h"
#include "harness/sys/raw.h"

namespace tagtrap::rows {

using namespace words;

inline constexpr Flow in = Flow::in;
inline constexpr Flow out = Flow::out;
inline constexpr Flow inout = Flow::inout;

} // namespace tagtrap::rows
