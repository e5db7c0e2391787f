// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/point.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <stdexcept>
#include <utility>
#include <vector>

#include "harness/model/case.h"
#include "harness/model/row.h"
#include "harness/model/sweep.h"

namespace tagtrap {

namespace {

template <class Enum> using Names = std::pair<Enum, std::string_view>;

constexpr std::array mode_names = {
	Names<TagCheckMode>{TagCheckMode::none, "none"},
	Names<TagCheckMode>{TagCheckMode::sync, "sync"},
	Names<TagCheckMode>{TagCheckMode::async, "async"},
	Names<TagCheckMode>{TagCheckMode::asymm, "asymm"},
	Names<TagCheckMode>{TagCheckMode::storeonly, "storeonly"},
};

constexpr std::array state_names = {
	Names<FileState>{FileState::plain, "plain"},   Names<FileState>{FileState::fresh, "new"},
	Names<FileState>{FileState::cached, "cached"}, Names<FileState>{FileState::cold, "cold"},
	Names<FileState>{FileState::hole, "hole"},     Names<FileState>{FileState::small, "small"},
	Names<FileState>{FileState::page, "page"},     Names<FileState>{FileState::large, "large"},
};

constexpr std::array stand_names = {
	Names<Stand>{Stand::bad, "bad"},           Names<Stand>{Stand::good, "good"},
	Names<Stand>{Stand::unmapped, "unmapped"}, Names<Stand>{Stand::protnone, "protnone"},
	Names<Stand>{Stand::rdonly, "rdonly"},     Names<Stand>{Stand::eof, "eof"},
	Names<Stand>{Stand::pkey, "pkey"},         Names<Stand>{Stand::gcs, "gcs"},
	Names<Stand>{Stand::pfn, "pfn"},
};

constexpr std::array position_names = {
	Names<Position>{Position::first, "first"},
	Names<Position>{Position::middle, "middle"},
	Names<Position>{Position::last, "last"},
	Names<Position>{Position::behind, "behind"},
};

constexpr std::string_view memory_prefix = "mem-";

template <class Table, class Enum> std::string_view name_of(const Table &table, Enum value)
{
	for (const auto &[candidate, name] : table)
		if (candidate == value)
			return name;
	return "?";
}

template <class Enum, class Table>
bool value_of(const Table &table, std::string_view name, Enum &value)
{
	for (const auto &[candidate, text] : table) {
		if (text == name) {
			value = candidate;
			return true;
		}
	}
	return false;
}

[[noreturn]] void unknown(std::string_view what, std::string_view part, std::string_view whole)
{
	throw std::invalid_argument(
		fmt::format("'{}' is no {} (in point id '{}')", part, what, whole));
}

template <class Number> bool parse_number(std::string_view text, Number &value)
{
	const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
	return error == std::errc() && end == text.data() + text.size();
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
	std::vector<std::string_view> parts;
	while (true) {
		const auto at = text.find(separator);
		parts.push_back(text.substr(0, at));
		if (at == std::string_view::npos)
			return parts;
		text.remove_prefix(at + 1);
	}
}

std::string_view without_handling(std::string_view whole)
{
	return whole.substr(0, whole.rfind('/'));
}

/// State, how it is submitted and O_DIRECT: the tokens that a group has, too.
std::string path_tokens(const Point &point)
{
	std::string text;
	const auto add = [&text](std::string_view token) {
		if (!text.empty())
			text += '+';
		text += token;
	};
	if (point.state != FileState::plain)
		add(to_string(point.state));
	if (point.direct)
		add("direct");
	if (point.submission == Submission::worker)
		add("worker");
	if (point.submission == Submission::sqpoll)
		add("sqpoll");
	return text;
}

std::string variant(const Point &point)
{
	std::string text = path_tokens(point);
	const auto add = [&text](std::string_view token) {
		if (!text.empty())
			text += '+';
		text += token;
	};
	if (point.from != 0)
		add(fmt::format("from{}", point.from));
	if (point.bad_one != 0)
		add(fmt::format("bad{}of{}", point.bad_one, point.segment));
	else if (point.segment != 0)
		add(fmt::format("seg{}", point.segment));
	if (point.align != 0 && point.position == Position::byte)
		add(fmt::format("align{}", point.align));
	if (point.tco)
		add("tco");
	if (point.nomops)
		add("nomops");
	if (point.memory != Memory::plain)
		add(fmt::format("{}{}", memory_prefix, to_string(point.memory)));
	if (point.stand != Stand::bad)
		add(to_string(point.stand));
	return text.empty() ? "plain" : text;
}

/// badKofN: N segments, the granule in the Kth.
bool parse_segments(std::string_view token, Point &point)
{
	const auto of = token.find("of");
	return token.starts_with("bad") && of != std::string_view::npos &&
	       parse_number(token.substr(3, of - 3), point.bad_one) &&
	       parse_number(token.substr(of + 2), point.segment);
}

void parse_token(std::string_view token, Point &point, std::string_view whole)
{
	if (token == "direct")
		point.direct = true;
	else if (token == "worker")
		point.submission = Submission::worker;
	else if (token == "sqpoll")
		point.submission = Submission::sqpoll;
	else if (token == "tco")
		point.tco = true;
	else if (token == "nomops")
		point.nomops = true;
	else if (token.starts_with("from") && parse_number(token.substr(4), point.from))
		return;
	else if (token.starts_with("seg") && parse_number(token.substr(3), point.segment))
		return;
	else if (parse_segments(token, point))
		return;
	else if (token.starts_with("align") && parse_number(token.substr(5), point.align))
		return;
	else if (token.starts_with(memory_prefix) &&
		 (point.memory = memory_called(token.substr(memory_prefix.size()))) !=
			 Memory::plain)
		return;
	else if (!value_of(state_names, token, point.state) &&
		 !value_of(stand_names, token, point.stand))
		unknown("variant token", token, whole);
}

/// LENGTH@OFFSET, or @POSITION of a row that has such a position.
void parse_range(std::string_view part, Point &point, std::string_view whole)
{
	const auto range = split(part, '@');
	if (const rows::Row *const row = point.call->row) {
		Position position = Position::byte;
		const auto all = breaks_page(point.stand) ? rows::edges(row->extent)
							  : rows::positions(row->extent);
		if (range.size() != 2 || !range[0].empty() ||
		    !value_of(position_names, range[1], position) ||
		    std::ranges::find(all, position) == all.end())
			unknown("@POSITION of its row", part, whole);
		rows::place_granule(*row, position, point);
		return;
	}
	if (range.size() != 2 || !parse_number(range[0], point.length) ||
	    !parse_number(range[1], point.offset))
		unknown("LENGTH@OFFSET", part, whole);
}

} // namespace

std::string_view to_string(TagCheckMode mode)
{
	return name_of(mode_names, mode);
}

std::string_view to_string(FileState state)
{
	return name_of(state_names, state);
}

std::string_view to_string(Stand stand)
{
	return name_of(stand_names, stand);
}

std::string_view to_string(Position position)
{
	return name_of(position_names, position);
}

std::string id(const Point &point)
{
	const std::string range = point.position == Position::byte
					  ? fmt::format("{}@{}", point.length, point.offset)
					  : fmt::format("@{}", to_string(point.position));
	return fmt::format("{}/{}/{}/{}/{}/{}", point.call->name, point.place->name, variant(point),
			   to_string(point.mode), range, handling(point.caller, point.disposition));
}

std::string path_key(const Point &point)
{
	const std::string tokens = path_tokens(point);
	return fmt::format("{}/{}/{}", point.call->name, point.place->name,
			   tokens.empty() ? "plain" : tokens);
}

std::string control_key(const Point &point)
{
	return point.from == 0 ? path_key(point)
			       : fmt::format("{}+from{}", path_key(point), point.from);
}

std::string group(const Point &point)
{
	return fmt::format("{}/{}", path_key(point), to_string(point.mode));
}

Point parse_id(std::string_view text)
{
	const auto parts = split(text, '/');
	if (parts.size() != 6)
		throw std::invalid_argument(
			fmt::format("'{}' is no point id: "
				    "CALL/PLACE/VARIANT/MODE/LENGTH@OFFSET/CALLER+DISPOSITION",
				    text));
	Point point;
	if ((point.call = find_case(parts[0])) == nullptr)
		unknown("call", parts[0], text);
	if ((point.place = find_place(parts[1])) == nullptr)
		unknown("place", parts[1], text);
	for (const auto token : split(parts[2], '+'))
		parse_token(token, point, text);
	if (!value_of(mode_names, parts[3], point.mode))
		unknown("mode", parts[3], text);
	parse_range(parts[4], point, text);
	if (!parse_handling(parts[5], point.caller, point.disposition))
		unknown("caller and disposition", parts[5], text);
	const std::string written = id(point);
	if (without_handling(written) != without_handling(text))
		throw std::invalid_argument(fmt::format("'{}' is written '{}'", text, written));
	return point;
}

std::optional<Point> known_point(std::string_view id)
{
	try {
		return parse_id(id);
	} catch (const std::invalid_argument &) {
		return std::nullopt;
	}
}

} // namespace tagtrap
