// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/memory.h"

#include <algorithm>
#include <array>

namespace tagtrap {

namespace {

constexpr MemoryRow no_row = {Memory::plain, "", "tagged, filled and present"};

constexpr std::array memory_table = {
	MemoryRow{.memory = Memory::discarded,
		  .name = "discarded",
		  .words = "tagged and filled, then given back by MADV_DONTNEED",
		  .zero = true,
		  .untagged = true,
		  .filled = false},
	MemoryRow{.memory = Memory::cow,
		  .name = "cow",
		  .words = "shared with a child since fork(): the first store copies it"},
	MemoryRow{.memory = Memory::memfd,
		  .name = "memfd",
		  .words = "a shared mapping of a memfd, in the file and not yet mapped"},
};

constexpr bool in_order()
{
	for (size_t i = 0; i < memory_table.size(); ++i)
		if (static_cast<size_t>(memory_table[i].memory) != i + 1)
			return false;
	return true;
}
static_assert(in_order());

} // namespace

std::span<const MemoryRow> memory_rows()
{
	return memory_table;
}

const MemoryRow &row_of(Memory memory)
{
	const auto index = static_cast<size_t>(memory);
	return index == 0 || index > memory_table.size() ? no_row : memory_table[index - 1];
}

Memory memory_called(std::string_view name)
{
	const auto found = std::ranges::find(memory_table, name, &MemoryRow::name);
	return found == memory_table.end() ? Memory::plain : found->memory;
}

std::string_view to_string(Memory memory)
{
	return row_of(memory).name;
}

} // namespace tagtrap
