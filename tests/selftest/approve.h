// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <string_view>

namespace tagtrap::selftest {

/// What tests/selftest/approved/`name` holds. With TAGTRAP_APPROVE=1 in the environment it is
/// written first: look at the difference with git before it is committed.
std::string approved(std::string_view name, std::string_view produced);

} // namespace tagtrap::selftest
