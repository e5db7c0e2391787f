// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "harness/model/observation.h"

namespace tagtrap {

/// Writes an object straight into a string, several times as fast as building a tree first: the
/// machine under test is emulated as a rule, and writes a line per point.
class ObjectText {
public:
	explicit ObjectText(std::string &out) : out_(out) { out_ += '{'; }
	void close() { out_ += '}'; }

	/// `name` is written as it is; the value has to follow.
	std::string &key(std::string_view name)
	{
		if (!first_)
			out_ += ',';
		first_ = false;
		out_ += '"';
		out_ += name;
		out_ += "\":";
		return out_;
	}

private:
	std::string &out_;
	bool first_ = true;
};

/// `text` (UTF-8) as a JSON string in ASCII; what is not UTF-8 becomes U+FFFD.
void append_text(std::string &out, std::string_view text);

/// `bytes` as a JSON string in ASCII, each byte the character of the same number: loses nothing.
void append_bytes(std::string &out, std::string_view bytes);

/// `value` as a JSON string, "0x..".
void append_hex(std::string &out, uint64_t value);

template <class Number> void append_number(std::string &out, Number value)
{
	if constexpr (std::is_same_v<Number, bool>) {
		out += value ? "true" : "false";
	} else {
		char text[32];
		out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
	}
}

/// The journal form of an observation, and of a part of it.
void append_json(std::string &out, const Observation &seen);
void append_json(std::string &out, const GoodRun &run);

} // namespace tagtrap
