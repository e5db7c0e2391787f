// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string_view>

namespace tagtrap::sys {

/// Writes `text` to standard error, and before it what was printed to standard output so far: where
/// both go to one file or terminal, all of it stands in the order in which it came. The one way to
/// standard error.
void say(std::string_view text);

} // namespace tagtrap::sys
