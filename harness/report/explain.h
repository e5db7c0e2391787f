// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tagtrap {

/// What `subject` stands for, in words: an id (what its point sets up, calls and expects, and why),
/// a rule (`F1`, any case), a row (`statx.buf`), or a call (`read`, `statx`). At report_columns but
/// for ids. Throws std::invalid_argument for anything else, which says what comes nearest. Pure.
std::string explained(std::string_view subject, uint32_t page_size);

} // namespace tagtrap
