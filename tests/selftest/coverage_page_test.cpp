// SPDX-License-Identifier: GPL-2.0-only
// A page of coverage is read back, and tells what is not seen any more.
#include <catch2/catch_test_macros.hpp>
#include <stdexcept>

#include "harness/coverage/page_check.h"
#include "harness/coverage/table.h"

using namespace tagtrap;
using namespace tagtrap::coverage;

namespace {

/// copies() and clears() of vmlinux were seen, looks() was not; reads() of a module was.
Table small_table()
{
	Table table;
	table.modules = {
		{.name = "vmlinux",
		 .functions = {{"copies", 2, 1, "statx.buf/tmpfs/plain/sync", ""},
			       {"clears", 1, 1, "read.zero/self/plain/sync", ""},
			       {"looks", 1, 0, "", "open"}}},
		{.name = "xfs", .functions = {{"reads", 1, 1, "ioctl.FITRIM/xfs/plain/sync", ""}}}};
	return table;
}

} // namespace

TEST_CASE("a page of coverage says what was seen, and on which kernel")
{
	const auto read = read_page(page(small_table(), "kernel 6.12.118-1, `quick` plan"));
	CHECK(read.kernel == "6.12.118-1");
	CHECK(read.seen == std::vector<SeenOnPage>{{"vmlinux", "copies", "statx.buf"},
						   {"vmlinux", "clears", "read.zero"},
						   {"xfs", "reads", "ioctl.FITRIM"}});
	CHECK_THROWS_AS(read_page("nothing"), std::runtime_error);
	CHECK_THROWS_AS(read_page("by: kernel 6.12, and\n## Seen\n\n"), std::runtime_error);
	CHECK_THROWS_AS(read_page("by: kernel 6.12, and no more"), std::runtime_error);
}

TEST_CASE("a function that a row reached, and does not reach any more, is told")
{
	const auto before = read_page(page(small_table(), "kernel 6.12.118-1, `quick` plan"));
	const Judged all = {"statx.buf", "read.zero", "ioctl.FITRIM"};
	CHECK(not_seen_again(before, to_json(small_table()), all).empty());

	Table now = small_table();
	now.modules[0].functions[1].seen = 0;
	CHECK(not_seen_again(before, to_json(now), all) ==
	      std::vector<SeenOnPage>{{"vmlinux", "clears", "read.zero"}});
	CHECK(not_seen_again(before, to_json(now), {"statx.buf"}).empty()); // was not run

	now = small_table();
	now.modules.pop_back();
	CHECK(not_seen_again(before, to_json(now), all) ==
	      std::vector<SeenOnPage>{{"xfs", "reads", "ioctl.FITRIM"}});
	// The same name in another module is another function.
	now = small_table();
	now.modules[1].name = "ext4";
	CHECK(not_seen_again(before, to_json(now), all).size() == 1);
}
