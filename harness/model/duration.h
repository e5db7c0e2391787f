// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tagtrap {

/// "90s", "30m", "2h": a whole number above 0 with its unit, up to 1000 hours. Nothing for any
/// other text. Pure.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

/// In the largest unit that leaves no rest: "90s", "30m", "2h". Pure.
std::string to_string(std::chrono::seconds duration);

} // namespace tagtrap
