// SPDX-License-Identifier: GPL-2.0-only
// The compiler takes the C programs for mails without a warning.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "harness/cli/reproducer_checks.h"
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
