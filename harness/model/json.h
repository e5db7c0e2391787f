// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

// Instantiated once, in json_text.cpp: each file that does it anew costs seconds.
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace tagtrap {

using Json = nlohmann::ordered_json;

/// The value that `text` is. Throws Json::parse_error. Json::parse() would bring the whole parser
/// into the file that calls it.
Json parse_json(std::string_view text);

/// The same without exceptions: a discarded value (is_discarded()) for what is no JSON.
Json parse_json_or_discard(std::string_view text);

} // namespace tagtrap
