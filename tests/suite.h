// SPDX-License-Identifier: GPL-2.0-only
#pragma once

// The one include of a case: see docs/adding-a-case.md.
#include "fixtures/target.h"
#include "fixtures/uring.h"
#include "harness/model/case.h"
#include "harness/sys/raw.h"
#include "tests/promises.h"

namespace tagtrap {

inline constexpr PlaceKind files_only[] = {PlaceKind::file};
inline constexpr PlaceKind files_and_streams[] = {PlaceKind::file, PlaceKind::pipe,
						  PlaceKind::stream};

} // namespace tagtrap
