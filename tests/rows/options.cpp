// SPDX-License-Identifier: GPL-2.0-only
#include "tests/rows/options.h"

#include <array>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

/// What the rows of one option point to. It stays.
struct Content {
	std::string get_name, set_name;
	int length = 0;
	std::vector<unsigned char> value;
	std::array<Image, 1> to_length = {}, to_value = {};
};

const Content &content_of(const OptionLevel &all, const Option &one)
{
	static std::deque<Content> contents;
	Content &made = contents.emplace_back();
	made.get_name = std::string("getsockopt.").append(all.prefix).append(one.name);
	made.set_name = std::string("setsockopt.").append(all.prefix).append(one.name);
	made.length = static_cast<int>(one.got);
	made.to_length = {like(made.length)};
	made.value.resize(std::max<size_t>(one.put, sizeof(one.value)));
	std::memcpy(made.value.data(), &one.value, sizeof(one.value));
	made.to_value = {Image{made.value.data(), static_cast<uint16_t>(one.put)}};
	return made;
}

Row get(const OptionLevel &all, const Option &one, const Content &content)
{
	return {content.get_name,
		trap(SYS_getsockopt),
		{object, all.level, one.number, it, image(0)},
		out,
		bytes(one.got),
		all.on,
		{.images = content.to_length},
		{.by = all.getter},
		Tries::plain,
		all.care};
}

Row put(const OptionLevel &all, const Option &one, const Content &content)
{
	return {content.set_name,
		trap(SYS_setsockopt),
		{object, all.level, one.number, it, size},
		in,
		bytes(one.put),
		all.on,
		{.images = content.to_value, .holds = 0},
		{.yields = one.error == 0 ? Yield() : fails(one.error), .by = all.setter},
		Tries::plain,
		one.root ? Care::root : all.care};
}

} // namespace

RegisteredOptions::RegisteredOptions(const OptionLevel &all)
{
	static std::deque<std::vector<Row>> tables;
	std::vector<Row> &table = tables.emplace_back();
	table.reserve(2 * all.options.size());
	for (const Option &one : all.options) {
		const Content &content = content_of(all, one);
		if (one.got != 0)
			table.push_back(get(all, one, content));
		if (one.put != 0)
			table.push_back(put(all, one, content));
	}
	RegisteredRows{table};
}

} // namespace tagtrap::rows
