// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tagtrap::coverage {

/// A symbol of a kernel as /proc/kallsyms shows it, but for the address.
struct Symbol {
	uint64_t offset = 0; ///< from _text, which is the first byte of an arm64 Image
	char kind = 0;       ///< as nm(1) has it: t and T are code, w and W weak
	std::string name;

	bool operator==(const Symbol &) const = default;
};

/// The symbols of an arm64 Image, by offset, out of the tables that scripts/kallsyms.c put there:
/// no kernel need be booted, and Debian's System.map only names the package that has one.
/// Linux 5.10 and later. Pure. Throws std::runtime_error that says which table is not there.
std::vector<Symbol> kernel_symbols(std::string_view image);

/// Whether a symbol is code that a call may land in.
bool is_code(const Symbol &symbol);

} // namespace tagtrap::coverage
