// SPDX-License-Identifier: GPL-2.0-only
// Which pointer arguments of system calls a run has tried.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "harness/coverage/pointers.h"
#include "harness/coverage/reasons.h"

using namespace tagtrap;
using namespace tagtrap::coverage;

namespace {

const Json some_calls = Json::parse(R"([
	{"name": "newuname", "arguments": ["struct new_utsname * name"]},
	{"name": "shmat", "arguments": ["int shmid", "char * shmaddr", "int shmflg"]},
	{"name": "statx", "arguments": ["int dfd", "const char * filename", "unsigned flags",
					"unsigned int mask", "struct statx * buffer"]},
	{"name": "read", "arguments": ["unsigned int fd", "char * buf", "size_t count"]},
	{"name": "nobody_has_it", "arguments": ["int * number"]}
])");

const PointerRow &row_of(const std::vector<PointerRow> &table, std::string_view call,
			 std::string_view argument)
{
	const auto found = std::ranges::find_if(table, [&](const PointerRow &row) {
		return row.pointer.call == call && row.pointer.name == argument;
	});
	REQUIRE(found != table.end());
	return *found;
}

} // namespace

TEST_CASE("pointers are the arguments with a star", "[coverage]")
{
	const auto pointers = pointers_of(some_calls);
	REQUIRE(pointers.size() == 6);
	CHECK(pointers[0] == Pointer{"uname", 0, "struct new_utsname *", "name"});
	CHECK(pointers[3] == Pointer{"statx", 4, "struct statx *", "buffer"});
	CHECK_THROWS(pointers_of(Json::parse(R"([{"name": "x", "arguments": ["int *"]}])")));
}

TEST_CASE("a pointer is tried by the row that has it in its register", "[coverage]")
{
	const auto table =
		pointer_rows(pointers_of(some_calls), cases(), {"statx.buf", "read", "uname.name"});
	CHECK(row_of(table, "statx", "buffer").cases == std::vector<std::string>{"statx.buf"});
	CHECK(row_of(table, "statx", "buffer").probed);
	CHECK(row_of(table, "read", "buf").probed);
	CHECK(row_of(table, "uname", "name").probed);
	const auto &path = row_of(table, "statx", "filename");
	CHECK_FALSE(path.probed);
	CHECK(path.cases == std::vector<std::string>{"statx.path"});
	CHECK(path.reason == "tried, and nothing was judged");
	CHECK(row_of(table, "shmat", "shmaddr").reason ==
	      "an address that nobody copies from or to");
	CHECK(row_of(table, "nobody_has_it", "number").reason == open_work);
	const std::string page = pointers_page(table, 7);
	CHECK(page.find("**3 of 6 (50.0 %)**") != std::string::npos);
	CHECK(page.find("| nobody_has_it | number | `int *` | open |") != std::string::npos);
	CHECK(page.find("| statx | buffer |") == std::string::npos);
	CHECK(to_json(table).size() == 6);
	CHECK(to_json(table)[1].contains("reason")); // shmat
}

TEST_CASE("commands and options are counted by themselves", "[coverage]")
{
	CHECK(requests_judged(cases(), {"prctl.PR_GET_PDEATHSIG", "statx.buf", "read"}) == 1);
	CHECK(requests_judged(cases(), {}) == 0);
}
