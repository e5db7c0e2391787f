// SPDX-License-Identifier: GPL-2.0-only
// A kernel as a machine boots it: images, modules, and what the user brings.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdlib>
#include <filesystem>

#include "fixtures/boot/brought.h"
#include "fixtures/boot/image.h"
#include "fixtures/boot/modules.h"
#include "fixtures/boot/needs.h"
#include "harness/cli/host.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "harness/sys/process.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using namespace tagtrap::boot;
namespace fs = std::filesystem;

namespace {

/// A directory of our own, with a cache in it while the test runs.
struct Ground {
	selftest::Scratch scratch;
	fs::path root = scratch.path;

	Ground()
	{
		const char *now = std::getenv("TAGTRAP_CACHE");
		before = now == nullptr ? "" : now;
		::setenv("TAGTRAP_CACHE", (root / "cache").c_str(), 1);
	}
	~Ground()
	{
		if (before.empty())
			::unsetenv("TAGTRAP_CACHE");
		else
			::setenv("TAGTRAP_CACHE", before.c_str(), 1);
	}
	Ground(const Ground &) = delete;
	Ground &operator=(const Ground &) = delete;

	void file(const fs::path &name, std::string_view text) const
	{
		fs::create_directories((root / name).parent_path());
		sys::write_file(root / name, text);
	}

	std::string problem(const fs::path &path, const std::string &modules = "") const
	{
		try {
			open_brought(root / path, modules);
		} catch (const sys::Problem &problem) {
			CHECK(problem.status == 2);
			return problem.what();
		}
		return "";
	}

private:
	std::string before;
};

/// The head of an arm64 Image (Documentation/arch/arm64/booting.rst).
std::string image()
{
	std::string bytes(64, '\0');
	bytes.replace(56, 4, "ARM\x64");
	return bytes;
}

using Catch::Matchers::ContainsSubstring;

} // namespace

TEST_CASE("a kernel tree is a kernel: image, configuration, release and symbols")
{
	const Ground ground;
	ground.file("tree/arch/arm64/boot/Image", image());
	ground.file("tree/.config", "CONFIG_ARM64_16K_PAGES=y\n# top\nCONFIG_ARM64_16K_PAGES=y\n");
	ground.file("tree/include/config/kernel.release", "6.19.0-rc2+\n");
	ground.file("tree/modules.order", "");
	ground.file("tree/vmlinux", "symbols");
	const auto kernel = open_brought(ground.root / "tree", "");
	CHECK(sys::read_file(kernel.image) == image());
	CHECK(kernel.release == "6.19.0-rc2+");
	CHECK(kernel.exact == ground.root / "tree");
	CHECK(kernel.modules.empty());
	CHECK(page_size_of(kernel) == 16384);
	CHECK(vmlinux_of(kernel) == ground.root / "tree/vmlinux");
	CHECK(machine_facts({}, kernel).at("kernel") == (ground.root / "tree").string());
	// The Image alone finds the symbols of its tree, too.
	const auto alone = open_brought(ground.root / "tree/arch/arm64/boot/Image", "");
	CHECK(vmlinux_of(alone) == ground.root / "tree/vmlinux");
	CHECK(vmlinux_of({}).empty());
}

TEST_CASE("a module that is built anew is taken, not the one of before")
{
	const Ground ground;
	ground.file("tree/arch/arm64/boot/Image", image());
	ground.file("tree/include/config/kernel.release", "6.19.0\n");
	ground.file("tree/modules.order", "fs/xfs/xfs.o\n");
	ground.file("tree/fs/xfs/xfs.ko", "one");
	const auto installed = [&] {
		const auto kernel = open_brought(ground.root / "tree", "");
		return sys::read_file(kernel.modules / "lib/modules/6.19.0/kernel/fs/xfs/xfs.ko");
	};
	CHECK(installed() == "one");
	CHECK(installed() == "one");
	ground.file("tree/fs/xfs/xfs.ko", "another");
	CHECK(installed() == "another");
}

TEST_CASE("what is missing of a brought kernel is named")
{
	const Ground ground;
	CHECK_THAT(ground.problem("nothing"), ContainsSubstring("no such file"));
	fs::create_directories(ground.root / "tree");
	CHECK_THAT(ground.problem("tree"), ContainsSubstring("no arch/arm64/boot/Image"));
	ground.file("tree/arch/arm64/boot/Image", image());
	ground.file("tree/include/config/kernel.release", "6.19.0\n");
	ground.file("tree/modules.order", "fs/xfs/xfs.o\n");
	CHECK_THAT(ground.problem("tree"),
		   ContainsSubstring("fs/xfs/xfs.ko") && ContainsSubstring("make modules"));
	ground.file("Image", image());
	CHECK_THAT(ground.problem("Image", ground.root / "tree"),
		   ContainsSubstring("holds no modules"));
	ground.file("m/lib/modules/6.19.0/kernel/x.ko", "");
	CHECK_THAT(ground.problem("Image", ground.root / "m"), ContainsSubstring("depmod -b"));
	CHECK_THAT(ground.problem("Image", ground.root / "m/lib/modules/6.19.0"),
		   ContainsSubstring("depmod -b"));
}

TEST_CASE("what a kernel's configuration lacks is told, with what comes of it")
{
	CHECK(lacks(config_fragment(), false).empty());
	auto config = config_fragment();
	config.replace(config.find("CONFIG_VIRTIO_BLK=y"), 19, "# CONFIG_VIRTIO_BLK is not set");
	CHECK(lacks(config, true) ==
	      std::vector<std::string>{"no CONFIG_VIRTIO_BLK: disk filesystems are SKIP"});
	config = config_fragment();
	config.replace(config.find("CONFIG_XFS_FS=y"), 15, "CONFIG_XFS_FS=m");
	CHECK(lacks(config, true).empty());
	CHECK(lacks(config, false) ==
	      std::vector<std::string>{"no module at hand for CONFIG_XFS_FS: xfs is SKIP"});
	config.replace(config.find("CONFIG_TMPFS=y"), 14, "CONFIG_TMPFS=m");
	CHECK_THAT(lacks(config, true).at(0), ContainsSubstring("a module, not built in"));
	CHECK(lacks("", true).size() == lacks("x\nNOT_CONFIG_XFS_FS=y\n", false).size());
}

TEST_CASE("the fragment has all that a kernel of the user needs")
{
	const auto fragment = sys::read_file("fixtures/kernel/config/suite.config");
	CHECK(lacks(fragment, false).empty());
	CHECK(fragment.ends_with(config_fragment()));
}

TEST_CASE("images are told apart by their first bytes")
{
	std::string head(64, '\0');
	CHECK(classify_image(head) == ImageKind::unknown);
	head.replace(56, 4, "ARM\x64");
	CHECK(classify_image(head) == ImageKind::plain);
	CHECK(classify_image("\x1f\x8b\x08") == ImageKind::gzip);
	CHECK(classify_image("\x28\xb5\x2f\xfd") == ImageKind::zstd);
	CHECK(classify_image("") == ImageKind::unknown);
	std::string zboot(64, '\0');
	zboot.replace(0, 2, "MZ");
	zboot.replace(4, 4, "zimg");
	zboot.replace(8, 8, std::string("\x00\x10\x00\x00\x34\x12\x00\x00", 8));
	zboot.replace(24, 4, "gzip");
	CHECK(classify_image(zboot) == ImageKind::zboot_gzip);
	CHECK(zboot_payload(zboot).offset == 0x1000);
	CHECK(zboot_payload(zboot).size == 0x1234);
	zboot.replace(24, 6, "zstd22");
	CHECK(classify_image(zboot) == ImageKind::zboot_zstd);
}

TEST_CASE("modprobe's answer becomes files in loading order")
{
	const auto files = parse_show_depends("builtin virtio_pci\n"
					      "insmod /a b/lib/modules/6/crc16.ko.xz \n"
					      "insmod /a b/lib/modules/6/ext4.ko option=1 other=2\n"
					      "garbage\n");
	CHECK(files == std::vector<fs::path>{"/a b/lib/modules/6/crc16.ko.xz",
					     "/a b/lib/modules/6/ext4.ko"});
}

TEST_CASE("a kernel without modules needs none")
{
	const auto closure = module_closure({}, {"ext4", "xfs"});
	CHECK(closure.files.empty());
	CHECK(closure.unknown.empty());
}

TEST_CASE("a package that somebody brings is a kernel with its modules")
{
	const Ground ground;
	ground.file("deb/DEBIAN/control", "Package: linux-image-1.2\nVersion: 1\n"
					  "Architecture: arm64\nMaintainer: n <n@example.org>\n"
					  "Description: a kernel\n");
	ground.file("deb/boot/vmlinuz-1.2", image());
	ground.file("deb/boot/config-1.2", "CONFIG_ARM64=y\n");
	ground.file("deb/lib/modules/1.2/modules.builtin", "");
	sys::output_of({.argv = {"dpkg-deb", "-b", ground.root / "deb", ground.root / "k.deb"}});
	const auto kernel = open_brought(ground.root / "k.deb", "");
	CHECK(kernel.release == "1.2");
	CHECK(sys::read_file(kernel.image) == image());
	CHECK(sys::read_file(kernel.config) == "CONFIG_ARM64=y\n");
	CHECK(fs::exists(kernel.modules / "lib/modules/1.2/modules.dep"));
	fs::remove_all(ground.root / "deb/boot");
	sys::output_of({.argv = {"dpkg-deb", "-b", ground.root / "deb", ground.root / "m.deb"}});
	CHECK_THAT(ground.problem("m.deb"), ContainsSubstring("no boot/vmlinuz-RELEASE"));
}
