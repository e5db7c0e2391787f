// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/places.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <mntent.h>
#include <optional>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/model/place.h"
#include "harness/run/hearts.h"
#include "harness/run/loop.h"
#include "harness/sys/bounded.h"
#include "harness/sys/proc.h"

namespace tagtrap {

namespace {

namespace fs = std::filesystem;

/// A mount namespace that only this process and its children are in. Returns why not.
std::string private_mounts()
{
	const uid_t uid = getuid();
	const gid_t gid = getgid();
	const char *const refused = "private mounts are refused";
	if (unshare(uid == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0)
		return fmt::format("{}: {}", refused, std::strerror(errno));
	if (uid != 0) {
		sys::spew("/proc/self/setgroups", "deny");
		sys::spew("/proc/self/uid_map", fmt::format("{} {} 1", uid, uid));
		sys::spew("/proc/self/gid_map", fmt::format("{} {} 1", gid, gid));
	}
	if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
		return fmt::format("{}: {}", refused, std::strerror(errno));
	return "";
}

std::string mount_tmpfs(const std::string &directory)
{
	fs::create_directories(directory);
	if (mount("tagtrap", directory.c_str(), "tmpfs", 0, "size=64m") != 0)
		return fmt::format("mounting one is refused: {}", std::strerror(errno));
	return "";
}

Survey survey_vm(const std::string &work, const Unmounted &unmounted)
{
	Survey seen;
	const std::string mounts = sys::slurp("/proc/mounts");
	seen.may_remount = true;
	for (const auto &place : places()) {
		if (place.kind != PlaceKind::file)
			continue;
		const std::string name(place.name);
		const std::string directory = work + "/" + name;
		const auto why = unmounted.find(name);
		if (mount_of(mounts, directory).directory == directory)
			seen.directories[name] = directory;
		else if (why != unmounted.end())
			seen.missing[name] = why->second;
		else
			seen.missing[name] = "not mounted: no disk or no mkfs for it";
	}
	return seen;
}

} // namespace

Mount mount_of(const std::string &mounts, const std::string &path)
{
	Mount best;
	if (mounts.empty()) // getmntent_r() does not end with a buffer of one byte
		return best;
	std::string text = mounts, line(mounts.size() + 1, 0);
	FILE *const file = fmemopen(text.data(), text.size(), "r");
	if (file == nullptr) // of no text there is none
		return best;
	mntent entry = {};
	while (getmntent_r(file, &entry, line.data(), static_cast<int>(line.size())) != nullptr) {
		const std::string directory = entry.mnt_dir;
		const bool holds =
			path == directory || directory == "/" || path.starts_with(directory + "/");
		if (holds && directory.size() >= best.directory.size())
			best = {entry.mnt_fsname, directory, entry.mnt_type, entry.mnt_opts};
	}
	std::fclose(file);
	return best;
}

Survey survey(const std::string &work, bool our_vm, const std::set<std::string> &wanted,
	      const Unmounted &unmounted)
{
	if (our_vm)
		return survey_vm(work, unmounted);
	Survey seen;
	// A link on the way would lead to another mount than the one the path seems to be on.
	const std::string base = fs::canonical(work).string();
	const std::string own = mount_of(sys::slurp("/proc/mounts"), base).type;
	if (find_place(own) != nullptr)
		seen.directories[own] = base;
	std::optional<std::string> refused; ///< private mounts: asked for when one is needed
	for (const auto &place : places()) {
		const std::string name(place.name);
		if (place.kind != PlaceKind::file || !wanted.contains(name) ||
		    seen.directories.contains(name))
			continue;
		const disk::Filesystem *const row = disk::find_filesystem(name);
		const std::string directory = base + "/" + name;
		if (!refused && (row == nullptr || getuid() == 0))
			refused = private_mounts();
		std::string why;
		if (row == nullptr)
			why = refused->empty() ? mount_tmpfs(directory) : *refused;
		else if (getuid() != 0)
			why = "only root can mount an image";
		else
			why = refused->empty() ? mount_loop_image(*row, directory) : *refused;
		if (why.empty())
			seen.directories[name] = directory;
		else
			seen.missing[name] =
				fmt::format("--out is on {}, not on {}; {}", own, name, why);
	}
	return seen;
}

void clear_work(const std::string &work)
{
	std::error_code ignored;
	const fs::path base = fs::canonical(work, ignored);
	if (ignored)
		return;
	for (const auto &place : places()) {
		const fs::path directory = base / place.name;
		if (mount_of(sys::slurp("/proc/mounts"), directory).directory == directory)
			umount2(directory.c_str(), MNT_DETACH);
	}
	fs::remove_all(base, ignored);
}

int64_t remount(const std::string &directory, const RemountPolicy &policy)
{
	const Mount found = mount_of(sys::slurp("/proc/mounts"), directory);
	if (found.directory != directory)
		return -EINVAL;
	const auto error = [&] {
		for (int waited = 0; policy.unmount(directory.c_str()) != 0; waited += 20) {
			if (errno != EBUSY || waited >= policy.patience_ms)
				return errno;
			usleep(20'000);
		}
		const char *const data = found.type == "gfs2" ? "lockproto=lock_nolock" : "";
		return mount(found.source.c_str(), directory.c_str(), found.type.c_str(), 0,
			     data) != 0
			       ? errno
			       : 0;
	};
	// A kernel may never come back from this either.
	sys::BoundedJobs jobs;
	jobs.start("remount", [&] {
		const int number = error();
		return number == 0 ? "" : std::to_string(number);
	});
	const std::chrono::milliseconds limit(policy.patience_ms + policy.limit_ms);
	const auto busy = [&] {
		return policy.disk_busy != nullptr ? policy.disk_busy()
						   : disks_at_work(sys::slurp("/proc/diskstats"));
	};
	const std::string wrong = jobs.finish(
					      limit, [] {}, busy)
					  .at("remount");
	if (wrong.empty())
		return 0;
	const int number = std::atoi(wrong.c_str());
	if (number != 0)
		return -number;
	if (wrong != sys::BoundedJobs::late)
		return -EIO;
	return busy() ? -EINPROGRESS : -ETIMEDOUT;
}

} // namespace tagtrap
