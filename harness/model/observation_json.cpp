// SPDX-License-Identifier: GPL-2.0-only
#include <charconv>
#include <stdexcept>
#include <utility>

#include "harness/model/evidence.h"
#include "harness/model/json_text.h"
#include "harness/model/observation_fields.h"
#include "harness/model/observation_names.h"
#include "harness/model/record.h"

namespace tagtrap {

namespace {

struct Any {
	template <class T> constexpr operator T() const;
};

template <class Struct, class... Members> consteval size_t members()
{
	if constexpr (requires { Struct{Members{}..., Any{}}; })
		return members<Struct, Members..., Any>();
	else
		return sizeof...(Members);
}

template <class Struct> consteval size_t listed()
{
	size_t count = 0;
	each_field(static_cast<const Struct *>(nullptr), [&](const char *, auto) { count++; });
	return count;
}

// A new field has to be listed in observation_fields.h, or stored runs would lose it.
static_assert(members<Observation>() == listed<Observation>());
static_assert(members<SignalSeen>() == listed<SignalSeen>());
static_assert(members<Hang>() == listed<Hang>());
static_assert(members<HangSample>() == listed<HangSample>());
static_assert(members<Failure>() == listed<Failure>());
static_assert(members<GoodRun>() == listed<GoodRun>());

/// Inverse of append_bytes(); throws on characters that it does not make.
std::string narrowed(std::string_view text)
{
	std::string out;
	for (size_t i = 0; i < text.size(); i++) {
		auto byte = static_cast<unsigned char>(text[i]);
		if (byte < 0x80) {
			out += text[i];
			continue;
		}
		if ((byte & 0xfc) != 0xc0 || i + 1 == text.size())
			throw std::runtime_error("holds a character above U+00FF");
		auto low = static_cast<unsigned char>(text[++i]);
		out += static_cast<char>((byte & 3) << 6 | (low & 0x3f));
	}
	return out;
}

// --- writing ---

template <class Struct> void write_changed(std::string &out, const Struct &from);

template <class Value> void write(std::string &out, const Value &value)
{
	if constexpr (std::is_enum_v<Value>) {
		std::string_view text = "?";
		for (const auto &[known, name] : names(value))
			if (known == value)
				text = name;
		append_text(out, text);
	} else if constexpr (std::is_same_v<Value, char>) {
		append_bytes(out, std::string_view(&value, 1));
	} else if constexpr (std::is_arithmetic_v<Value>) {
		append_number(out, value);
	} else {
		write_changed(out, value);
	}
}

template <size_t N> void write(std::string &out, const std::array<char, N> &text)
{
	append_bytes(out, text_of(text));
}

template <class Element, size_t N> void write(std::string &out, const std::array<Element, N> &row)
{
	size_t used = N;
	while (used > 0 && row[used - 1] == Element{})
		used--;
	out += '[';
	for (size_t i = 0; i < used; i++) {
		if (i > 0)
			out += ',';
		write(out, row[i]);
	}
	out += ']';
}

template <class Struct> void write_changed(std::string &out, const Struct &from)
{
	static const Struct defaults = {};
	ObjectText object(out);
	each_field(&from, [&]<class Member>(const char *name, Member member) {
		if constexpr (std::is_member_object_pointer_v<Member>) {
			if (from.*member != defaults.*member)
				write(object.key(name), from.*member);
		} else if (from.*member.member != defaults.*member.member) {
			append_hex(object.key(name), from.*member.member);
		}
	});
	object.close();
}

// --- reading ---

template <class Struct> void read_fields(const Json &json, Struct &to);

template <class Value> void read(const Json &json, Value &to)
{
	if constexpr (std::is_enum_v<Value>) {
		auto text = json.is_string() ? json.get<std::string>() : json.dump();
		for (const auto &[known, name] : names(to)) {
			if (name == text) {
				to = known;
				return;
			}
		}
		throw std::runtime_error("unknown value " + text);
	} else if constexpr (std::is_same_v<Value, bool>) {
		if (!json.is_boolean())
			throw std::runtime_error("not true or false");
		to = json.get<bool>();
	} else if constexpr (std::is_same_v<Value, char>) {
		auto text = json.is_string() ? narrowed(json.get<std::string>()) : std::string();
		if (text.size() != 1)
			throw std::runtime_error("not one character");
		to = text[0];
	} else if constexpr (std::is_arithmetic_v<Value>) {
		bool fits = json.is_number_unsigned()
				    ? std::in_range<Value>(json.get<uint64_t>())
				    : json.is_number_integer() &&
					      std::in_range<Value>(json.get<int64_t>());
		if (!fits)
			throw std::runtime_error("not a number that fits");
		to = json.get<Value>();
	} else {
		read_fields(json, to);
	}
}

template <size_t N> void read(const Json &json, std::array<char, N> &to)
{
	if (!json.is_string())
		throw std::runtime_error("not a string");
	auto text = narrowed(json.get<std::string>());
	if (text.size() > N)
		throw std::runtime_error("too long");
	to = {};
	text.copy(to.data(), text.size());
}

template <class Element, size_t N> void read(const Json &json, std::array<Element, N> &to)
{
	if (!json.is_array() || json.size() > N)
		throw std::runtime_error("not an array of at most " + std::to_string(N));
	to = {};
	for (size_t i = 0; i < json.size(); i++)
		read(json[i], to[i]);
}

void read_hex(const Json &json, uint64_t &to)
{
	auto text = json.is_string() ? json.get<std::string>() : std::string();
	auto end = text.data() + text.size();
	if (!text.starts_with("0x") || text.size() < 3)
		throw std::runtime_error("not a hex string");
	auto done = std::from_chars(text.data() + 2, end, to, 16);
	if (done.ec != std::errc() || done.ptr != end)
		throw std::runtime_error("not a hex string");
}

template <class Struct> void read_fields(const Json &json, Struct &to)
{
	if (!json.is_object())
		throw std::runtime_error("not an object");
	each_field(&to, [&]<class Member>(const char *name, Member member) {
		auto found = json.find(name);
		if (found == json.end())
			return;
		try {
			if constexpr (std::is_member_object_pointer_v<Member>)
				read(*found, to.*member);
			else
				read_hex(*found, to.*member.member);
		} catch (const std::runtime_error &error) {
			// One "name.name: what" however deep the field lies.
			std::string_view what = error.what();
			bool nested = what.starts_with('.');
			throw std::runtime_error("." + std::string(name) + (nested ? "" : ": ") +
						 std::string(what));
		}
	});
}

} // namespace

void append_json(std::string &out, const Observation &seen)
{
	write_changed(out, seen);
}

void append_json(std::string &out, const GoodRun &run)
{
	write_changed(out, run);
}

Json to_json(const Observation &seen)
{
	std::string text;
	append_json(text, seen);
	return parse_json(text);
}

namespace {

template <class Struct> Struct from_json(const Json &json, const char *name)
{
	Struct out;
	try {
		read_fields(json, out);
	} catch (const std::runtime_error &error) {
		std::string_view what = error.what();
		throw std::runtime_error(name + std::string(what.starts_with('.') ? "" : ": ") +
					 std::string(what));
	}
	return out;
}

} // namespace

Observation observation_from_json(const Json &json)
{
	return from_json<Observation>(json, "observation");
}

GoodRun good_run_from_json(const Json &json)
{
	return from_json<GoodRun>(json, "run");
}

} // namespace tagtrap
