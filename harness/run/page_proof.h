// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

/// The entries of /proc/self/pagemap for these pages. Throws std::system_error.
std::vector<uint64_t> pagemap_entries(const unsigned char *at, size_t bytes, size_t page_size);

/// What mincore(2) says of these pages of private anonymous memory: bit 0 of a byte for each is set
/// where it is mapped, or swapped out and in the swap cache all the same. Source:
/// mincore_pte_range(). Throws std::system_error.
std::vector<unsigned char> resident_pages(const unsigned char *at, size_t bytes, size_t page_size);

/// The number of the swap area that `device` is, as pagemap has it: its place in `swaps`, the text
/// of /proc/swaps. None: it is not switched on. Right unless an area of a lower number has been
/// switched off and not on again. Pure.
std::optional<unsigned> swap_number(std::string_view swaps, std::string_view device);

/// The devices and files in the text of /proc/swaps, in its order. Pure.
std::vector<std::string> swap_areas(std::string_view swaps);

/// What is known of pages that are to be in one swap area, and nowhere else.
struct SwapCounts {
	size_t all = 0;
	size_t there = 0;  ///< swapped out to that area
	size_t cached = 0; ///< and in the swap cache all the same: no swap-in is needed

	bool operator==(const SwapCounts &) const = default;
};

/// `entries` and `resident` are of the same pages. An entry has the number of the area only where
/// root reads it. Pure.
SwapCounts count_swapped(std::span<const uint64_t> entries, std::span<const unsigned char> resident,
			 unsigned area);

/// Why these pages are not as they are to be; "" where they are. Pure.
std::string not_swapped(const SwapCounts &counts, std::string_view device);

/// The number behind "FIELD:" in the entry of `smaps` for the mapping that holds `address`; 0: no
/// such mapping or field. In KiB where the kernel counts so. Pure.
uint64_t smaps_field(std::string_view smaps, uint64_t address, std::string_view field);

/// The same of this process, at this moment.
uint64_t smaps_of(const unsigned char *at, std::string_view field);

} // namespace tagtrap
