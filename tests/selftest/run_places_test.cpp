// SPDX-License-Identifier: GPL-2.0-only
// Mounts: which one it is, and taking one away.
#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/run/places.h"
#include "harness/sys/proc.h"

namespace tagtrap {

TEST_CASE("blanks and backslashes in the names of mounts are undone")
{
	const std::string mounts = "/dev/vda / ext4 rw 0 0\n"
				   "/dev/loop0 /mnt/my\\040dir xfs rw,x=\\134 0 0\n"
				   "a\\011b /mnt/a\\134b\\012c tmpfs rw 0 0\n";
	CHECK(mount_of(mounts, "/mnt/my dir").type == "xfs");
	CHECK(mount_of(mounts, "/mnt/my dir/work").source == "/dev/loop0");
	CHECK(mount_of(mounts, "/mnt/my dir").options == "rw,x=\\");
	CHECK(mount_of(mounts, "/mnt/my").type == "ext4");
	CHECK(mount_of(mounts, "/mnt/a\\b\nc").source == "a\tb");
}

TEST_CASE("a place of our VM that is not mounted has the reason that mount(2) gave")
{
	const std::string why = "mount /dev/vdf on /mnt/f2fs: Invalid argument";
	const auto seen = survey("/proc/no-mounts", true, {}, {{"f2fs", why}});
	CHECK(seen.directories.empty());
	CHECK(seen.missing.at("f2fs") == why);
	CHECK(seen.missing.at("gfs2") == "not mounted: no disk or no mkfs for it");
}

TEST_CASE("a place that does not come back from being unmounted keeps nobody")
{
	// None of them unmounts anything: /proc only has to be there.
	const auto began = sys::now_ns();
	CHECK(remount("/proc", {.patience_ms = 0,
				.limit_ms = 300,
				.unmount = [](const char *) { return ::pause(); },
				.disk_busy = [] { return false; }}) == -ETIMEDOUT);
	// Where a disk has something to do, it is not the mount's fault.
	CHECK(remount("/proc", {.patience_ms = 0,
				.limit_ms = 100,
				.unmount = [](const char *) { return ::pause(); },
				.disk_busy = [] { return true; }}) == -EINPROGRESS);
	CHECK(sys::now_ns() - began < 60'000'000'000); // no matter how slow this machine is
	CHECK(waitpid(-1, nullptr, WNOHANG) == -1);    // and nothing is left behind
	const auto busy = [](const char *) {
		errno = EBUSY;
		return -1;
	};
	CHECK(remount("/proc", {.patience_ms = 40, .unmount = busy}) == -EBUSY);
	const auto dies = [](const char *) { return ::raise(SIGKILL); };
	CHECK(remount("/proc", {.unmount = dies}) == -EIO);
	CHECK(remount("/proc/self", {.unmount = busy}) == -EINVAL);
}

} // namespace tagtrap
