// SPDX-License-Identifier: GPL-2.0-only
// What of the cache may go.
#include "harness/cli/cache_rest.h"

#include <algorithm>
#include <chrono>
#include <fmt/core.h>
#include <map>
#include <sys/stat.h>

#include "fixtures/board/root.h"
#include "fixtures/debian/apt.h"
#include "fixtures/debian/emulator.h"
#include "fixtures/debian/own_kernels.h"
#include "fixtures/debian/sysroot.h"
#include "fixtures/debian/version.h"
#include "fixtures/disk/filesystem.h"
#include "fixtures/swap_disk.h"
#include "harness/model/json.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

constexpr auto unused_for = std::chrono::hours(24 * 30);

std::vector<fs::path> sorted_entries(const fs::path &directory)
{
	std::vector<fs::path> entries;
	if (fs::is_directory(directory))
		for (const auto &entry : fs::directory_iterator(directory))
			entries.push_back(entry.path());
	std::ranges::sort(entries);
	return entries;
}

/// Goes through a cache and collects what may go.
class Search {
public:
	Search(const fs::path &root, const CacheWanted &wanted) : root_(root), wanted_(wanted) {}

	std::vector<Leftover> all()
	{
		for (const auto *kind : {"asked", "scratch", "test"})
			whole(kind, "outputs of earlier runs");
		whole("modules", "unpacked again in a second");
		for (const auto *kind : {"tidy", "images", "own-packages", "tree-modules", "trees"})
			unused(kind);
		for (const auto *kind :
		     {"board", "busybox", "disks", "emulator", "own-kernels", "sysroot"})
			unnamed(kind, wanted_.names);
		kernels();
		sources();
		debs();
		kernel_builds();
		for (const auto &apt : sorted_entries(root_ / "apt"))
			for (const auto *part : {"cache", "lists/partial"})
				whole(fs::path("apt") / apt.filename() / part,
				      "apt makes it again");
		for (const auto &entry : sorted_entries(root_))
			if (entry.filename().string().starts_with("ready-") &&
			    fs::last_write_time(entry) < wanted_.packages)
				add(entry, "packages have changed since");
		return std::move(found_);
	}

private:
	void add(const fs::path &path, std::string why)
	{
		found_.push_back({path, std::move(why)});
	}

	void whole(const fs::path &kind, const char *why)
	{
		for (const auto &entry : sorted_entries(root_ / kind))
			add(entry, why);
	}

	void unused(const char *kind)
	{
		const auto now = fs::file_time_type::clock::now();
		for (const auto &entry : sorted_entries(root_ / kind))
			if (now - use_of(entry).last > unused_for)
				add(entry, "not used for 30 days");
	}

	/// What make_whole() makes: NAME with NAME.lock, and NAME.part where it was interrupted.
	void unnamed(const std::string &kind, const std::set<std::string> &names,
		     const char *why = "nothing refers to it")
	{
		for (const auto &entry : sorted_entries(root_ / kind)) {
			const bool part = entry.extension() == ".part";
			const auto name = part || entry.extension() == ".lock" ? entry.stem()
									       : entry.filename();
			if (part)
				add(entry, "half made");
			else if (!names.contains(kind + '/' + name.string()))
				add(entry, why);
		}
	}

	/// Keeps the newest of each `kind`/ENTRY that is called the same.
	void newest_of(const std::string &kind, auto &&name_and_version)
	{
		std::map<std::string, std::pair<std::string, std::string>> newest;
		for (const auto &entry : sorted_entries(root_ / kind)) {
			const auto [name, version] = name_and_version(entry);
			auto &best = newest[name];
			if (!name.empty() && (best.first.empty() ||
					      debian::compare_versions(version, best.first) > 0))
				best = {version, kind + '/' + entry.filename().string()};
		}
		std::set<std::string> names;
		for (const auto &[name, best] : newest) {
			names.insert(best.second);
			versions_.insert(best.first);
		}
		unnamed(kind, names, "there is a newer one");
	}

	void kernels()
	{
		newest_of("kernels", [](const fs::path &entry) {
			std::pair<std::string, std::string> named;
			if (const auto about = entry / "kernel.json";
			    fs::exists(about) && entry.extension() != ".part") {
				const auto json = parse_json(sys::read_file(about));
				named = {json.at("name"), json.at("version")};
			}
			return named;
		});
	}

	void sources()
	{
		newest_of("sources", [this](const fs::path &entry) {
			const auto name = entry.filename().string();
			std::pair<std::string, std::string> named;
			for (const auto &base : wanted_.bases)
				if (const auto package = "linux-source-" + base + '_';
				    name.starts_with(package) && fs::exists(entry / "usr/src"))
					named = {package, name.substr(package.size())};
			return named;
		});
		std::set<std::string> names;
		for (const auto &version : versions_)
			for (const auto &base : wanted_.bases)
				names.insert(
					fmt::format("kunit/linux-source-{}_{}", base, version));
		unnamed("kunit", names);
	}

	/// Behind kernels() and sources(), which say what stays.
	void debs()
	{
		for (const auto &entry : sorted_entries(root_ / "debs")) {
			const auto name = entry.filename().string();
			const auto stays = [&](std::string version) {
				if (const auto colon = version.find(':');
				    colon != std::string::npos)
					version.replace(colon, 1, "%3a");
				return name.find('_' + version + '_') != std::string::npos;
			};
			if (name == "partial")
				whole("debs/partial", "half fetched");
			else if (fs::is_directory(entry))
				add(entry, "what was made of it is there");
			else if (std::ranges::none_of(versions_, stays))
				add(entry, "of no kernel that stays");
		}
	}

	/// Trees, objects and the like of fixtures/kernel/build.sh; one tree per base is in use.
	void kernel_builds()
	{
		std::map<std::string, fs::path> newest;
		const auto time_of = [](const fs::path &tree) {
			return fs::last_write_time(tree / ".complete");
		};
		const auto builds = sorted_entries(root_ / "kernel-build");
		for (const auto &entry : builds) {
			const auto words = words_of(entry);
			if (words.kind != "tree" || !fs::exists(entry / ".complete"))
				continue;
			auto &best = newest[words.base];
			if (best.empty() || time_of(entry) > time_of(best))
				best = entry;
		}
		for (const auto &entry : builds) {
			const auto words = words_of(entry);
			if (words.base.empty())
				continue;
			if (std::ranges::find(wanted_.bases, words.base) == wanted_.bases.end())
				add(entry, "no kernel of ours has this base");
			else if ((words.kind == "tree" || words.kind == "pristine") &&
				 words.rest != words_of(newest[words.base]).rest)
				add(entry, "of an older source");
		}
	}

	struct Words {
		std::string kind, base, rest;
	};

	/// "tree-6.12-17cab14f737a"
	static Words words_of(const fs::path &entry)
	{
		const auto name = entry.filename().string();
		Words words;
		words.kind = name.substr(0, name.find('-'));
		for (const auto *kind : {"tree", "pristine", "stage", "build", "lock"})
			if (words.kind == kind && words.kind.size() < name.size()) {
				const auto rest = name.substr(words.kind.size() + 1);
				words.base = rest.substr(0, rest.find('-'));
				words.rest = rest.substr(words.base.size());
			}
		return words;
	}

	const fs::path &root_;
	const CacheWanted &wanted_;
	std::set<std::string> versions_; ///< of kernels and sources that stay
	std::vector<Leftover> found_;
};

} // namespace

CacheUse use_of(const fs::path &path)
{
	CacheUse use;
	std::set<std::pair<dev_t, ino_t>> linked;
	const auto count = [&](const fs::path &file) {
		struct stat seen = {};
		if (::lstat(file.c_str(), &seen) != 0 ||
		    (seen.st_nlink > 1 && !S_ISDIR(seen.st_mode) &&
		     !linked.emplace(seen.st_dev, seen.st_ino).second))
			return;
		use.bytes += static_cast<uintmax_t>(seen.st_blocks) * 512;
		if (S_ISDIR(seen.st_mode)) // looking at it is no use
			return;
		const std::chrono::seconds since(
			std::max(seen.st_atim.tv_sec, seen.st_mtim.tv_sec));
		const fs::file_time_type then =
			std::chrono::file_clock::from_sys(std::chrono::sys_seconds(since));
		use.last = std::max(use.last, then);
	};
	count(path);
	if (!fs::is_directory(fs::symlink_status(path)))
		return use;
	for (auto at = fs::recursive_directory_iterator(path);
	     at != fs::recursive_directory_iterator(); ++at) {
		use.entries += at.depth() == 0 ? 1 : 0;
		count(at->path());
	}
	return use;
}

CacheWanted cache_wanted()
{
	CacheWanted wanted = {.names = {"board/key", "emulator/pin"},
			      .bases = debian::own_bases(),
			      .packages = fs::file_time_type::min()};
	const auto release = debian::own_release().empty() ? "trixie" : debian::own_release();
	wanted.names.insert("busybox/" + release);
	wanted.names.insert("sysroot/" + debian::sysroot_name());
	wanted.names.insert("board/" + board::root_name());
	if (const auto kept = debian::kept_emulator())
		wanted.names.insert("emulator/" +
				    fs::path(kept->program).parent_path().filename().string());
	for (const auto &row : debian::own_rows())
		wanted.names.insert("own-kernels/" + row.name);
	for (const auto &filesystem : disk::filesystems())
		try {
			wanted.names.insert("disks/" + disk::image_name(filesystem));
		} catch (const sys::Problem &) { // no tool, no image
		}
	wanted.names.insert("disks/" + disk::blank_name(swap_disk, swap_disk_mib));
	if (const fs::path status = "/var/lib/dpkg/status"; fs::exists(status))
		wanted.packages = fs::last_write_time(status);
	return wanted;
}

std::vector<Leftover> leftovers(const fs::path &root, const CacheWanted &wanted)
{
	return Search(root, wanted).all();
}

} // namespace tagtrap
