// SPDX-License-Identifier: GPL-2.0-only
// What is due when nothing is wrong.
#pragma once

#include <cstdint>

#include "harness/model/case.h"
#include "harness/model/point.h"
#include "harness/model/sweep.h"

namespace tagtrap {

/// What the target has to be ready for: all that is asked for, but streams may run dry.
inline uint32_t armed(const Point &point, uint32_t page_size)
{
	return point.place->kind == PlaceKind::file
		       ? point.length
		       : static_cast<uint32_t>(full_result(point, page_size));
}

} // namespace tagtrap
