// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tagtrap {

/// What /proc/self/pagemap says of some pages: how many of them are what.
struct PageCounts {
	size_t all = 0;
	size_t present = 0;   ///< in memory and mapped
	size_t swapped = 0;   ///< on a swap device
	size_t shared = 0;    ///< of a file, or of shared anonymous memory
	size_t exclusive = 0; ///< mapped by this process alone

	bool operator==(const PageCounts &) const = default;
};

/// One entry of /proc/PID/pagemap, added to `counts`. Source: Documentation/admin-guide/mm/
/// pagemap.rst. Pure.
void count_page(uint64_t entry, PageCounts &counts);

/// The pages of [at, at + bytes), without touching them. Throws std::system_error.
PageCounts count_pages(const unsigned char *at, size_t bytes, size_t page_size);

/// The number behind "FIELD:" in the entry of `smaps` for the mapping that holds `address`; 0: no
/// such mapping or field. In KiB where the kernel counts so. Pure.
uint64_t smaps_field(std::string_view smaps, uint64_t address, std::string_view field);

/// The same of this process, at this moment.
uint64_t smaps_of(const unsigned char *at, std::string_view field);

} // namespace tagtrap
