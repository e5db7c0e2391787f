// SPDX-License-Identifier: GPL-2.0-only
#include "harness/coverage/symbols.h"

#include <algorithm>
#include <array>
#include <optional>

#include "harness/coverage/bytes.h"
#include "harness/coverage/code.h"

namespace tagtrap::coverage {

namespace {

constexpr size_t tokens = 256;          ///< of kallsyms_token_table
constexpr size_t marker_interval = 256; ///< kallsyms_markers has an entry for so many names

size_t aligned(size_t at, size_t to = 8)
{
	return (at + to - 1) & ~(to - 1);
}

/// Where the tables of scripts/kallsyms.c lie in the Image.
struct Tables {
	size_t count = 0; ///< kallsyms_num_syms
	size_t names = 0;
	size_t token_table = 0;
	size_t token_index = 0;
	size_t offsets = 0;
	bool from_itself = false; ///< an offset counts from where it stands
};

/// Whether kallsyms_token_index begins at `at`. Each entry is the place of a token in the table
/// before it, so that it goes up by the length of one token and its NUL.
bool is_token_index(std::string_view image, size_t at)
{
	uint64_t before = 0;
	for (size_t i = 0; i < tokens; ++i) {
		const uint64_t now = number_at(image, at + 2 * i, 2);
		if (i == 0 ? now != 0 : now <= before || now > before + 64)
			return false;
		before = now;
	}
	return true;
}

/// Where kallsyms_token_table begins, if kallsyms_token_index is at `index`.
std::optional<size_t> token_table_before(std::string_view image, size_t index)
{
	const uint64_t last = number_at(image, index + 2 * (tokens - 1), 2);
	// The last token's length is not known: the table ends in zeros up to the index.
	for (size_t length = 1; length <= 64; ++length) {
		const size_t size = aligned(last + length + 1, 4);
		if (size > index)
			return std::nullopt;
		const size_t table = index - size;
		bool fits = true;
		for (size_t i = 0; i < tokens && fits; ++i) {
			const uint64_t start = number_at(image, index + 2 * i, 2);
			fits = image[table + start] != 0 &&
			       (start == 0 || image[table + start - 1] == 0);
		}
		if (fits)
			return table;
	}
	return std::nullopt;
}

/// Behind the name that begins at `at`. Its length takes two bytes where the first has its top bit.
size_t behind_name(std::string_view image, size_t at)
{
	const uint64_t first = number_at(image, at, 1);
	if ((first & 0x80) == 0)
		return at + 1 + first;
	return at + 2 + ((first & 0x7f) | number_at(image, at + 1, 1) << 7);
}

/// Whether `count` names begin at `names`, with kallsyms_markers somewhere behind them that has the
/// place of each 256th of them.
bool are_names(std::string_view image, size_t names, size_t count, size_t limit)
{
	std::string markers;
	size_t place = names;
	for (size_t i = 0; i < count; ++i) {
		if (place >= limit)
			return false;
		if (i % marker_interval == 0)
			for (size_t byte = 0; byte < 4; ++byte)
				markers += static_cast<char>((place - names) >> (8 * byte));
		place = behind_name(image, place);
	}
	return place <= limit &&
	       image.substr(place, limit - place).find(markers) != std::string_view::npos;
}

/// kallsyms_num_syms is the number in front of the names that makes the markers true. Around the
/// markers some kernels have other tables, such as kallsyms_seqs_of_names.
std::optional<Tables> names_before(std::string_view image, size_t token_table)
{
	constexpr size_t fewest = 512, most = 2'000'000;
	const size_t floor = token_table > most * 16 ? token_table - most * 16 : 0;
	for (size_t at = token_table & ~size_t{3}; at >= floor + 8;) {
		at -= 4;
		const uint32_t count = word_at(image, at);
		if (count < fewest || count > most)
			continue;
		for (const size_t names : {at + 4, at + 8})
			if (are_names(image, names, count, token_table))
				return Tables{.count = count, .names = names};
	}
	return std::nullopt;
}

/// Whether offsets from _text begin at `at`: they go up. Since 7.0 each is relative to the place
/// where it stands itself.
bool are_offsets(std::string_view image, size_t at, size_t count, bool from_itself)
{
	if (4 * count > image.size() || at > image.size() - 4 * count)
		return false;
	uint32_t before = 0;
	for (size_t i = 0; i < count; ++i) {
		const auto here = static_cast<uint32_t>(from_itself ? at + 4 * i : 0);
		const uint32_t now = word_at(image, at + 4 * i) + here;
		if (now < before)
			return false;
		before = now;
	}
	return before != 0;
}

/// kallsyms_offsets: behind the token index since 6.4, before that in front of
/// kallsyms_relative_base and kallsyms_num_syms.
void find_offsets(std::string_view image, Tables &tables)
{
	const size_t behind = tables.token_index + 2 * tokens;
	for (const size_t offsets : {aligned(behind, 4), aligned(behind)})
		for (const bool from_itself : {false, true})
			if (are_offsets(image, offsets, tables.count, from_itself)) {
				tables.offsets = offsets;
				tables.from_itself = from_itself;
				return;
			}
	const size_t space = aligned(4 * tables.count) + 16;
	if (tables.names > space && are_offsets(image, tables.names - space, tables.count, false)) {
		tables.offsets = tables.names - space;
		return;
	}
	throw std::runtime_error("kallsyms_offsets is not where other kernels have it");
}

Tables find_tables(std::string_view image)
{
	constexpr size_t width = 2 * tokens;
	for (size_t at = 0; at + width <= image.size(); at += 4) {
		if (image[at] != 0 || image[at + 1] != 0 || image[at + 2] == 0 ||
		    !is_token_index(image, at))
			continue;
		const auto table = token_table_before(image, at);
		auto tables = table ? names_before(image, *table) : std::nullopt;
		if (!tables)
			continue;
		tables->token_table = *table;
		tables->token_index = at;
		find_offsets(image, *tables);
		return *tables;
	}
	throw std::runtime_error("no symbol table (CONFIG_KALLSYMS) in the Image");
}

/// What each byte of a packed name stands for.
std::array<std::string_view, tokens> read_tokens(std::string_view image, const Tables &tables)
{
	std::array<std::string_view, tokens> out;
	for (size_t i = 0; i < tokens; ++i) {
		const size_t at =
			tables.token_table + number_at(image, tables.token_index + 2 * i, 2);
		out[i] = image.substr(at, image.find('\0', at) - at);
	}
	return out;
}

/// What has to be added to the offsets of a table that need not begin at _text: one of a kernel
/// without CONFIG_KALLSYMS_ALL begins at _stext. It is the distance from _text to _stext that makes
/// calls land where functions begin.
uint64_t start_of(std::string_view image, const std::vector<Symbol> &symbols)
{
	const auto named = [&](std::string_view name) {
		return std::ranges::find(symbols, name, &Symbol::name);
	};
	if (named("_text") != symbols.end())
		return 0;
	const auto text = named("_stext");
	if (text == symbols.end() || text->offset != 0)
		throw std::runtime_error("the symbol table has neither _text nor _stext");
	constexpr std::array<uint64_t, 3> distances = {0x800, 0x1000, 0x10000};
	constexpr uint64_t looked_at = 0x100000; // of code
	std::array<size_t, distances.size()> landed = {};
	for (size_t i = 0; i < distances.size(); ++i)
		for (uint64_t at = distances[i];
		     at < std::min(distances[i] + looked_at, image.size() & ~uint64_t{3}); at += 4)
			if (const auto target = branch_target(word_at(image, at), at);
			    target && std::ranges::binary_search(symbols, *target - distances[i],
								 {}, &Symbol::offset))
				++landed[i];
	return distances[static_cast<size_t>(std::ranges::max_element(landed) - landed.begin())];
}

} // namespace

bool is_code(const Symbol &symbol)
{
	return std::string_view("tTwW").find(symbol.kind) != std::string_view::npos;
}

std::vector<Symbol> kernel_symbols(std::string_view image)
{
	const Tables tables = find_tables(image);
	const auto parts = read_tokens(image, tables);
	std::vector<Symbol> symbols;
	symbols.reserve(tables.count);
	size_t at = tables.names;
	for (size_t i = 0; i < tables.count; ++i) {
		const size_t end = behind_name(image, at);
		std::string name;
		for (at += number_at(image, at, 1) & 0x80 ? 2 : 1; at < end; ++at)
			name += parts[static_cast<unsigned char>(image[at])];
		if (name.empty())
			throw std::runtime_error("a symbol without a name");
		const size_t place = tables.offsets + 4 * i;
		const auto here = static_cast<uint32_t>(tables.from_itself ? place : 0);
		symbols.push_back({.offset = word_at(image, place) + here,
				   .kind = name.front(),
				   .name = name.substr(1)});
	}
	const uint64_t start = start_of(image, symbols);
	for (Symbol &symbol : symbols)
		symbol.offset += start;
	return symbols;
}

} // namespace tagtrap::coverage
