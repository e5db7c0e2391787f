// SPDX-License-Identifier: GPL-2.0-only
#include <array>
#include <catch2/catch_test_macros.hpp>

#include "fixtures/debian/kernels.h"
#include "fixtures/debian/version.h"
#include "harness/sys/problem.h"

using namespace tagtrap;
using namespace tagtrap::debian;

namespace {

/// A package list as the archive has it, cut down to what matters.
constexpr std::string_view bookworm = R"(Package: bash
Version: 5.2.15-2+b7
Depends: base-files (>= 2.1.12)
Size: 1

Package: linux-image-6.1.0-55-arm64
Version: 6.1.190-1
Depends: kmod, linux-base (>= 4.3~)
Size: 59812000

Package: linux-image-6.1.0-56-arm64
Version: 6.1.192-2
Depends: kmod, linux-base (>= 4.3~)
Size: 59812568

Package: linux-image-6.1.0-56-arm64-dbg
Version: 6.1.192-2

Package: linux-image-6.1.0-56-arm64-unsigned
Version: 6.1.192-2

Package: linux-image-6.1.0-56-rt-arm64
Version: 6.1.192-2
Depends: kmod

Package: linux-image-arm64
Version: 6.1.192-2
Depends: linux-image-6.1.0-56-arm64 (= 6.1.192-2)
)";

constexpr std::string_view later = R"(Package: linux-image-6.12.95+deb13-arm64
Version: 6.12.95-1
Depends: kmod

Package: linux-image-6.12.117+deb13-arm64-16k
Version: 6.12.117-1
Depends: kmod

Package: linux-image-6.12.117+deb13-arm64
Version: 6.12.117-1
Depends: kmod

Package: linux-image-7.3.4+deb13-arm64
Version: 7.3.4-1~bpo13+1
Depends: linux-base-7.3.4+deb13-arm64 (= 7.3.4-1~bpo13+1), linux-binary-7.3.4+deb13-arm64 (= 7.3.4-1~bpo13+1)

Package: linux-base-7.3.4+deb13-arm64
Version: 7.3.4-1~bpo13+1

Package: linux-binary-7.3.4+deb13-arm64
Version: 7.3.4-1~bpo13+1

Package: linux-image-7.4.0+deb14-arm64
Version: 7.4.0-1
Depends: linux-binary-7.4.0+deb14-arm64 (= 7.4.0-1)

Package: linux-image-arm64
Version: 7.3.4-1~bpo13+1
Depends: linux-image-7.3.4+deb13-arm64 (= 7.3.4-1~bpo13+1)
)";

std::vector<Package> packages()
{
	constexpr std::array<std::string_view, 1> prefixes = {"linux-"};
	auto all = parse_packages(bookworm, "bookworm-security", prefixes);
	for (auto &package : parse_packages(later, "trixie-backports", prefixes))
		all.push_back(std::move(package));
	return all;
}

std::string problem_of(std::string_view name)
{
	const auto rows = kernel_rows(packages());
	try {
		resolve(name, rows);
	} catch (const sys::Problem &problem) {
		CHECK(problem.status == 2);
		return problem.what();
	}
	FAIL("resolved");
	return "";
}

} // namespace

TEST_CASE("Debian versions are ordered as dpkg orders them")
{
	// Each one newer than the one before.
	constexpr std::array order = {"1.0~rc1-1", "1.0-1~bpo12+1", "1.0-1", "1.0-1+b1",
				      "1.0-2",     "1.0+dfsg-1",    "1.2-1", "1.10-1",
				      "10.0-1",    "1:0.5-1"};
	for (size_t i = 0; i < order.size(); ++i)
		for (size_t j = 0; j < order.size(); ++j) {
			INFO(order[i] << " and " << order[j]);
			CHECK(compare_versions(order[i], order[j]) == (i <=> j));
		}
	CHECK(compare_versions("1.01-1", "1.1-1") == 0);
	CHECK(upstream_version("1:6.12.95-1~bpo12+1") == "6.12.95");
}

TEST_CASE("names of image packages are read, others are not")
{
	const auto plain = parse_kernel_package("linux-image-6.1.0-56-arm64");
	REQUIRE(plain);
	CHECK(plain->series == "6.1");
	CHECK(plain->flavour.empty());
	CHECK(plain->release == "6.1.0-56-arm64");
	CHECK(parse_kernel_package("linux-image-6.12.117+deb13-arm64-16k")->flavour == "16k");
	CHECK(parse_kernel_package("linux-image-7.3.4+deb13-rt-arm64")->flavour == "rt");
	CHECK(parse_kernel_package("linux-image-6.1.0-56-cloud-arm64")->flavour == "cloud");
	for (const auto *other :
	     {"linux-image-arm64", "linux-image-6.12-arm64", "linux-image-6.1.0-56-arm64-dbg",
	      "linux-image-6.1.0-56-arm64-unsigned", "linux-headers-6.1.0-56-arm64",
	      "linux-image-6.1.0-56-amd64", "linux-image-arm64-signed-template"})
		CHECK_FALSE(parse_kernel_package(other));
}

TEST_CASE("rows are whole kernels, the newest per name first")
{
	const auto rows = kernel_rows(packages());
	const auto newest = newest_rows(rows);
	std::vector<std::string> names;
	for (const auto &row : newest)
		names.push_back(row.name);
	// 7.4 lacks a part.
	CHECK(names == std::vector<std::string>{"6.1", "6.1-rt", "6.12", "6.12-16k", "7.3"});
	CHECK(newest[0].version == "6.1.192-2");
	CHECK(newest[0].parts.size() == 1);
	CHECK(newest[0].parts[0].name == "linux-image-6.1.0-56-arm64");
	CHECK(newest[4].parts.size() == 2);
	CHECK(newest[4].suite == "trixie-backports");
}

TEST_CASE("the default is what the release itself asks for")
{
	const auto all = packages();
	CHECK(default_kernel(all, "bookworm").package == "linux-image-6.1.0-56-arm64");
	// Backports do not count as the release.
	CHECK_THROWS_AS(default_kernel(all, "trixie"), sys::Problem);
}

TEST_CASE("a kernel is found by series, exact version and package")
{
	const auto rows = kernel_rows(packages());
	CHECK(resolve("6.12", rows).version == "6.12.117-1");
	CHECK(resolve("6.12.95", rows).version == "6.12.95-1");
	CHECK(resolve("6.12.95-1", rows).version == "6.12.95-1");
	CHECK(resolve("6.12.117-16k", rows).package == "linux-image-6.12.117+deb13-arm64-16k");
	CHECK(resolve("6.12.117-1-16k", rows).package == "linux-image-6.12.117+deb13-arm64-16k");
	CHECK(resolve("6.12.117", rows).package == "linux-image-6.12.117+deb13-arm64");
	CHECK(resolve("linux-image-6.1.0-55-arm64", rows).version == "6.1.190-1");
}

TEST_CASE("the exact name of a kernel finds it again")
{
	const auto rows = kernel_rows(packages());
	for (const auto &row : rows) {
		CHECK(resolve(exact_name(row), rows) == row);
	}
}

TEST_CASE("a kernel that is gone is answered with the nearest")
{
	CHECK(problem_of("6.12.99").find("--kernel=6.12.95-1 ") != std::string::npos);
	CHECK(problem_of("6.12.115").find("--kernel=6.12.117-1 ") != std::string::npos);
	CHECK(problem_of("6.12.1-rt").find("6.1.0-56-rt") != std::string::npos);
	CHECK(problem_of("lts").find("'lts'") != std::string::npos);
}

TEST_CASE("package rows survive their table")
{
	const auto all = packages();
	CHECK(from_table(to_table(all)) == all);
	CHECK(all[1].size == 59812568);
}
