// SPDX-License-Identifier: GPL-2.0-only
// `--bisect`: what is asked, what is answered, and the build of a tree.
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdlib>

#include "fixtures/boot/tree_build.h"
#include "harness/cli/bisect.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
namespace fs = std::filesystem;
using tagtrap::selftest::Scratch;

TEST_CASE("a bisection is about TEST-SPECs, or a cause, or a cause among them")
{
	CHECK(bisect_question({"read/gfs2/*"}).specs == std::vector<std::string>{"read/gfs2/*"});
	CHECK(bisect_question({"read/gfs2/*"}).cause.empty());
	CHECK(bisect_question({"0123abcd"}).cause == "0123abcd");
	CHECK(bisect_question({"0123abcd"}).specs.empty());
	CHECK(bisect_question({"0123abcd", "[row]"}).specs.size() == 1);
	CHECK(bisect_question({"0123ABCD"}).cause.empty()); // as no report has it
	CHECK_THROWS_AS(bisect_question({}), sys::Problem);
	CHECK_THROWS_AS(bisect_question({"0123abcd", "89abcdef"}), sys::Problem);
}

TEST_CASE("TEST-SPECs: a run that violates is bad, one that proved nothing cannot tell")
{
	const BisectQuestion specs = {.specs = {"read/*"}, .cause = ""};
	CHECK(bisect_answer(specs, 0, {}) == commit_is_good);
	CHECK(bisect_answer(specs, 1, {}) == commit_is_bad);
	CHECK(bisect_answer(specs, 3, {}) == commit_cannot_be_told);
	CHECK(bisect_answer(specs, 77, {}) == commit_cannot_be_told);
	CHECK(bisect_answer(specs, 128 + SIGINT, {}) == 128 + SIGINT);
}

TEST_CASE("a cause: its commit is bad, one with other causes is good")
{
	const BisectQuestion cause = {.specs = {}, .cause = "0123abcd"};
	std::array<Cause, 2> found = {};
	found[0].id = "89abcdef";
	found[1].id = "0123abcd";
	CHECK(bisect_answer(cause, 1, found) == commit_is_bad);
	CHECK(bisect_answer(cause, 3, found) == commit_is_bad); // seen is seen
	CHECK(bisect_answer(cause, 1, std::span(found).first(1)) == commit_is_good);
	CHECK(bisect_answer(cause, 0, {}) == commit_is_good);
	CHECK(bisect_answer(cause, 3, std::span(found).first(1)) == commit_cannot_be_told);
	CHECK(bisect_answer(cause, 128 + SIGTERM, found) == 128 + SIGTERM);
}

TEST_CASE("git takes no mistake of ours for a bad commit")
{
	for (const int answer : {commit_is_good, commit_is_bad, commit_cannot_be_told, 130})
		CHECK(status_for_bisect(answer) == answer);
	for (const int mistake : {2, 3, 77})
		CHECK(status_for_bisect(mistake) == bisection_stops);
}

TEST_CASE("a fragment: what is not set is n, and the last one counts")
{
	CHECK(boot::wanted_config("# words\nCONFIG_B=y\n# CONFIG_A is not set\nCONFIG_B=n\n"
				  "CONFIG_C=\"x=y\"\nCONFIG\n") ==
	      "CONFIG_A=n\nCONFIG_B=n\nCONFIG_C=\"x=y\"\n");
}

TEST_CASE("a tree is built beside itself, again where it changed, and one that fails is told")
{
	const Scratch scratch;
	const fs::path tree = scratch.path / "tree";
	fs::create_directories(tree / "arch/arm64");
	CHECK_FALSE(boot::is_kernel_tree(tree));
	sys::write_file(tree / "Kbuild", "");
	sys::write_file(tree / "arch/arm64/Makefile", "");
	CHECK(boot::is_kernel_tree(tree));
	sys::write_file(tree / "source", "first");
	sys::write_file(tree / "Makefile", "allnoconfig:\n\tcp $(KCONFIG_ALLCONFIG) $(O)/.config\n"
					   "Image:\n\tmkdir -p $(O)/arch/arm64/boot\n"
					   "\tcp source $(O)/arch/arm64/boot/Image\n");
	const fs::path fragment = scratch.path / "fragment";
	sys::write_file(fragment, "CONFIG_A=y\n");
	const auto *const before = std::getenv("TAGTRAP_CACHE");
	const std::string kept = before != nullptr ? before : "";
	setenv("TAGTRAP_CACHE", (scratch.path / "cache").c_str(), 1);

	const auto build = boot::build_tree(tree, fragment);
	REQUIRE(build);
	CHECK(*build == boot::build_of(tree));
	CHECK(sys::read_file(*build / ".config") == "CONFIG_A=y\n");
	CHECK(sys::read_file(*build / "arch/arm64/boot/Image") == "first");
	sys::write_file(tree / "source", "second");
	REQUIRE(boot::build_tree(tree, fragment));
	CHECK(sys::read_file(*build / "arch/arm64/boot/Image") == "second");
	fs::remove(tree / "source");
	CHECK_FALSE(boot::build_tree(tree, fragment));
	CHECK(sys::read_file(*build / "build.log").find("source") != std::string::npos);

	if (before != nullptr)
		setenv("TAGTRAP_CACHE", kept.c_str(), 1);
	else
		unsetenv("TAGTRAP_CACHE");
}
