// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "fixtures/archive/cpio.h"
#include "fixtures/vm/qemu.h"
#include "harness/sys/file.h"
#include "harness/sys/process.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using namespace tagtrap::vm;

namespace {

MachineSpec sample()
{
	MachineSpec spec;
	spec.kernel = "/boot/Image";
	spec.disks = {{"ext4", "/cache/a,b"}, {"xfs", "/cache/xfs", true}};
	return spec;
}

/// Whether `words` stand next to each other in the command.
bool has_words(const std::vector<std::string> &argv, const std::vector<std::string> &words)
{
	return !std::ranges::search(argv, words).empty();
}

} // namespace

TEST_CASE("the machine has MTE, the ports and the disks it was asked for")
{
	const auto argv = qemu_command(sample());
	CHECK(argv.front() == "qemu-system-aarch64");
	CHECK(has_words(argv, {"-M", "virt,mte=on,gic-version=3"}));
	CHECK(has_words(argv, {"-accel", "tcg", "-cpu", "max,pauth-impdef=on"}));
	CHECK(has_words(argv, {"-smp", "2", "-m", "1024"}));
	CHECK(has_words(argv, {"-object", "memory-backend-ram,id=node0,size=512M", "-numa",
			       "node,nodeid=0,memdev=node0,cpus=0-1", "-object",
			       "memory-backend-ram,id=node1,size=512M", "-numa",
			       "node,nodeid=1,memdev=node1"}));
	CHECK(has_words(argv, {"-no-reboot"}));
	CHECK(has_words(argv, {"-kernel", "/boot/Image", "-initrd", "/proc/self/fd/7"}));
	CHECK(has_words(argv, {"-chardev", "socket,id=journal,fd=4", "-device",
			       "virtserialport,chardev=journal,name=tagtrap.journal"}));
	CHECK(has_words(argv, {"-chardev", "socket,id=control,fd=5", "-device",
			       "virtserialport,chardev=control,name=tagtrap.control"}));
	CHECK(has_words(argv, {"-qmp", "chardev:qmp"}));
	// A comma in a file's name is not the end of the option, and the image is left as it is.
	CHECK(has_words(argv,
			{"-drive",
			 "if=none,id=ext4,format=raw,cache=unsafe,snapshot=on,file=/cache/a,,b",
			 "-device", "virtio-blk-pci,drive=ext4,serial=ext4"}));
	CHECK(has_words(
		argv,
		{"-drive", "if=none,id=xfs,format=raw,cache=unsafe,snapshot=off,file=/cache/xfs"}));
}

TEST_CASE("KVM runs the processor that is there")
{
	MachineSpec spec = sample();
	spec.accelerator = Accelerator::kvm;
	const auto argv = qemu_command(spec);
	CHECK(has_words(argv, {"-accel", "kvm", "-cpu", "host"}));
	CHECK(has_words(argv, {"-M", "virt,mte=on,gic-version=3"}));
}

TEST_CASE("the user's words come last on the kernel's command line")
{
	MachineSpec spec = sample();
	CHECK(kernel_cmdline(spec).ends_with("printk.time=1 kasan_multi_shot"));
	spec.cmdline = "arm64.nomops quiet";
	CHECK(kernel_cmdline(spec).starts_with("console=ttyAMA0 "));
	CHECK(kernel_cmdline(spec).ends_with(" arm64.nomops quiet"));
	CHECK(has_words(qemu_command(spec), {"-append", kernel_cmdline(spec)}));
}

TEST_CASE("a QEMU says how old it is, and an old one is refused unless it was asked for")
{
	const auto good = parse_qemu_version("QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds)\n");
	REQUIRE(good);
	CHECK(*good == QemuVersion{10, 0, 2});
	CHECK(refuse(*good, "qemu", false).empty());
	const auto old = parse_qemu_version("QEMU emulator version 7.2.22");
	REQUIRE(old);
	CHECK(refuse(*old, "qemu", false).find("7.2.22") != std::string::npos);
	CHECK(refuse(*old, "qemu", true).empty());
	CHECK(refuse(QemuVersion{9, 2, 4}, "qemu", false) != "");
	CHECK_FALSE(parse_qemu_version("Written by Jim Meyering."));
	CHECK_FALSE(parse_qemu_version(""));
	CHECK(parse_qemu_version("QEMU emulator version 11.1") == QemuVersion{11, 1, 0});
}

TEST_CASE("cpio(1) reads what we write")
{
	if (!sys::on_path("cpio"))
		SKIP("cpio is not installed");
	archive::Cpio archive;
	archive.directory("dev");
	archive.character_device("dev/console", 5, 1);
	archive.file("init", "#!x", 0755);
	archive.file("empty", "");
	archive.file("even", "four");
	const Scratch scratch;
	// Archives are put behind one another: the second one is read as well.
	archive::Cpio second;
	second.file("second", std::string(5000, 'x'));
	sys::write_file(scratch.path / "a", archive.finish());
	sys::write_file(scratch.path / "b", second.finish());
	const auto list = [&](const char *name) {
		return sys::output_of({{"cpio", "-itv", "--quiet", "--numeric-uid-gid", "-F",
					(scratch.path / name).string()}});
	};
	const std::string first = list("a");
	CHECK(first.find("drwxr-xr-x   2 0") != std::string::npos);
	CHECK(first.find("5,   1") != std::string::npos);
	CHECK(first.find("-rwxr-xr-x   1 0        0               3") != std::string::npos);
	CHECK(first.find(" even\n") != std::string::npos);
	CHECK(list("b").find("5000") != std::string::npos);
	CHECK(sys::read_file(scratch.path / "a").size() % 4 == 0);
}
