// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/duration.h"

#include <array>
#include <charconv>
#include <fmt/format.h>

namespace tagtrap {

namespace {

struct Unit {
	char name;
	int64_t seconds;
};

constexpr std::array units = {Unit{'h', 3600}, Unit{'m', 60}, Unit{'s', 1}};
constexpr int64_t most_seconds = 1000 * 3600;

} // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text)
{
	int64_t number = 0;
	const char *const end = text.data() + text.size();
	const auto parsed = std::from_chars(text.data(), end, number);
	if (parsed.ec != std::errc() || parsed.ptr + 1 != end || number <= 0 ||
	    number > most_seconds)
		return std::nullopt;
	for (const Unit &unit : units)
		if (unit.name == *parsed.ptr && number <= most_seconds / unit.seconds)
			return std::chrono::seconds(number * unit.seconds);
	return std::nullopt;
}

std::string to_string(std::chrono::seconds duration)
{
	for (const Unit &unit : units)
		if (duration.count() % unit.seconds == 0)
			return fmt::format("{}{}", duration.count() / unit.seconds, unit.name);
	return {};
}

} // namespace tagtrap
