// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <string_view>

namespace tagtrap::selftest {

/// The first line in which `produced` differs from tests/selftest/approved/`name`; empty if none.
/// With TAGTRAP_APPROVE=1 in the environment the file is written first: look at the difference with
/// git before it is committed.
std::string difference(std::string_view name, std::string_view produced);

/// "LINE: approved '..', produced '..'"; empty if they are the same. Pure.
std::string first_difference(std::string_view approved, std::string_view produced);

} // namespace tagtrap::selftest
