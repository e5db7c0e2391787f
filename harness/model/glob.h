// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string_view>

namespace tagtrap {

/// Whether `pattern`, in which `*` stands for anything, covers the whole of `text`.
bool covers(std::string_view pattern, std::string_view text);

} // namespace tagtrap
