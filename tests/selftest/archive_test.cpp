// SPDX-License-Identifier: GPL-2.0-only
// What is unpacked: streams, and packages into a directory that they cannot leave.
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>

#include "fixtures/archive/unpack.h"
#include "harness/sys/file.h"
#include "harness/sys/process.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using namespace tagtrap::archive;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
namespace fs = std::filesystem;

namespace {

/// A package with the ../data.tar that `script` makes.
struct Deb {
	selftest::Scratch scratch;
	fs::path deb = scratch.path / "a.deb", root = scratch.path / "root";

	explicit Deb(const std::string &script)
	{
		fs::create_directories(scratch.path / "tree");
		fs::create_directories(root);
		sys::output_of({.argv = {"sh", "-c",
					 "set -e; umask 022; cd tree; " + script +
						 "; cd ..; gzip data.tar; echo 2.0 >debian-binary"
						 "; ar rc a.deb debian-binary data.tar.gz"},
				.directory = scratch.path.string()});
	}
	void unpack() const { unpack_deb(deb, root); }
};

auto says(const std::string &part)
{
	return MessageMatches(ContainsSubstring(part));
}

} // namespace

TEST_CASE("a stream is unpacked by what it is")
{
	const selftest::Scratch scratch;
	const auto plain = scratch.path / "plain";
	const std::string text(200'000, 'x');
	sys::write_file(plain, text);
	for (const auto *tool : {"gzip", "xz", "zstd"}) {
		if (!sys::on_path(tool))
			continue;
		INFO(tool);
		const auto packed = sys::output_of({.argv = {tool, "-q", "-c", plain}});
		CHECK(unpack_stream(packed, "name") == text);
		if (tool == std::string_view("gzip"))
			CHECK(unpack_stream(packed + "size", "name") == text);
		CHECK_THROWS_AS(unpack_stream(packed.substr(0, packed.size() / 2), "name"),
				UnpackError);
	}
	CHECK_THROWS_MATCHES(unpack_stream("plain words", "name"), UnpackError, says("name"));
	CHECK_THROWS_AS(unpack_stream("", "name"), UnpackError);
}

TEST_CASE("modes, times and links of a package survive")
{
	const Deb package("mkdir -p lib/x usr/bin; echo one >lib/x/a; chmod 4751 lib/x/a; "
			  "ln lib/x/a usr/bin/b; ln -s ../lib/x usr/link; chmod 711 usr/bin; "
			  "touch -d @1000000000 lib/x/a usr/bin; tar -cf ../data.tar ./*");
	fs::create_directories(package.root / "usr/lib");
	fs::create_directory_symlink("usr/lib", package.root / "lib");
	package.unpack();
	const auto file = package.root / "usr/lib/x/a";
	CHECK(sys::read_file(file) == "one\n");
	CHECK(fs::is_symlink(package.root / "lib"));
	CHECK(fs::equivalent(file, package.root / "usr/bin/b"));
	CHECK(fs::read_symlink(package.root / "usr/link") == "../lib/x");
	CHECK(fs::status(file).permissions() == fs::perms(04751));
	CHECK(fs::status(package.root / "usr/bin").permissions() == fs::perms(0711));
	const auto modified = [](const fs::path &path) {
		return sys::output_of({.argv = {"stat", "-c", "%Y", path}});
	};
	CHECK(modified(file) == "1000000000\n");
	CHECK(modified(package.root / "usr/bin") == "1000000000\n");
	package.unpack(); // over what is there
	CHECK(sys::read_file(file) == "one\n");
}

TEST_CASE("a package cannot write outside of its directory")
{
	const Deb up("mkdir a; echo bad >../bad; tar -Pcf ../data.tar a/../../bad");
	CHECK_THROWS_MATCHES(up.unpack(), UnpackError, says("leads out"));
	const Deb link("ln -s .. a; tar -cf ../data.tar a; rm a; mkdir a; echo bad >a/evil; "
		       "tar -rf ../data.tar a/evil");
	CHECK_THROWS_MATCHES(link.unpack(), UnpackError, says("leads out"));
	CHECK_FALSE(fs::exists(link.scratch.path / "evil"));
	const Deb hard("echo x >../x; echo y >y; ln y z; "
		       "tar -Pcf ../data.tar --transform 's,^y$,../x,R' y z");
	CHECK_THROWS_MATCHES(hard.unpack(), UnpackError, says("leads out"));
	const Deb absolute("echo fine >f; tar -Pcf ../data.tar \"$PWD/f\"");
	absolute.unpack();
	CHECK(fs::exists(fs::path(absolute.root).concat(absolute.scratch.path.string()) /
			 "tree/f"));
}

TEST_CASE("what is no package is named")
{
	const selftest::Scratch scratch;
	sys::write_file(scratch.path / "a.deb", "!<arch>\n");
	CHECK_THROWS_MATCHES(unpack_deb(scratch.path / "a.deb", scratch.path), UnpackError,
			     says("a.deb"));
	sys::write_file(scratch.path / "b.deb", "words");
	CHECK_THROWS_MATCHES(unpack_deb(scratch.path / "b.deb", scratch.path), UnpackError,
			     says("b.deb"));
	CHECK_THROWS_AS(unpack_deb(scratch.path / "none.deb", scratch.path), UnpackError);
}
