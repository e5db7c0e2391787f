// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/small_disk.h"

#include <array>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "harness/sys/proc.h"
#include "harness/sys/say.h"

namespace tagtrap {

namespace {

constexpr int no_mount = 98;
constexpr int no_result = 99;

/// A mount namespace of our own, in a user namespace where that takes one.
bool own_mounts()
{
	if (unshare(CLONE_NEWNS) == 0)
		return true;
	const auto user = getuid(), group = getgid();
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       sys::spew("/proc/self/uid_map", fmt::format("{} {} 1", user, user)) &&
	       sys::spew("/proc/self/setgroups", "deny") &&
	       sys::spew("/proc/self/gid_map", fmt::format("{} {} 1", group, group));
}

bool mount_small(const std::filesystem::path &directory, size_t kib)
{
	const auto size = fmt::format("size={}k", kib);
	return own_mounts() && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
	       mount("tmpfs", directory.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, size.c_str()) == 0;
}

} // namespace

std::optional<Tally> on_small_disk(const std::filesystem::path &directory, size_t kib,
				   const std::function<Tally()> &work)
{
	std::filesystem::create_directories(directory);
	std::array<int, 2> ends = {};
	sys::must(pipe2(ends.data(), O_CLOEXEC), "pipe2");
	const sys::Fd result(ends[0]);
	sys::Fd told(ends[1]);
	std::fflush(stdout);
	const pid_t child = sys::must(fork(), "fork");
	if (child == 0) {
		int status = no_result;
		try {
			Tally tally;
			if (!mount_small(directory, kib))
				_exit(no_mount);
			tally = work();
			if (write(told.get(), &tally, sizeof tally) == sizeof tally)
				status = 0;
		} catch (const std::exception &error) {
			sys::say(fmt::format("tagtrap: {}\n", error.what()));
		}
		std::fflush(stdout);
		_exit(status);
	}
	told.reset();
	Tally tally = {.failed = 1};
	const bool counted = read(result.get(), &tally, sizeof tally) == sizeof tally;
	int status = 0;
	sys::must(waitpid(child, &status, 0), "waitpid");
	if (WIFEXITED(status) && WEXITSTATUS(status) == no_mount)
		return std::nullopt;
	return counted && status == 0 ? tally : Tally{.failed = 1};
}

} // namespace tagtrap
