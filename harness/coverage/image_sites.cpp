// SPDX-License-Identifier: GPL-2.0-only
#include <map>
#include <stdexcept>

#include "harness/coverage/scan.h"

namespace tagtrap::coverage {

namespace {

/// The code between two symbols; empty where the kernel has not got them.
Stretch between(std::string_view image, const std::vector<Symbol> &symbols, std::string_view from,
		std::string_view to)
{
	const auto first = std::ranges::find(symbols, from, &Symbol::name);
	const auto last = std::ranges::find(symbols, to, &Symbol::name);
	if (first == symbols.end() || last == symbols.end() || last->offset < first->offset)
		return {};
	const uint64_t size = last->offset - first->offset;
	if (last->offset > image.size())
		throw std::runtime_error("the Image ends before " + std::string(to));
	return {.bytes = image.substr(first->offset, size), .at = first->offset};
}

/// Finds the calls of functions that end in a B to a routine.
void take_tail_calls(const Stretch &text, Module &module)
{
	std::map<uint64_t, size_t> tails; // of a function that begins there
	for (size_t i = 0; i < module.sites.size(); ++i)
		if (const Site &site = module.sites[i]; site.kind == SiteKind::tail)
			tails.emplace(site.at - site.into, i);
	for (uint64_t i = 0; i + 4 <= text.bytes.size(); i += 4) {
		const uint32_t word = word_at(text.bytes, i);
		if (!is_call(word))
			continue;
		const auto found = tails.find(*branch_target(word, text.at + i));
		if (found != tails.end())
			module.tail_calls[text.at + i] = found->second;
	}
}

/// A name that the linker script gives to a place, where no function need be.
bool is_mark(std::string_view name)
{
	return name == "_text" || name == "_stext" || name == "_sinittext" ||
	       name.ends_with("text_start") || name.ends_with("text_end");
}

} // namespace

Module image_sites(std::string_view image)
{
	const auto symbols = kernel_symbols(image);
	Module module = {.name = "vmlinux"};
	std::map<uint64_t, std::string_view> routines;
	for (const Symbol &symbol : symbols) {
		if (!is_code(symbol))
			continue;
		const bool routine = find_routine(symbol.name) != nullptr;
		if (routine)
			routines[symbol.offset] = symbol.name;
		// Of the names of one place the first counts, but a routine is known by its own.
		if (module.functions.empty() || module.functions.back().at != symbol.offset)
			module.functions.push_back({.at = symbol.offset, .name = symbol.name});
		else if (routine || is_mark(module.functions.back().name))
			module.functions.back().name = symbol.name;
	}
	if (routines.empty())
		throw std::runtime_error("the symbol table names no copy routine");
	const auto callee = [&](uint64_t at, uint32_t word) -> std::string_view {
		const auto found = routines.find(*branch_target(word, at));
		return found == routines.end() ? "" : found->second;
	};
	const Stretch text = between(image, symbols, "_stext", "_etext");
	if (text.bytes.empty())
		throw std::runtime_error("the symbol table does not say where the code is");
	module.start = text.at;
	scan(text, module, callee);
	take_tail_calls(text, module);
	Stretch init = between(image, symbols, "_sinittext", "_einittext");
	init.init = true;
	scan(init, module, callee);
	return module;
}

std::string_view to_string(SiteKind kind)
{
	switch (kind) {
	case SiteKind::call:
		return "call";
	case SiteKind::tail:
		return "tail";
	case SiteKind::access:
		return "access";
	}
	return "";
}

const Function *function_at(const std::vector<Function> &functions, std::string_view section,
			    uint64_t at)
{
	const auto behind = std::ranges::partition_point(functions, [&](const Function &one) {
		return one.section < section || (one.section == section && one.at <= at);
	});
	if (behind == functions.begin() || (behind - 1)->section != section)
		return nullptr;
	return &*(behind - 1);
}

} // namespace tagtrap::coverage
