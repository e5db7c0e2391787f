// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/places.h"

#include <filesystem>
#include <fmt/format.h>
#include <sched.h>
#include <sstream>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/model/place.h"
#include "harness/sys/proc.h"

namespace tagtrap {

namespace {

namespace fs = std::filesystem;

/// Makes `directory` a tmpfs that only this process and its children see. False: not allowed.
bool private_tmpfs(const std::string &directory)
{
	const uid_t uid = getuid();
	const gid_t gid = getgid();
	if (uid == 0) {
		if (unshare(CLONE_NEWNS) != 0)
			return false;
	} else {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
			return false;
		sys::spew("/proc/self/setgroups", "deny");
		sys::spew("/proc/self/uid_map", fmt::format("{} {} 1", uid, uid));
		sys::spew("/proc/self/gid_map", fmt::format("{} {} 1", gid, gid));
	}
	if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
		return false;
	return mount("tagtrap", directory.c_str(), "tmpfs", 0, "size=64m") == 0;
}

Survey survey_vm(const std::string &work)
{
	Survey seen;
	const std::string mounts = sys::slurp("/proc/mounts");
	seen.may_remount = true;
	for (const auto &place : places()) {
		if (place.kind != PlaceKind::file)
			continue;
		const std::string name(place.name);
		const std::string directory = work + "/" + name;
		if (mount_of(mounts, directory).directory == directory)
			seen.directories[name] = directory;
		else
			seen.missing[name] = "not mounted: no module, no disk or no mkfs for it";
	}
	return seen;
}

} // namespace

Mount mount_of(const std::string &mounts, const std::string &path)
{
	Mount best;
	std::istringstream lines(mounts);
	for (std::string line; std::getline(lines, line);) {
		std::istringstream words(line);
		Mount one;
		words >> one.source >> one.directory >> one.type >> one.options;
		const bool holds = path == one.directory || one.directory == "/" ||
				   path.starts_with(one.directory + "/");
		if (holds && one.directory.size() >= best.directory.size())
			best = one;
	}
	return best;
}

Survey survey(const std::string &work, bool our_vm)
{
	if (our_vm)
		return survey_vm(work);
	Survey seen;
	const std::string base = fs::absolute(work).lexically_normal().string();
	const std::string own = mount_of(sys::slurp("/proc/mounts"), base).type;
	if (const Place *place = find_place(own); place != nullptr)
		seen.directories[own] = base;
	const std::string scratch = base + "/tmpfs";
	if (own != "tmpfs") {
		fs::create_directories(scratch);
		if (private_tmpfs(scratch))
			seen.directories["tmpfs"] = scratch;
		else
			seen.missing["tmpfs"] = "this user may not mount a private tmpfs";
	}
	for (const auto &place : places()) {
		const std::string name(place.name);
		if (place.kind == PlaceKind::file && !seen.directories.contains(name) &&
		    !seen.missing.contains(name))
			seen.missing[name] = fmt::format("{} is on {}; --out on a {} would add it",
							 base, own, name);
	}
	return seen;
}

int64_t remount(const std::string &directory, int patience_ms)
{
	const Mount found = mount_of(sys::slurp("/proc/mounts"), directory);
	if (found.directory != directory)
		return -EINVAL;
	for (int waited = 0; umount(directory.c_str()) != 0; waited += 20) {
		if (errno != EBUSY || waited >= patience_ms)
			return -errno;
		usleep(20'000);
	}
	const std::string data = found.type == "gfs2" ? "lockproto=lock_nolock" : "";
	if (mount(found.source.c_str(), directory.c_str(), found.type.c_str(), 0, data.c_str()) !=
	    0)
		return -errno;
	return 0;
}

} // namespace tagtrap
