// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/json_text.h"

#include <algorithm>

#include "harness/model/json.h"

template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace tagtrap {

namespace {

bool stands_for_itself(char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

} // namespace

Json parse_json(std::string_view text)
{
	return Json::parse(text);
}

Json parse_json_or_discard(std::string_view text)
{
	return Json::parse(text, nullptr, false);
}

void append_text(std::string &out, std::string_view text)
{
	if (std::ranges::all_of(text, stands_for_itself)) {
		out += '"';
		out += text;
		out += '"';
	} else {
		out += Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
	}
}

void append_bytes(std::string &out, std::string_view bytes)
{
	static constexpr char digits[] = "0123456789abcdef";
	out += '"';
	for (char c : bytes) {
		if (stands_for_itself(c)) {
			out += c;
		} else if (c == '\n') {
			out += "\\n";
		} else {
			auto byte = static_cast<unsigned char>(c);
			out += "\\u00";
			out += digits[byte >> 4];
			out += digits[byte & 15];
		}
	}
	out += '"';
}

void append_hex(std::string &out, uint64_t value)
{
	char text[16];
	out += "\"0x";
	out.append(text, std::to_chars(text, text + sizeof text, value, 16).ptr);
	out += '"';
}

} // namespace tagtrap
