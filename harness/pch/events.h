// SPDX-License-Identifier: GPL-2.0-only
// Precompiled, for layers that handle events: see common.h.
#include <chrono>
#include <nlohmann/json.hpp>

#include "harness/pch/common.h"
