// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/page_proof.h"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "harness/sys/must.h"
#include "harness/sys/owned.h"

namespace tagtrap {

namespace {

constexpr uint64_t present_bit = uint64_t{1} << 63;
constexpr uint64_t swapped_bit = uint64_t{1} << 62;
constexpr uint64_t shared_bit = uint64_t{1} << 61;
constexpr uint64_t exclusive_bit = uint64_t{1} << 56;
constexpr uint64_t area_bits = (1 << 5) - 1; ///< of a page that is swapped out

/// "5500-5600 rw-p ...": whether this line begins the entry of a mapping, and which.
bool begins_mapping(std::string_view line, uint64_t &from, uint64_t &to)
{
	const char *const end = line.data() + line.size();
	const auto first = std::from_chars(line.data(), end, from, 16);
	if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-')
		return false;
	return std::from_chars(first.ptr + 1, end, to, 16).ec == std::errc();
}

} // namespace

void count_page(uint64_t entry, PageCounts &counts)
{
	++counts.all;
	counts.present += (entry & present_bit) != 0;
	counts.swapped += (entry & swapped_bit) != 0;
	counts.shared += (entry & shared_bit) != 0;
	counts.exclusive += (entry & present_bit) != 0 && (entry & exclusive_bit) != 0;
}

std::vector<uint64_t> pagemap_entries(const unsigned char *at, size_t bytes, size_t page_size)
{
	const sys::Fd map(sys::must(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC),
				    "opening /proc/self/pagemap"));
	std::vector<uint64_t> entries((bytes + page_size - 1) / page_size);
	const size_t wanted = entries.size() * sizeof(uint64_t);
	const auto from =
		static_cast<off_t>(reinterpret_cast<uintptr_t>(at) / page_size * sizeof(uint64_t));
	const ssize_t got = sys::must(pread(map.get(), entries.data(), wanted, from),
				      "reading /proc/self/pagemap");
	entries.resize(static_cast<size_t>(got) / sizeof(uint64_t));
	return entries;
}

std::vector<unsigned char> resident_pages(const unsigned char *at, size_t bytes, size_t page_size)
{
	std::vector<unsigned char> resident((bytes + page_size - 1) / page_size);
	sys::must(mincore(const_cast<unsigned char *>(at), bytes, resident.data()), "mincore");
	return resident;
}

PageCounts count_pages(const unsigned char *at, size_t bytes, size_t page_size)
{
	PageCounts counts;
	for (const uint64_t entry : pagemap_entries(at, bytes, page_size))
		count_page(entry, counts);
	return counts;
}

std::vector<std::string> swap_areas(std::string_view swaps)
{
	std::vector<std::string> areas;
	while (!swaps.empty()) {
		const auto line = swaps.substr(0, swaps.find('\n'));
		swaps.remove_prefix(std::min(swaps.size(), line.size() + 1));
		if (line.starts_with('/')) // else it is the head
			areas.emplace_back(line.substr(0, line.find_first_of(" \t")));
	}
	return areas;
}

std::optional<unsigned> swap_number(std::string_view swaps, std::string_view device)
{
	const auto areas = swap_areas(swaps);
	const auto found = std::ranges::find(areas, device);
	if (found == areas.end())
		return {};
	return static_cast<unsigned>(found - areas.begin());
}

SwapCounts count_swapped(std::span<const uint64_t> entries, std::span<const unsigned char> resident,
			 unsigned area)
{
	SwapCounts counts = {.all = resident.size()};
	for (size_t i = 0; i < std::min(entries.size(), resident.size()); ++i) {
		if ((entries[i] & swapped_bit) == 0 || (entries[i] & area_bits) != area)
			continue;
		++counts.there;
		counts.cached += resident[i] & 1;
	}
	return counts;
}

std::string not_swapped(const SwapCounts &counts, std::string_view device)
{
	if (counts.there < counts.all)
		return fmt::format("pagemap shows {} of {} pages swapped out to {}", counts.there,
				   counts.all, device);
	if (counts.cached > 0)
		return fmt::format("mincore shows {} of {} pages in the swap cache", counts.cached,
				   counts.all);
	return "";
}

uint64_t smaps_field(std::string_view smaps, uint64_t address, std::string_view field)
{
	bool inside = false;
	while (!smaps.empty()) {
		const auto line = smaps.substr(0, smaps.find('\n'));
		smaps.remove_prefix(std::min(smaps.size(), line.size() + 1));
		uint64_t from = 0, to = 0;
		if (begins_mapping(line, from, to)) {
			inside = from <= address && address < to;
			continue;
		}
		if (!inside || !line.starts_with(field) || line.size() <= field.size() ||
		    line[field.size()] != ':')
			continue;
		const auto digits = line.find_first_of("0123456789");
		uint64_t value = 0;
		if (digits != std::string_view::npos)
			std::from_chars(line.data() + digits, line.data() + line.size(), value);
		return value;
	}
	return 0;
}

uint64_t smaps_of(const unsigned char *at, std::string_view field)
{
	std::ifstream file("/proc/self/smaps");
	const std::string text{std::istreambuf_iterator<char>(file), {}};
	return smaps_field(text, reinterpret_cast<uintptr_t>(at), field);
}

} // namespace tagtrap
