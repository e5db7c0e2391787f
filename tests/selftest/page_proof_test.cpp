// SPDX-License-Identifier: GPL-2.0-only
// What shows that memory is in the state that a point asks for.
#include <catch2/catch_test_macros.hpp>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/run/page_proof.h"
#include "harness/run/skips.h"
#include "harness/run/stage.h"
#include "harness/run/stated_memory.h"
#include "harness/sys/must.h"
#include "harness/sys/unreached.h"

namespace tagtrap {

namespace {

constexpr std::string_view smaps = "5500-5700 rw-p 00000000 00:00 0 \n"
				   "Size:                  8 kB\n"
				   "Rss:                   4 kB\n"
				   "VmFlags: rd wr mr\n"
				   "7f00000000-7f00001000 rw-p 00000000 00:00 0 [heap]\n"
				   "Size:                  4 kB\n"
				   "RssExtra:              3 kB\n"
				   "Rss:                   2 kB\n";

} // namespace

TEST_CASE("an entry of pagemap is counted by its bits")
{
	PageCounts counts;
	count_page(0, counts);
	count_page(uint64_t{1} << 63 | 0x1234, counts);
	count_page(uint64_t{1} << 63 | uint64_t{1} << 56, counts);
	count_page(uint64_t{1} << 62 | uint64_t{1} << 56, counts);
	count_page(uint64_t{1} << 61, counts);
	CHECK(counts ==
	      PageCounts{.all = 5, .present = 2, .swapped = 1, .shared = 1, .exclusive = 1});
}

TEST_CASE("a field of smaps is that of the mapping which holds the address")
{
	CHECK(smaps_field(smaps, 0x5500, "Rss") == 4);
	CHECK(smaps_field(smaps, 0x56ff, "Size") == 8);
	CHECK(smaps_field(smaps, 0x5700, "Rss") == 0);
	CHECK(smaps_field(smaps, 0x7f00000fff, "Rss") == 2);
	CHECK(smaps_field(smaps, 0x5500, "Swap") == 0);
	CHECK(smaps_field("", 0x5500, "Rss") == 0);
}

TEST_CASE("pages of this process are seen to come and go")
{
	const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	void *const at = sys::must(
		mmap(nullptr, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		"mmap");
	auto *const bytes = static_cast<unsigned char *>(at);
	madvise(at, 4 * page, MADV_NOHUGEPAGE);
	CHECK(count_pages(bytes, 4 * page, page).present == 0);
	bytes[page] = 1;
	CHECK(count_pages(bytes, 4 * page, page) ==
	      PageCounts{.all = 4, .present = 1, .exclusive = 1});
	CHECK(smaps_of(bytes, "Rss") * 1024 == page);
	munmap(at, 4 * page);
}

TEST_CASE("memory gets into its state, or says why it cannot")
{
	const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	for (const auto &row : memory_rows()) {
		CAPTURE(row.name);
		try {
			StatedMemory memory(row.memory, 4 * page, page, Content::fresh);
			if (row.filled)
				for (size_t i = 0; i < 4 * page; ++i)
					memory.bytes(page)[i] = row.zero ? 0 : 7;
			memory.reach();
			const auto due = static_cast<unsigned char>(row.zero ? 0 : 7);
			if (row.filled || row.zero) {
				CHECK(memory.bytes(page)[0] == due);
				CHECK(memory.bytes(page)[4 * page - 1] == due);
			}
			CHECK(memory.wrong_tags(page, 5 * page, static_cast<size_t>(-1)) == 0);
		} catch (const sys::Unreached &why) {
			CHECK(std::string(why.what()).size() > 5);
		}
	}
}

TEST_CASE("what could not be arranged is told from a step that fails")
{
	Observation seen;
	seen.end = End::setup_failed;
	std::string_view("not here: no swap").copy(seen.failure.step.data(), 17);
	CHECK(unreached(seen) == "no swap");
	std::string_view("mmap").copy(seen.failure.step.data(), 17);
	seen.failure.step[4] = 0;
	CHECK(unreached(seen).empty());
	std::string_view("not here: no swap").copy(seen.failure.step.data(), 17);
	seen.end = End::returned;
	CHECK(unreached(seen).empty());
}

} // namespace tagtrap
