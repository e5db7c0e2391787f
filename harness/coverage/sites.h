// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/coverage/symbols.h"

namespace tagtrap::coverage {

/// How code gets at user memory at a site.
enum class SiteKind : uint8_t {
	call,   ///< BL to a copy routine or a helper
	tail,   ///< B to one: the caller's caller is where it returns to
	access, ///< an instruction of the LDTR and STTR family
};

/// One place where a kernel touches user memory.
struct Site {
	std::string section; ///< of a module; empty in an Image
	uint64_t at = 0;     ///< from _text, or from the start of the section
	SiteKind kind = SiteKind::call;
	std::string function; ///< that it is in
	uint64_t into = 0;    ///< from the start of the function
	std::string callee;   ///< of a call; empty for an access
	bool init = false;    ///< code that is gone when the kernel or the module has started

	bool operator==(const Site &) const = default;
};

/// A function that may be called, by where it is.
struct Function {
	std::string section;
	uint64_t at = 0;
	std::string name;
};

/// The sites of an Image or of a module, in order, and what their calls are told by.
struct Module {
	std::string name;   ///< "vmlinux", "xfs"
	uint64_t start = 0; ///< of an Image: _stext, from _text
	std::vector<Site> sites;
	std::vector<Function> functions; ///< by section and place
	/// Calls of functions that end in a B to a routine: where one returns to tells only of the
	/// caller. From the place of the BL to the site.
	std::map<uint64_t, size_t> tail_calls;
	std::vector<std::string> devices; ///< buses of the devices that it drives ("pci", "usb")
};

std::string_view to_string(SiteKind kind);

/// The sites of an arm64 Image. Pure. Throws std::runtime_error.
Module image_sites(std::string_view image);

/// The sites of a module (an ELF file as insmod takes it). What it calls outside is known by its
/// relocations. Pure. Throws std::runtime_error.
Module module_sites(std::string_view file, std::string name);

/// The function of `functions` that holds a place; null: none does.
const Function *function_at(const std::vector<Function> &functions, std::string_view section,
			    uint64_t at);

} // namespace tagtrap::coverage
