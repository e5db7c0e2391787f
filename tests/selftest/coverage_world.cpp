// SPDX-License-Identifier: GPL-2.0-only
#include "tests/selftest/coverage_world.h"

#include <algorithm>
#include <array>
#include <elf.h>

namespace tagtrap::selftest {

namespace {

void put(std::string &bytes, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; ++i)
		bytes += static_cast<char>(value >> (8 * i));
}

void align(std::string &bytes, size_t to)
{
	bytes.resize((bytes.size() + to - 1) / to * to);
}

/// kallsyms_offsets.
void put_offsets(std::string &image, const Symbols &symbols, TableAge age)
{
	for (const auto &[at, name] : symbols) {
		const auto here = static_cast<uint32_t>(image.size());
		put(image, age == TableAge::v7_3 ? at - here : at, 4);
	}
}

template <class Row> void put_row(std::string &bytes, const Row &row)
{
	bytes.append(reinterpret_cast<const char *>(&row), sizeof(row));
}

/// Adds a string to a table of them; returns where it is.
uint32_t name_in(std::string &strings, const std::string &name)
{
	const auto at = static_cast<uint32_t>(strings.size());
	strings += name + '\0';
	return at;
}

uint32_t branch(uint32_t opcode, uint64_t from, uint64_t to)
{
	return opcode | (static_cast<uint32_t>((to - from) >> 2) & 0x03ffffff);
}

} // namespace

uint32_t bl(uint64_t from, uint64_t to)
{
	return branch(0x94000000, from, to);
}

uint32_t b(uint64_t from, uint64_t to)
{
	return branch(0x14000000, from, to);
}

std::string small_image(const Symbols &symbols, const std::vector<uint32_t> &code, TableAge age)
{
	std::string image(0x1000, '\0');
	for (const uint32_t word : code)
		put(image, word, 4);
	image.resize(0x3000);
	const size_t step = age == TableAge::v7_3 ? 4 : 8;
	if (age == TableAge::v7_3)
		put(image, UINT32_MAX, 4); // the tables begin behind something
	if (age == TableAge::v5_10) {
		put_offsets(image, symbols, age);
		align(image, step);
		put(image, 0xffff800008000000, 8); // kallsyms_relative_base
	}
	put(image, symbols.size(), 4);
	align(image, step);
	const size_t names = image.size();
	std::string markers;
	for (size_t i = 0; i < symbols.size(); ++i) {
		if (i % 256 == 0)
			put(markers, image.size() - names, 4);
		const std::string &name = symbols[i].second;
		if (name.size() > 127)
			image += static_cast<char>(name.size() | 0x80);
		image += static_cast<char>(name.size() > 127 ? name.size() >> 7 : name.size());
		image += name;
	}
	align(image, step);
	image += markers;
	align(image, step);
	std::string index;
	const size_t tokens = image.size();
	for (int token = 0; token < 256; ++token) {
		put(index, image.size() - tokens, 2);
		image +=
			token == 0 ? std::string("zero") : std::string(1, static_cast<char>(token));
		image += '\0';
	}
	align(image, step);
	image += index;
	align(image, step);
	if (age != TableAge::v5_10)
		put_offsets(image, symbols, age);
	return image;
}

std::string small_module(const std::vector<uint32_t> &code, const std::string &function,
			 uint64_t at, const std::vector<Outside> &calls, const std::string &info)
{
	std::string strings(1, '\0'), names(1, '\0'), text, symbols, relocations;
	for (const uint32_t word : code)
		put(text, word, 4);
	put_row(symbols, Elf64_Sym{});
	put_row(symbols, Elf64_Sym{.st_name = name_in(strings, function),
				   .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
				   .st_shndx = 1,
				   .st_value = at,
				   .st_size = text.size() - at});
	uint64_t symbol = 2;
	for (const Outside &call : calls) {
		put_row(symbols, Elf64_Sym{.st_name = name_in(strings, call.name)});
		put_row(relocations, Elf64_Rela{call.at, ELF64_R_INFO(symbol++, call.type), 0});
	}
	struct Part {
		std::string name, content;
		Elf64_Word type;
		Elf64_Xword flags;
		Elf64_Word link, info;
	};
	const std::array<Part, 5> parts = {
		Part{".text", text, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0, 0},
		Part{".rela.text", relocations, SHT_RELA, 0, 3, 1},
		Part{".symtab", symbols, SHT_SYMTAB, 0, 4, 0},
		Part{".strtab", strings, SHT_STRTAB, 0, 0, 0},
		Part{".modinfo", info, SHT_PROGBITS, SHF_ALLOC, 0, 0},
	};
	std::string file(sizeof(Elf64_Ehdr), '\0'), headers;
	put_row(headers, Elf64_Shdr{});
	for (const Part &part : parts) {
		put_row(headers, Elf64_Shdr{.sh_name = name_in(names, part.name),
					    .sh_type = part.type,
					    .sh_flags = part.flags,
					    .sh_offset = file.size(),
					    .sh_size = part.content.size(),
					    .sh_link = part.link,
					    .sh_info = part.info});
		file += part.content;
	}
	put_row(headers, Elf64_Shdr{.sh_type = SHT_STRTAB,
				    .sh_offset = file.size(),
				    .sh_size = names.size()});
	file += names;
	Elf64_Ehdr head = {};
	std::copy_n(ELFMAG, SELFMAG, head.e_ident);
	head.e_type = ET_REL;
	head.e_machine = EM_AARCH64;
	head.e_shoff = file.size();
	head.e_shnum = parts.size() + 2;
	head.e_shstrndx = parts.size() + 1;
	file.replace(0, sizeof(head), reinterpret_cast<const char *>(&head), sizeof(head));
	return file + headers;
}

} // namespace tagtrap::selftest
