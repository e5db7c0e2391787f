// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sys/mount.h>
#include <unistd.h>

#include "fixtures/board/root.h"
#include "fixtures/board/ssh.h"
#include "fixtures/disk/filesystem.h"
#include "fixtures/vm/qemu.h"
#include "harness/run/loop.h"
#include "harness/run/places.h"
#include "harness/sys/file.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using namespace std::chrono_literals;

namespace {

bool has(const std::vector<std::string> &argv, const std::vector<std::string> &words)
{
	return !std::ranges::search(argv, words).empty();
}

constexpr auto mounts = "/dev/vda / ext4 rw 0 0\n"
			"tmpfs /run tmpfs rw 0 0\n"
			"/dev/vdb /data f2fs rw 0 0\n"
			"/dev/vdc /data/local xfs rw 0 0\n"
			"late /run tmpfs rw 0 0\n";

} // namespace

TEST_CASE("ssh and scp are bounded and leave the user's own files alone")
{
	const board::Login login = {"tester", 2222, "/cache/key"};
	const auto ssh = board::ssh_command(login, "id; uname", 30s);
	CHECK(has(ssh, {"timeout", "-k", "5", "30", "ssh"}));
	CHECK(has(ssh, {"-F", "/dev/null", "-i", "/cache/key", "-p", "2222"}));
	CHECK(has(ssh, {"-o", "UserKnownHostsFile=/dev/null"}));
	CHECK(has(ssh, {"tester@127.0.0.1", "id; uname"}));
	const auto scp = board::scp_command(login, {":out/report.txt", "/tmp/here"}, 9s);
	CHECK(has(scp, {"timeout", "-k", "5", "9", "scp"}));
	CHECK(has(scp, {"-P", "2222"}));
	CHECK(has(scp, {"tester@127.0.0.1:out/report.txt", "/tmp/here"}));
}

TEST_CASE("a machine has a network only when a port leads to it")
{
	vm::MachineSpec spec;
	CHECK(has(vm::qemu_command(spec), {"-nic", "none"}));
	spec.ssh_port = 4022;
	const auto argv = vm::qemu_command(spec);
	CHECK_FALSE(has(argv, {"-nic", "none"}));
	CHECK(has(argv, {"-netdev", "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:4022-:22",
			 "-device", "virtio-net-pci,netdev=net,romfile="}));
}

TEST_CASE("the mount that holds a path is the longest and the latest")
{
	CHECK(mount_of(mounts, "/home/x").type == "ext4");
	CHECK(mount_of(mounts, "/data/app").type == "f2fs");
	CHECK(mount_of(mounts, "/data/local/tmp").type == "xfs");
	CHECK(mount_of(mounts, "/data/localhost").type == "f2fs");
	CHECK(mount_of(mounts, "/run").source == "late");
	CHECK(mount_of(mounts, "/runner").type == "ext4");
}

TEST_CASE("a place that cannot be made says why, and leaves no image behind")
{
	Scratch scratch;
	const disk::Filesystem row = {.name = "nofs",
				      .mkfs = "mkfs.nofs",
				      .package = "nofsprogs",
				      .size_mib = 1,
				      .options = {{}},
				      .modules = {}};
	const auto why = mount_loop_image(row, (scratch.path / "nofs").string());
	CHECK(why.find("mkfs.nofs is not installed") != std::string::npos);
	disk::Filesystem large = row;
	large.mkfs = "true"; // it makes nothing: the loop device or mount(2) has to refuse
	CHECK_FALSE(mount_loop_image(large, (scratch.path / "nofs").string()).empty());
	large.size_mib = 1u << 30;
	CHECK(mount_loop_image(large, (scratch.path / "nofs").string()).find("MiB") !=
	      std::string::npos);
	CHECK_FALSE(std::filesystem::exists(scratch.path / "nofs.img"));
}

TEST_CASE("only places of the plan are looked for, and a link is followed to its filesystem")
{
	Scratch scratch;
	std::filesystem::create_directory(scratch.path / "real");
	std::filesystem::create_directory_symlink(scratch.path / "real", scratch.path / "link");
	const auto link = (scratch.path / "link").string();
	const auto none = survey(link, false, {});
	CHECK(none.missing.empty());
	CHECK_FALSE(none.may_remount);
	for (const auto &[name, directory] : none.directories)
		CHECK(directory == (scratch.path / "real").string());
	clear_work(link);
	CHECK_FALSE(std::filesystem::exists(scratch.path / "real"));
}

TEST_CASE("the stand-in's packages bring an ssh server and a static shell for its initramfs")
{
	const auto packages = board::root_packages();
	for (const char *name :
	     {"dropbear-bin", "openssh-sftp-server", "busybox-static", "iproute2"})
		CHECK(std::ranges::find(packages, name) != packages.end());
}
