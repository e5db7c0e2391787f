// SPDX-License-Identifier: GPL-2.0-only
// Precompiled, for the tests: see harness/pch/common.h.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/pch/events.h"
