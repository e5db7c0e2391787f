// SPDX-License-Identifier: GPL-2.0-only
#include <cstring>
#include <elf.h>
#include <map>
#include <set>
#include <span>
#include <stdexcept>

#include "harness/coverage/scan.h"

namespace tagtrap::coverage {

namespace {

/// A table of structures in a file, copied: nothing in it need be aligned.
template <class Row> std::vector<Row> table(std::string_view file, uint64_t at, uint64_t size)
{
	if (at > file.size() || size > file.size() - at)
		throw std::runtime_error("the module is cut off");
	std::vector<Row> out(size / sizeof(Row));
	if (!out.empty()) // memcpy() takes no null pointer, not even for no bytes
		std::memcpy(out.data(), file.data() + at, out.size() * sizeof(Row));
	return out;
}

/// The string of a string table.
std::string_view text_at(std::string_view strings, uint64_t at)
{
	if (at >= strings.size())
		throw std::runtime_error("a name is not in its table");
	const auto rest = strings.substr(at);
	return rest.substr(0, rest.find('\0'));
}

/// An ELF file of a module, as far as it is needed here.
class Elf {
public:
	explicit Elf(std::string_view file) : file_(file)
	{
		if (!file.starts_with(ELFMAG))
			throw std::runtime_error("no ELF file");
		const auto head = table<Elf64_Ehdr>(file, 0, sizeof(Elf64_Ehdr)).front();
		if (head.e_machine != EM_AARCH64 || head.e_type != ET_REL)
			throw std::runtime_error("no module for arm64");
		sections = table<Elf64_Shdr>(file, head.e_shoff,
					     uint64_t{head.e_shnum} * sizeof(Elf64_Shdr));
		names_ = content(head.e_shstrndx);
		for (const Elf64_Shdr &section : sections)
			if (section.sh_type == SHT_SYMTAB) {
				symbols =
					table<Elf64_Sym>(file, section.sh_offset, section.sh_size);
				strings_ = content(section.sh_link);
			}
	}

	std::string_view content(uint64_t index) const
	{
		const Elf64_Shdr &section = sections.at(index);
		if (section.sh_type == SHT_NOBITS)
			return {};
		if (section.sh_offset > file_.size() ||
		    section.sh_size > file_.size() - section.sh_offset)
			throw std::runtime_error("the module is cut off");
		return file_.substr(section.sh_offset, section.sh_size);
	}
	std::string_view name(const Elf64_Shdr &section) const
	{
		return text_at(names_, section.sh_name);
	}
	std::string_view name(const Elf64_Sym &symbol) const
	{
		return text_at(strings_, symbol.st_name);
	}

	std::vector<Elf64_Shdr> sections;
	std::vector<Elf64_Sym> symbols;

private:
	std::string_view file_, names_, strings_;
};

bool is_code(const Elf64_Shdr &section)
{
	return section.sh_type == SHT_PROGBITS && (section.sh_flags & SHF_EXECINSTR) != 0;
}

void take_functions(const Elf &elf, Module &module)
{
	for (const Elf64_Sym &symbol : elf.symbols) {
		if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC ||
		    symbol.st_shndx >= elf.sections.size() || symbol.st_shndx == SHN_UNDEF ||
		    !is_code(elf.sections[symbol.st_shndx]))
			continue;
		module.functions.push_back(
			{.section = std::string(elf.name(elf.sections[symbol.st_shndx])),
			 .at = symbol.st_value,
			 .name = std::string(elf.name(symbol))});
	}
	std::ranges::stable_sort(module.functions, [](const Function &a, const Function &b) {
		return std::tie(a.section, a.at) < std::tie(b.section, b.at);
	});
	const auto twice =
		std::ranges::unique(module.functions, [](const Function &a, const Function &b) {
			return a.section == b.section && a.at == b.at;
		});
	module.functions.erase(twice.begin(), twice.end());
}

/// What the branches of a section lead to by relocation, by place in the section.
std::map<uint64_t, std::string_view> calls_of(const Elf &elf, size_t index)
{
	std::map<uint64_t, std::string_view> calls;
	for (size_t i = 0; i < elf.sections.size(); ++i) {
		const Elf64_Shdr &section = elf.sections[i];
		if (section.sh_type != SHT_RELA || section.sh_info != index)
			continue;
		const auto content = elf.content(i);
		for (const auto &row : table<Elf64_Rela>(content, 0, content.size())) {
			const auto type = ELF64_R_TYPE(row.r_info);
			if (type != R_AARCH64_CALL26 && type != R_AARCH64_JUMP26)
				continue;
			const Elf64_Sym &symbol = elf.symbols.at(ELF64_R_SYM(row.r_info));
			// A section stands for itself: what is called there is not told.
			if (ELF64_ST_TYPE(symbol.st_info) != STT_SECTION)
				calls[row.r_offset] = elf.name(symbol);
		}
	}
	return calls;
}

/// .modinfo, "alias=pci:v...": what the module drives is told by the word before the colon.
std::vector<std::string> devices_of(const Elf &elf)
{
	std::set<std::string> buses;
	for (size_t i = 0; i < elf.sections.size(); ++i) {
		if (elf.name(elf.sections[i]) != ".modinfo")
			continue;
		std::string_view rest = elf.content(i);
		while (!rest.empty()) {
			const auto line = rest.substr(0, rest.find('\0'));
			rest.remove_prefix(std::min(line.size() + 1, rest.size()));
			const auto colon = line.find(':');
			if (line.starts_with("alias=") && colon != std::string_view::npos)
				buses.emplace(line.substr(6, colon - 6));
		}
	}
	return {buses.begin(), buses.end()};
}

} // namespace

Module module_sites(std::string_view file, std::string name)
{
	const Elf elf(file);
	Module module = {.name = std::move(name)};
	take_functions(elf, module);
	module.devices = devices_of(elf);
	for (size_t i = 0; i < elf.sections.size(); ++i) {
		const Elf64_Shdr &section = elf.sections[i];
		if (!is_code(section))
			continue;
		const auto calls = calls_of(elf, i);
		const auto what = elf.name(section);
		const bool init = what.starts_with(".init") || what.starts_with(".exit");
		scan({.section = what, .bytes = elf.content(i), .init = init}, module,
		     [&](uint64_t at, uint32_t word) -> std::string_view {
			     if (const auto found = calls.find(at); found != calls.end())
				     return find_routine(found->second) ? found->second : "";
			     // Within a section: a copy of an inline helper, say.
			     const uint64_t target = branch_target(word, at).value_or(at);
			     const auto *to = function_at(module.functions, what, target);
			     const bool routine = to != nullptr && to->at == target &&
						  find_routine(to->name) != nullptr;
			     return routine ? std::string_view(to->name) : "";
		     });
	}
	return module;
}

} // namespace tagtrap::coverage
