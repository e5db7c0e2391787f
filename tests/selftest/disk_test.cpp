// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "fixtures/disk/filesystem.h"
#include "fixtures/disk/tool.h"
#include "fixtures/pattern.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using namespace tagtrap::disk;
using namespace tagtrap::selftest;

namespace {

/// What the Problem says that `action` throws; "" if it throws none.
template <class Action> std::string problem_of(Action action)
{
	try {
		action();
	} catch (const sys::Problem &problem) {
		return problem.what();
	}
	return "";
}

/// Where mkfs leaves its mark.
struct Mark {
	const char *filesystem;
	size_t offset;
	std::string bytes;
};

const Mark marks[] = {
	{"ext4", 0x438, "\x53\xef"},         {"xfs", 0, "XFSB"},
	{"btrfs", 0x10040, "_BHRfS_M"},      {"gfs2", 0x10000, {"\x01\x16\x19\x70"}},
	{"f2fs", 0x400, "\x10\x20\xf5\xf2"},
};

} // namespace

TEST_CASE("a missing tool is named with its package")
{
	const std::string said = problem_of([] { tool("mkfs.nosuch", "nosuch-progs"); });
	CHECK(said.find("mkfs.nosuch") != std::string::npos);
	CHECK(said.find("nosuch-progs") != std::string::npos);
}

TEST_CASE("options that a tool does not know give way to older ones")
{
	const Scratch scratch;
	const auto file = scratch.path / "image";
	// test(1) stands in: the first list fails, the second one succeeds.
	Filesystem row = {.name = "x", .mkfs = "test", .package = "coreutils", .size_mib = 3};
	row.options = {{"-d"}, {"-f"}};
	make(row, file);
	CHECK(std::filesystem::file_size(file) == 3 << 20);
	row.options = {{"-d"}};
	CHECK(problem_of([&] { make(row, file); }).find("test cannot make") == 0);
}

TEST_CASE("every filesystem can be made, on blocks that show when they are read")
{
	for (const Filesystem &row : filesystems()) {
		CAPTURE(row.name);
		if (!problem_of([&] { tool(row.mkfs, row.package); }).empty()) {
			WARN(row.mkfs << " is not installed");
			continue;
		}
		const Scratch scratch;
		const auto file = scratch.path / "image";
		make(row, file);
		const std::string content = sys::read_file(file);
		CHECK(content.size() == size_t{row.size_mib} << 20);
		const auto left = std::ranges::count(content, static_cast<char>(nobodys));
		CHECK(left > static_cast<int64_t>(content.size()) / 2);
		bool marked = false;
		for (const Mark &mark : marks)
			if (row.name == mark.filesystem)
				marked = content.compare(mark.offset, mark.bytes.size(),
							 mark.bytes) == 0;
		CHECK(marked);
	}
}

TEST_CASE("places without a disk have no row")
{
	CHECK(find_filesystem("gfs2") != nullptr);
	CHECK(find_filesystem("tmpfs") == nullptr);
	CHECK(find_filesystem("pipe") == nullptr);
}
