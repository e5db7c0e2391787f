// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/page_proof.h"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <string>
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

PageCounts count_pages(const unsigned char *at, size_t bytes, size_t page_size)
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
	PageCounts counts;
	for (const uint64_t entry : entries)
		count_page(entry, counts);
	return counts;
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
