// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

#include "fixtures/debian/apt.h"
#include "fixtures/debian/build.h"
#include "fixtures/debian/emulator.h"
#include "fixtures/debian/sysroot.h"
#include "harness/sys/cache.h"

using namespace tagtrap;
using namespace tagtrap::debian;
namespace fs = std::filesystem;

TEST_CASE("ninja tells how far it has got")
{
	CHECK(steps_in("") == std::nullopt);
	CHECK(steps_in("[1/20] Compiling a.cpp\na.cpp:1:1: warning: [2/3] is no step\n") ==
	      Steps{1, 20});
	CHECK(steps_in("[1/20] Compiling a.cpp\n[13/20] Linking [1/2]\n[14/2") == Steps{13, 20});
}

TEST_CASE("the mirror is the one that the machine's own apt uses")
{
	const auto mirror = mirror_from_uris(
		"'http://other.example/linux/debian/dists/bookworm/InRelease' a 0 \n"
		"'http://m.example/debian/dists/bookworm/InRelease' b 0 \n"
		"'http://m.example/debian/dists/bookworm-updates/InRelease' c 0 \n"
		"'http://s.example/debian-security//dists/bookworm-security/InRelease' d 0 \n"
		"'http://m.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' e 0 \n");
	CHECK(mirror.archive == "http://m.example/debian");
	CHECK(mirror.security == "http://s.example/debian-security");
	const auto plain =
		mirror_from_uris("'http://m.example/debian/dists/stable/InRelease' a 0 \n");
	CHECK(plain.archive == "http://m.example/debian");
	CHECK(plain.security == "http://m.example/debian-security");
	CHECK(mirror_from_uris("").archive.empty());
}

TEST_CASE("sources name every suite once, signed, security from its own place")
{
	const auto list = sources_list({"http://m/debian", "http://m/security"},
				       suites(Scope::own, "bookworm"), "/k.gpg");
	CHECK(list == "deb [signed-by=/k.gpg] http://m/debian bookworm main\n"
		      "deb [signed-by=/k.gpg] http://m/debian bookworm-updates main\n"
		      "deb [signed-by=/k.gpg] http://m/security bookworm-security main\n"
		      "deb [signed-by=/k.gpg] http://m/debian bookworm-backports main\n");
	CHECK(suites(Scope::own, "sid") == std::vector<std::string>{"sid"});
}

TEST_CASE("the private apt root keeps its hands off the machine's")
{
	const auto text = apt_configuration({.directory = "/c/apt",
					     .scope = Scope::all,
					     .release = "",
					     .architecture = "arm64"});
	for (const auto *setting :
	     {"Dir::State::Lists \"/c/apt/lists\"", "Dir::State::status \"/c/apt/status\"",
	      "Dir::Cache \"/c/apt/cache\"", "Dir::Etc::SourceList \"/c/apt/sources.list\"",
	      "Dir::Etc::SourceParts \"/dev/null\"", "APT::Architecture \"arm64\""})
		CHECK(text.find(setting) != std::string::npos);
}

TEST_CASE("what apt says is turned into what can be done about it")
{
	CHECK(trouble_in("E: Failed to fetch http://x 404  Not Found") == Trouble::gone);
	CHECK(trouble_in("E: The repository 'http://x y Release' does not have a Release file.") ==
	      Trouble::gone);
	CHECK(trouble_in("Temporary failure resolving 'x'") == Trouble::network);
	CHECK(trouble_in("Could not connect to x:80") == Trouble::network);
	CHECK(trouble_in("W: GPG error: http://x: NO_PUBKEY 0E98404D386FA1D9") ==
	      Trouble::unverified);
	CHECK(trouble_in("write error: No space left on device") == Trouble::disk_full);
	CHECK(trouble_in("E: something else") == Trouble::other);
	for (const auto trouble : {Trouble::gone, Trouble::network, Trouble::unverified,
				   Trouble::disk_full, Trouble::other}) {
		const auto line = explain(trouble, "THING", "W: first\nE: last words\n");
		CHECK(line.find("THING") != std::string::npos);
		CHECK(line.find('\n') == std::string::npos);
	}
	CHECK(explain(Trouble::other, "x", "E: last words\n").find("last words") !=
	      std::string::npos);
}

TEST_CASE("Debian 12 takes Catch2 from backports, later releases their own")
{
	const auto has = [](const std::string &release, const std::string &package) {
		const auto all = sysroot_packages(release);
		return std::ranges::find(all, package) != all.end();
	};
	CHECK(has("bookworm", "libcatch2-dev/bookworm-backports"));
	CHECK(has("trixie", "libcatch2-dev"));
	CHECK(cross_file("/s").find("sys_root = '/s'") != std::string::npos);
}

TEST_CASE("what was interrupted is never taken for whole")
{
	std::string scratch = fs::temp_directory_path() / "tagtrap-selftest-XXXXXX";
	REQUIRE(mkdtemp(scratch.data()) != nullptr);
	const auto result = fs::path(scratch) / "thing";
	CHECK_THROWS(sys::make_whole(result, [](const fs::path &into) {
		fs::create_directory(into / "half");
		throw std::runtime_error("interrupted");
	}));
	CHECK_FALSE(fs::exists(result));
	int made = 0;
	for (int i = 0; i < 2; ++i)
		sys::make_whole(result, [&](const fs::path &into) {
			CHECK_FALSE(fs::exists(into / "half"));
			++made;
		});
	CHECK(fs::exists(result));
	CHECK(made == 1);
	fs::remove_all(scratch);
}

TEST_CASE("the pinned QEMU comes from Debian 13's backports, whatever this machine's release is")
{
	const AptRoot root = {.directory = "/c/apt/emulator",
			      .scope = Scope::emulator,
			      .release = "trixie",
			      .architecture = "amd64"};
	CHECK(suites(root.scope, root.release).back() == "trixie-backports");
	const auto text = apt_configuration(root);
	CHECK(text.find("APT::Default-Release \"trixie-backports\";") != std::string::npos);
	CHECK(text.find("APT::Architecture \"amd64\";") != std::string::npos);
	const AptRoot other = {
		.directory = "/c/apt/own", .release = "bookworm", .architecture = "arm64"};
	CHECK(apt_configuration(other).find("APT::Default-Release \"\";") != std::string::npos);
}

TEST_CASE("a program of another root is run by that root's own loader, with its libraries")
{
	const auto text =
		wrapper("/my cache/qemu", "/my cache/qemu/usr/lib/T/ld.so", "qemu-img", " -x");
	CHECK(text.starts_with(
		"#!/bin/sh\nexec '/my cache/qemu/usr/lib/T/ld.so' --argv0 qemu-img "));
	CHECK(text.find(" --library-path '/my cache/qemu/usr/lib/") != std::string::npos);
	CHECK(text.ends_with(" '/my cache/qemu/usr/bin/qemu-img' -x \"$@\"\n"));
}
