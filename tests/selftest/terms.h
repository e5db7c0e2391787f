// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "harness/model/contract.h"

namespace tagtrap::selftest {

inline constexpr auto mainline = Contract::mainline;
inline constexpr auto forced = Contract::forced_signal;

} // namespace tagtrap::selftest
