// SPDX-License-Identifier: GPL-2.0-only
// A row in words: registers, memory, object, and what is due.
#include <algorithm>
#include <fmt/format.h>

#include "harness/model/judge_parts.h"
#include "harness/report/explain_parts.h"
#include "harness/report/reproducer_parts.h"
#include "harness/report/words.h"

namespace tagtrap::explaining {

namespace {

using rows::Image;
using rows::Row;
using rows::Slot;
using rows::Word;

using reproducing::behind;
using reproducing::number_text;

std::string word_text(const Word &word, const Row &row)
{
	switch (word.is) {
	case Word::Is::constant:
		return number_text(word.value);
	case Word::Is::it:
		return behind("the pointer under test", word.value);
	case Word::Is::size:
		return fmt::format("{}, the size of the pointee", row.extent.size());
	case Word::Is::count:
		return fmt::format("{}, the count of the pointee", row.extent.count);
	case Word::Is::object:
		return "the object";
	case Word::Is::second:
		return "the second object";
	case Word::Is::image:
		return fmt::format("image {}", word.value);
	case Word::Is::spare:
		return behind("good memory that nobody looks at", word.value);
	case Word::Is::mask:
		return "a temporary signal mask, or null";
	}
	return "?";
}

/// The bytes of an image before its slots are filled in.
std::string bytes_text(const Image &image)
{
	const auto *const bytes = static_cast<const unsigned char *>(image.from);
	size_t length = image.size; // without the zeros at its end
	while (length > 0 && (bytes == nullptr || bytes[length - 1] == 0))
		--length;
	if (length == 0)
		return "zeros";
	if (rows::is_string(image))
		return fmt::format("\"{}\"", std::string(bytes, bytes + length));
	constexpr size_t most = 32;
	std::string text;
	for (size_t i = 0; i < std::min(length, most); ++i)
		text += fmt::format("{}{:02x}", i == 0 ? "" : " ", bytes[i]);
	if (length > most)
		return text + " ...";
	return length < image.size ? text + ", then zeros" : text;
}

std::string slots_text(const Image &image, const Row &row)
{
	std::string text;
	for (const Slot &slot : image.slots)
		if (slot.width != 0)
			text += fmt::format("; at byte {} ({} bytes) {}", slot.at, slot.width,
					    word_text(slot.what, row));
	return text;
}

std::string content_text(const Row &row)
{
	const rows::Memory &memory = row.memory;
	if (memory.holds >= 0)
		return fmt::format("starts as image {}, its slots filled in", memory.holds);
	if (!memory.text.empty())
		return fmt::format("starts as \"{}\", filled up with its last byte, and a NUL at "
				   "its end",
				   memory.text);
	if (!memory.path.empty())
		return fmt::format("starts as a path to \"{}\", filled up with slashes in front",
				   memory.path);
	return "starts as a pattern of bytes";
}

std::string extent_text(const rows::Extent &extent)
{
	switch (extent.sort) {
	case rows::Extent::Sort::text:
		return fmt::format("a string of {} bytes with its NUL", extent.size());
	case rows::Extent::Sort::word:
		return fmt::format("an aligned number of {} bytes", extent.size());
	case rows::Extent::Sort::object:
		break;
	}
	if (extent.unit == 1)
		return counted(extent.count, "byte");
	if (extent.count == 1)
		return fmt::format("{}, by this machine's headers", counted(extent.unit, "byte"));
	return fmt::format("{} times {}, by this machine's headers", extent.count,
			   counted(extent.unit, "byte"));
}

} // namespace

std::string register_entries(const Row &row)
{
	const auto &all = row.words;
	const auto zero = [](const Word &word) { return word == Word(0); };
	const auto last = std::find_if_not(all.rbegin(), all.rend(), zero).base();
	std::string text;
	for (auto at = all.begin(); at != last; ++at)
		text += entry(fmt::format("x{}", at - all.begin()), word_text(*at, row));
	return text;
}

std::string pointee_text(const Row &row)
{
	return fmt::format("{}; {}", extent_text(row.extent), content_text(row));
}

std::string yield_text(const Row &row)
{
	const rows::Yield &yields = row.due.yields;
	switch (yields.of) {
	case rows::Yield::Of::value:
		return fmt::format("returns {}", yields.value);
	case rows::Yield::Of::handle:
		return "returns a descriptor, which is closed again; told as 0";
	case rows::Yield::Of::number:
		return "returns whatever is no error; told as 0";
	case rows::Yield::Of::error:
		return fmt::format("fails with {}, which is found behind the copy; told as 0",
				   judging::result_text(-yields.value));
	}
	return "";
}

std::string after_text(rows::After after)
{
	switch (after) {
	case rows::After::same:
		return "an error leaves the object as it was; "
		       "what is missing from a queue, or new in it, is P4";
	case rows::After::consumed:
		return "what was to be delivered is gone after an error, by design: a note, `lost`";
	case rows::After::either:
		return "an error may take something out of the object (a note, `lost`), bring "
		       "something (`changed`), or leave it alone";
	}
	return "";
}

std::string ends_text(rows::Ends ends)
{
	switch (ends) {
	case rows::Ends::at_once:
		return "it never waits";
	case rows::Ends::ready:
		return "what it waits for is there";
	case rows::Ends::nonblock:
		return "it is asked not to wait";
	case rows::Ends::timeout:
		return "it waits no longer than for a moment";
	case rows::Ends::refused:
		return "it is turned down before it waits";
	}
	return "";
}

std::string memory_entries(const Row &row)
{
	std::string text;
	const auto reached = reproducing::reached_images(row);
	for (size_t i = 0; i < row.memory.images.size(); ++i) {
		if (!reached[i] && row.memory.issue == nullptr) // code may get at all of them
			continue;
		const Image &image = row.memory.images[i];
		text += entry(fmt::format("image {}", i),
			      fmt::format("{} at byte {} of good memory: {}{}",
					  counted(image.size, "byte"), rows::image_offset(row, i),
					  bytes_text(image), slots_text(image, row)));
	}
	if (row.memory.issue != nullptr)
		text += entry("by code", "the row has code that makes the call, and calls around "
					 "it; the registers are what that starts from");
	if (row.memory.undo != nullptr)
		text += entry("undone", "what a call that worked has made is undone by code");
	return text;
}

std::string object_entries(const Row &row)
{
	if (row.on.make == nullptr)
		return entry("object", "none: the process itself");
	const std::string_view object = row.on.object;
	return entry("object", object.empty() ? row.on.name : object) +
	       entry("second", row.on.second);
}

std::string flow_text(const Case &call)
{
	if (call.row != nullptr && call.row->flow == rows::Flow::inout)
		return "inout: the kernel loads from it first, and stores into it later";
	return call.direction == Direction::stores ? "out: the kernel stores into it"
						   : "in: the kernel loads from it";
}

} // namespace tagtrap::explaining
