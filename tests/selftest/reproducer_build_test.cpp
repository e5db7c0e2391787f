// SPDX-License-Identifier: GPL-2.0-only
// The compiler takes the C programs for mails without a warning.
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>
#include <fstream>
#include <set>
#include <unistd.h>

#include "harness/cli/reproducer_checks.h"
#include "harness/report/reproducer.h"
#include "harness/sys/proc.h"
#include "harness/sys/process.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using namespace tagtrap::selftest;

TEST_CASE("every id has a file name of its own", "[reproducer]")
{
	std::set<std::string> names = {file_name_of("a/b"), file_name_of("a.b"),
				       file_name_of("a..b"), file_name_of("a+b")};
	CHECK(names.size() == 4);
	for (const auto &id : reproduced_ids())
		CHECK(file_name_of(id).find_first_of("/ +@") == std::string::npos);
}

TEST_CASE("a compiler for arm64 builds every reproducer", "[reproducer]")
{
	const auto compiler = arm64_compiler();
	if (compiler.empty())
		SKIP("no aarch64-linux-gnu-gcc in PATH");
	const Scratch scratch;
	const Terms terms = {.kernel = {.major = 6, .minor = 12, .mte3 = true}};
	for (const auto &built :
	     build_reproducers(scratch.path.string(), reproduced_ids(), terms, compiler)) {
		CAPTURE(built.id, built.wrong);
		CHECK(built.wrong.empty());
		CHECK(std::filesystem::exists(built.program));
	}
}

TEST_CASE("a compiler for arm64 builds those that look at the signal", "[reproducer]")
{
	const auto compiler = arm64_compiler();
	if (compiler.empty())
		SKIP("no aarch64-linux-gnu-gcc in PATH");
	const Scratch scratch;
	const Terms terms = {.contract = Contract::forced_signal,
			     .kernel = {.major = 6, .minor = 12, .mte3 = true}};
	for (const char *id : {"read/pipe/plain/sync/4096@2048/handler",
			       "write/ext4/cached/sync/4096@2048/noexpose"}) {
		const auto built = build_reproducer(
			scratch.path.string(), id, terms,
			{.rules = {Rule::f1}, .reason = "F1: si_code 8"}, compiler);
		CAPTURE(id, built.wrong);
		CHECK(!built.program.empty());
	}
}

TEST_CASE("what the compiler says is told, and so is why there is no program", "[reproducer]")
{
	const Scratch scratch;
	const Terms terms = {.kernel = {.major = 6, .minor = 12}};
	const std::vector<std::string> ids = {"read/pipe/plain/sync/4096@0/handler",
					      "remount/ext4/cached/sync/4096@0/handler"};
	const auto built = build_reproducers(scratch.path.string(), ids, terms, "false");
	REQUIRE(built.size() == 2);
	CHECK(built[0].program.empty());
	CHECK(std::filesystem::exists(built[0].source));
	CHECK(built[1].source.empty());
	CHECK(!built[1].wrong.empty());
}

TEST_CASE("programs of ordinary page faults need no MTE, and run on any machine", "[reproducer]")
{
	if (!sys::on_path("gcc"))
		SKIP("no gcc in PATH");
	const Scratch scratch;
	for (const Arch arch : {Arch::arm64, Arch::x86_64})
		for (const char *id : {"read/tmpfs/cached+protnone/sync/16384@4096/handler",
				       "write/tmpfs/cached+unmapped/sync/16384@4096/restart",
				       "read/pipe/rdonly/sync/16384@4096/handler",
				       "read/tmpfs/cached+eof/sync/16384@4096/handler"}) {
			const Terms terms = {.kernel = {.arch = arch,
							.major = 6,
							.minor = 12,
							.page_size = static_cast<uint32_t>(
								sysconf(_SC_PAGESIZE))}};
			const auto built =
				build_reproducer(scratch.path.string(), id, terms, {}, "gcc");
			CAPTURE(id, built.wrong);
			REQUIRE(!built.program.empty());
			CHECK(sys::slurp(built.source).find("MTE_") == std::string::npos);
			const auto done = sys::run(
				{.argv = {built.program}, .directory = scratch.path.string()});
			CAPTURE(done.out);
			CHECK(done.status == 0);
			CHECK(done.out.starts_with("result=4096 "));
		}
}

TEST_CASE("a program of an ordinary page fault fails where the call does otherwise", "[reproducer]")
{
	if (!sys::on_path("gcc"))
		SKIP("no gcc in PATH");
	const Scratch scratch;
	const auto made = reproducer("write/tmpfs/cached+protnone/sync/16384@4096/handler",
				     {.kernel = {.arch = Arch::x86_64, .major = 6, .minor = 12}});
	auto text = made.source;
	const auto at = text.find(", PROT_NONE)");
	REQUIRE(at != std::string::npos);
	text.replace(at, 12, ", PROT_READ)"); // now there is no fault
	std::ofstream(scratch.path / "program.c") << text;
	const auto program = (scratch.path / "program").string();
	REQUIRE(sys::run({.argv = {"gcc", "-o", program, program + ".c"}}).status == 0);
	CHECK(sys::run({.argv = {program}, .directory = scratch.path.string()}).status == 1);
}

TEST_CASE("a program sees a file that has grown although nothing was written", "[reproducer]")
{
	if (!sys::on_path("gcc"))
		SKIP("no gcc in PATH");
	const Scratch scratch;
	const Verdict verdict = {.rules = {Rule::p4}, .reason = "P4: file size 6644 instead of 0"};
	const auto made =
		reproducer("write/tmpfs/new+from6644+protnone/sync/5000@0/handler",
			   {.kernel = {.arch = Arch::x86_64, .major = 6, .minor = 18}}, verdict);
	const auto program = (scratch.path / "program").string();
	for (const int size : {6644, 0}) { // whatever this machine's kernel makes of it
		auto text = made.source;
		const auto at = text.find("\tcount = ");
		REQUIRE(at != std::string::npos);
		text.insert(at, fmt::format("\tMUST(!ftruncate(fd, {}));\n", size));
		std::ofstream(program + ".c") << text;
		REQUIRE(sys::run({.argv = {"gcc", "-o", program, program + ".c"}}).status == 0);
		const auto done = sys::run({.argv = {program}, .directory = scratch.path.string()});
		CAPTURE(done.out);
		CHECK(done.status == (size == 0 ? 0 : 1));
		CHECK(done.out.find(fmt::format(" beyond={}\n", size)) != std::string::npos);
	}
}
