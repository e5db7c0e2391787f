// SPDX-License-Identifier: GPL-2.0-only
// What shows that memory is in the state that a point asks for.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <span>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "harness/run/page_proof.h"
#include "harness/run/racer.h"
#include "harness/run/skips.h"
#include "harness/run/stage.h"
#include "harness/run/stated_memory.h"
#include "harness/sys/must.h"
#include "harness/sys/unreached.h"

namespace tagtrap {

namespace {

/// Pages that are not touched yet. The test unmaps them.
unsigned char *mapped(size_t bytes, int flags, int fd = -1)
{
	void *const at =
		sys::must(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, fd, 0), "mmap");
	madvise(at, bytes, MADV_NOHUGEPAGE);
	return static_cast<unsigned char *>(at);
}

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
	unsigned char *const bytes = mapped(4 * page, MAP_PRIVATE | MAP_ANONYMOUS);
	CHECK(count_pages(bytes, 4 * page, page).present == 0);
	bytes[page] = 1;
	CHECK(count_pages(bytes, 4 * page, page) ==
	      PageCounts{.all = 4, .present = 1, .exclusive = 1});
	CHECK(smaps_of(bytes, "Rss") * 1024 == page);
	munmap(bytes, 4 * page);
}

TEST_CASE("the number of a swap area is its place in /proc/swaps")
{
	constexpr std::string_view swaps =
		"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
		"/dev/zram0                              partition\t32764\t\t12\t\t-2\n"
		"/dev/vda\t\t\t\tpartition\t8188\t\t0\t\t-3\n";
	CHECK(swap_number(swaps, "/dev/zram0") == 0U);
	CHECK(swap_number(swaps, "/dev/vda") == 1U);
	CHECK_FALSE(swap_number(swaps, "/dev/vd").has_value());
	CHECK_FALSE(swap_number(swaps, "Filename").has_value());
	CHECK_FALSE(swap_number("", "/dev/vda").has_value());
	CHECK(swap_areas(swaps) == std::vector<std::string>{"/dev/zram0", "/dev/vda"});
	// A line each, as PID 1 of our VM writes it.
	CHECK(swap_areas("/dev/vdb\n/dev/zram0\n") ==
	      std::vector<std::string>{"/dev/vdb", "/dev/zram0"});
	CHECK(swap_areas("/dev/vdb") == std::vector<std::string>{"/dev/vdb"});
}

TEST_CASE("pages are on a disk when they are swapped out to it and not in the swap cache")
{
	constexpr uint64_t out = uint64_t{1} << 62, present = uint64_t{1} << 63;
	constexpr uint64_t slot = 0x1234 << 5;
	using Entries = std::vector<uint64_t>;
	using Bytes = std::vector<unsigned char>;
	const auto of = [](const Entries &entries, const Bytes &resident, unsigned area) {
		return count_swapped(entries, resident, area);
	};
	CHECK(of({out | slot | 1, out | slot | 1}, {0, 0}, 1) == SwapCounts{2, 2, 0});
	CHECK(of({out | slot | 1, out | slot | 1}, {0, 1}, 1) == SwapCounts{2, 2, 1});
	// mincore(2): the other bits of a byte mean nothing.
	CHECK(of({out | slot | 1}, {0xfe}, 1) == SwapCounts{1, 1, 0});
	// In another area, in memory, or not there at all.
	CHECK(of({out | slot, out | 31, present | 1, 1}, {0, 0, 1, 0}, 1) == SwapCounts{4, 0, 0});
	CHECK(of({out | 31}, {0}, 31) == SwapCounts{1, 1, 0});
	// Pages that pagemap says nothing of are not there.
	CHECK(of({out | 1}, {0, 0}, 1) == SwapCounts{2, 1, 0});
	CHECK(not_swapped({4, 4, 0}, "/dev/vdb").empty());
	CHECK(not_swapped({4, 3, 0}, "/dev/vdb") ==
	      "pagemap shows 3 of 4 pages swapped out to /dev/vdb");
	CHECK(not_swapped({4, 4, 2}, "/dev/vdb") == "mincore shows 2 of 4 pages in the swap cache");
}

TEST_CASE("mincore tells pages of this process that are there")
{
	const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	unsigned char *const bytes = mapped(2 * page, MAP_PRIVATE | MAP_ANONYMOUS);
	bytes[page] = 1;
	const auto resident = resident_pages(bytes, 2 * page, page);
	REQUIRE(resident.size() == 2);
	CHECK((resident[0] & 1) == 0);
	CHECK((resident[1] & 1) == 1);
	const auto entries = pagemap_entries(bytes, 2 * page, page);
	CHECK(count_swapped(entries, resident, 0) == SwapCounts{2, 0, 0});
	munmap(bytes, 2 * page);
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
			memory.rest();
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

TEST_CASE("a second thread changes the mapping until it is told to rest")
{
	using states::Race;
	const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	const size_t length = 4 * page;
	const std::vector<unsigned char> bytes(length, 7);
	for (const Race race :
	     {Race::discard, Race::remap, Race::rdonly, Race::protect, Race::unmap}) {
		CAPTURE(static_cast<int>(race));
		const sys::Fd file(sys::must(memfd_create("race", MFD_CLOEXEC), "memfd_create"));
		const sys::Fd other(sys::must(memfd_create("other", MFD_CLOEXEC), "memfd_create"));
		REQUIRE(pwrite(file.get(), bytes.data(), length, 0) ==
			static_cast<ssize_t>(length));
		unsigned char *const at = mapped(length, MAP_SHARED, file.get());
		states::Racer racer({at, length, page, PROT_READ | PROT_WRITE, file.get(), 0},
				    race);
		racer.meet();
		CHECK(racer.rounds() > 0);
		for (int i = 0; i < 200; ++i) {
			const ssize_t wrote = pwrite(other.get(), at, length, 0);
			if (race != Race::protect && race != Race::unmap)
				REQUIRE(wrote == static_cast<ssize_t>(length));
			else if (wrote < 0)
				REQUIRE(errno == EFAULT);
		}
		racer.rest();
		const uint64_t last = racer.rounds();
		CHECK(std::ranges::equal(bytes, std::span(at, length)));
		constexpr timespec a_while = {0, 5'000'000};
		nanosleep(&a_while, nullptr);
		CHECK(racer.rounds() == last);
		munmap(at, length);
	}
}

TEST_CASE("a second thread that cannot map memory again says so")
{
	const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	unsigned char *const at = mapped(page, MAP_SHARED | MAP_ANONYMOUS);
	states::Racer racer({at, page, page, PROT_READ | PROT_WRITE, -1, 0}, states::Race::unmap);
	CHECK_THROWS_AS(racer.meet(), sys::Unreached);
	CHECK(racer.refused());
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
