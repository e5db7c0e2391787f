// SPDX-License-Identifier: GPL-2.0-only
// Reproducers of rows: images as bytes with slots, registers as words, and what they act upon.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "harness/model/case.h"
#include "harness/model/judge_parts.h"
#include "harness/model/row.h"
#include "harness/report/reproducer_parts.h"

namespace tagtrap::reproducing {

namespace {

using rows::Image;
using rows::Row;
using rows::Slot;
using rows::Word;

/// Rows whose structures are larger or smaller on x86-64 than on arm64, of those that have a
/// program: on such a machine nothing is known of what it would need.
constexpr std::array<std::string_view, 2> other_layouts = {"fstat.statbuf", "newfstatat.statbuf"};

bool layout_is_known([[maybe_unused]] const Row &row)
{
#if defined(__aarch64__)
	return true;
#else
	return std::ranges::find(other_layouts, row.name) == other_layouts.end();
#endif
}

std::string constant(uint64_t value)
{
	const std::string text = number_text(value);
	return text + (text.starts_with("0x") ? "UL" : "L");
}

/// Calls that came when all machines had the same numbers; headers may not have them yet.
constexpr int first_common_number = 424;

std::string expression(const Word &word, const Row &row)
{
	switch (word.is) {
	case Word::Is::constant:
		return constant(word.value);
	case Word::Is::it:
		return behind("buf", word.value);
	case Word::Is::size:
		return "(long)LENGTH";
	case Word::Is::count:
		return fmt::format("{}L", row.extent.count);
	case Word::Is::object:
		return "object";
	case Word::Is::second:
		return "second";
	case Word::Is::image:
		return fmt::format("image{}", word.value);
	case Word::Is::spare:
		return behind("spare", word.value);
	case Word::Is::mask:
		return "0L"; // the dispositions that have one are not arranged
	}
	return "0L";
}

/// `parts` and commas, broken at 80 columns; lines behind the first one start with `margin`.
std::string wrapped(std::string text, const std::vector<std::string> &parts,
		    std::string_view margin)
{
	constexpr size_t tab = 8;
	size_t column = 0;
	for (const char c : text)
		column = c == '\t' ? (column / tab + 1) * tab : column + 1;
	for (size_t i = 0; i < parts.size(); ++i) {
		const std::string part = parts[i] + (i + 1 == parts.size() ? "" : ",");
		if (i != 0 && column + 1 + part.size() + 3 > reproducer_columns) {
			text += fmt::format("\n{}", margin);
			column = tab * margin.size();
		} else if (i != 0) {
			text += ' ';
			++column;
		}
		text += part;
		column += part.size();
	}
	return text;
}

std::string declared(const Image &image, size_t index)
{
	const auto start =
		fmt::format("static _Alignas(16) unsigned char image{}[{}]", index, image.size);
	const auto *const bytes = static_cast<const unsigned char *>(image.from);
	if (rows::is_string(image))
		return fmt::format("{} = \"{}\";\n", start,
				   std::string(bytes, bytes + image.size - 1));
	std::vector<std::string> parts;
	for (size_t i = 0; bytes != nullptr && i < image.size; ++i)
		if (bytes[i] != 0)
			parts.push_back(fmt::format("[{}] = {}", i, bytes[i]));
	return parts.empty() ? start + ";\n" : wrapped(start + " = {\n\t", parts, "\t") + " };\n";
}

void add_images(const Row &row, Pieces &pieces)
{
	bool puts = false;
	const auto reached = reached_images(row);
	for (size_t i = 0; i < row.memory.images.size(); ++i) {
		const Image &image = row.memory.images[i];
		if (!reached[i])
			continue;
		pieces.globals += declared(image, i);
		for (const Slot &slot : image.slots) {
			if (slot.width == 0)
				continue;
			puts = true;
			pieces.setup += fmt::format("\tPUT(image{}, {}, {}, {});\n", i, slot.at,
						    slot.width, expression(slot.what, row));
		}
	}
	if (puts)
		pieces.globals +=
			"#define PUT(image, at, width, value) \\\n"
			"\tmemcpy(image + at, &(unsigned long){ (unsigned long)(value) }, "
			"width)\n";
	if (row.memory.holds >= 0)
		pieces.setup += fmt::format("\tmemcpy(buf, image{0}, sizeof(image{0}));\n",
					    row.memory.holds);
}

/// A string, as fill_row() of the suite writes it.
void add_string(const Row &row, Pieces &pieces)
{
	const rows::Memory &memory = row.memory;
	if (memory.holds >= 0)
		pieces.fill = "";
	if (!memory.text.empty())
		pieces.fill = fmt::format("\tmemset(buf, '{}', LENGTH - 1);\n"
					  "\tmemcpy(buf, \"{}\", {});\n",
					  memory.text.back(), memory.text, memory.text.size());
	if (memory.path.empty())
		return;
	const size_t size = memory.path.size();
	pieces.fill = "\tmemset(buf, '/', LENGTH - 1);\n";
	if (!memory.path.starts_with('/') && size + 1 < row.extent.size())
		pieces.fill += "\tbuf[0] = '.';\n";
	pieces.fill += fmt::format("\tmemcpy(buf + LENGTH - {}, \"{}\", {});\n", size + 1,
				   memory.path, size);
}

void add_directory(const Row &row, Pieces &pieces)
{
	pieces.headers.insert(pieces.headers.end(), {"stdlib.h", "sys/stat.h"});
	pieces.chars += ", data[4096], name[] = \"reproducer.XXXXXX\"";
	pieces.longs = "i, object, second";
	pieces.setup = "\tMUST(mkdtemp(name)); /* it stays */\n"
		       "\tsecond = open(name, O_RDONLY | O_DIRECTORY);\n"
		       "\tobject = openat(second, \"file\", O_RDWR | O_CREAT, 0600);\n"
		       "\tfor (i = 0; i < 4096; i++)\n"
		       "\t\tdata[i] = NEW(i);\n"
		       "\tMUST(second >= 0 && pwrite(object, data, 4096, 0) == 4096);\n"
		       "\tmemset(data, 'l', 64);\n"
		       "\tdata[64] = 0;\n"
		       "\tMUST(!symlinkat(data, second, \"link\"));\n"
		       "\tMUST(!mkdirat(second, \"tree\", 0700));\n";
	if (rows::call_of(row.name).find("xattr") == std::string_view::npos)
		return;
	pieces.headers.emplace_back("sys/xattr.h");
	pieces.setup += "\tif (fsetxattr(object, \"trusted.tagtrap\", data, 64, 0))\n"
			"\t\tMUST(!fsetxattr(object, \"user.of_tagtrap\", data, 64, 0));\n";
}

void add_ends(Pieces &pieces)
{
	pieces.ints += ", ends[2]";
	pieces.longs = pieces.longs.empty() ? "object, second" : pieces.longs + ", object, second";
	pieces.setup = "\tMUST(!pipe2(ends, O_NONBLOCK));\n"
		       "\tsecond = ends[0];\n"
		       "\tobject = ends[1];\n"
		       "\tMUST(write(object, \"x\", 1) == 1);\n";
}

/// The call, and told() of what it returns.
std::string call_text(const Row &row)
{
	std::vector<std::string> registers = {fmt::format("SYS_{}", rows::call_of(row.name))};
	for (const Word &word : row.words)
		registers.push_back(expression(word, row));
	std::string text = wrapped("\tseen->result = syscall(", registers, "\t\t\t") +
			   ");\n"
			   "\tseen->result = seen->result < 0 ? -errno : seen->result;\n";
	const rows::Yield &yields = row.due.yields;
	if (yields.of == rows::Yield::Of::handle || yields.of == rows::Yield::Of::number)
		text += "\tif (seen->result > 0)\n\t\tseen->result = 0;\n";
	if (yields.of == rows::Yield::Of::error)
		text += fmt::format("\tif (seen->result == -{}) /* as is due */\n"
				    "\t\tseen->result = 0;\n"
				    "\telse if (seen->result >= 0)\n"
				    "\t\tseen->result = -EBADMSG;\n",
				    judging::result_text(-yields.value));
	return text;
}

std::string why_not(const Row &row)
{
	if (row.memory.issue != nullptr)
		return "the row has code that makes its call";
	if (!layout_is_known(row))
		return "a structure of it has another size on arm64 than on this machine";
	if (row.on.name != "itself" && row.on.name != "files" && row.on.name != "pipe")
		return fmt::format("what it acts upon ({}) has no program yet", row.on.name);
	return "";
}

} // namespace

std::string number_text(uint64_t value)
{
	const auto number = static_cast<int64_t>(value);
	if (number < 0 && number >= -9999)
		return fmt::format("{}", number);
	return value > 9999 ? fmt::format("{:#x}", value) : fmt::format("{}", value);
}

std::string behind(std::string_view what, uint64_t bytes)
{
	return bytes == 0 ? std::string(what) : fmt::format("{} + {}", what, bytes);
}

std::vector<bool> reached_images(const Row &row)
{
	std::vector<bool> reached(row.memory.images.size(), false);
	const auto reach = [&](const Word &word) {
		if (word.is == Word::Is::image)
			reached[word.value] = true;
	};
	if (row.memory.holds >= 0)
		reached[static_cast<size_t>(row.memory.holds)] = true;
	std::ranges::for_each(row.words, reach);
	for (size_t round = 0; round < reached.size(); ++round)
		for (size_t i = 0; i < reached.size(); ++i)
			for (const Slot &slot : row.memory.images[i].slots)
				if (reached[i] && slot.width != 0)
					reach(slot.what);
	return reached;
}

void add_row(const Point &point, Pieces &pieces)
{
	const Row &row = *point.call->row;
	if (const auto why = why_not(row); !why.empty()) {
		pieces.why_not = fmt::format("{}: ./run.sh {} shows it", why, id(point));
		return;
	}
	pieces.object = row.on.make == nullptr ? "it acts upon the process itself" : row.on.object;
	if (row.due.yields.of == rows::Yield::Of::error)
		pieces.object += fmt::format("; a good call fails with {}, which is told as 0",
					     judging::result_text(-row.due.yields.value));
	pieces.headers.emplace_back("sys/syscall.h");
	if (row.entry.number >= first_common_number)
		pieces.globals += fmt::format("#ifndef SYS_{0}\n#define SYS_{0} {1}\n#endif\n",
					      rows::call_of(row.name), row.entry.number);
	add_string(row, pieces);
	if (pieces.fill.find("(i = 0") == std::string::npos)
		pieces.longs = "";
	if (row.on.name == "files")
		add_directory(row, pieces);
	if (row.on.name == "pipe")
		add_ends(pieces);
	if (rows::speaks_of(row, Word::Is::spare))
		pieces.globals += "static _Alignas(65536) char spare[4096]; /* a page */\n";
	add_images(row, pieces);
	pieces.call = call_text(row);
}

} // namespace tagtrap::reproducing
