// SPDX-License-Identifier: GPL-2.0-only
// `cache`: what there is, and away with what nothing refers to.
#include "harness/sys/cache.h"

#include <algorithm>
#include <array>
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <span>

#include "harness/cli/cache_rest.h"
#include "harness/cli/commands.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

struct CacheKind {
	std::string_view name, purpose;
};

constexpr std::array kinds = {
	CacheKind{"apt", "package lists of private apt roots"},
	CacheKind{"asked", "the last preflight or bench in a VM"},
	CacheKind{"board", "the stand-in for a board"},
	CacheKind{"busybox", "the shell of --shell"},
	CacheKind{"debs", "packages as they were fetched"},
	CacheKind{"disks", "fresh filesystems and swap, copied for each machine"},
	CacheKind{"emulator", "the pinned QEMU"},
	CacheKind{"images", "Images of your own, unpacked"},
	CacheKind{"kernel-build", "trees and objects of kernels of ours"},
	CacheKind{"kernels", "Debian kernels, unpacked"},
	CacheKind{"kunit", "the kernel's reader of KTAP"},
	CacheKind{"modules", "modules, unpacked"},
	CacheKind{"own-kernels", "kernels of ours, built"},
	CacheKind{"own-packages", "packages of kernels of your own, unpacked"},
	CacheKind{"scratch", "disks of machines that run"},
	CacheKind{"sources", "linux-source packages, unpacked"},
	CacheKind{"sysroot", "libraries for arm64"},
	CacheKind{"test", "outputs of ./run.sh test"},
	CacheKind{"tidy", "what clang-tidy has looked at"},
	CacheKind{"tree-modules", "modules of kernel trees of your own"},
	CacheKind{"trees", "builds of kernel trees of your own"},
};

std::string size_text(uintmax_t bytes)
{
	return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

std::string day_text(fs::file_time_type time)
{
	if (time == fs::file_time_type::min())
		return "-";
	const auto system = std::chrono::file_clock::to_sys(time);
	return fmt::format("{:%Y-%m-%d}",
			   fmt::localtime(std::chrono::system_clock::to_time_t(
				   std::chrono::time_point_cast<std::chrono::seconds>(system))));
}

void print_row(std::string_view name, const CacheUse &use, std::string_view purpose)
{
	fmt::print("{:<13} {:>12} {:>7}  {:<10}  {}\n", name, size_text(use.bytes), use.entries,
		   day_text(use.last), purpose);
}

void print_all(const fs::path &root)
{
	fmt::print("{:<13} {:>12} {:>7}  {:<10}  {}\n", "KIND", "SIZE", "ENTRIES", "LAST USE",
		   "WHAT FOR");
	CacheUse rest, total;
	std::vector<fs::path> entries;
	for (const auto &entry : fs::directory_iterator(root))
		entries.push_back(entry.path());
	std::ranges::sort(entries);
	for (const auto &entry : entries) {
		const auto use = use_of(entry);
		total.bytes += use.bytes;
		total.last = std::max(total.last, use.last);
		if (!fs::is_directory(entry)) {
			rest.bytes += use.bytes;
			rest.entries += 1;
			rest.last = std::max(rest.last, use.last);
			continue;
		}
		const auto name = entry.filename().string();
		const auto *kind = std::ranges::find(kinds, name, &CacheKind::name);
		print_row(name, use, kind == kinds.end() ? "not ours" : kind->purpose);
	}
	print_row("(files)", rest, "locks, and what run.sh has installed");
	fmt::print("{:<13} {:>12}  in {}\n", "all", size_text(total.bytes), root.string());
}

/// How many of `left`, from the first one on, are in one directory and go for one reason.
size_t alike(std::span<const Leftover> left)
{
	const auto other = std::ranges::find_if(left, [&](const Leftover &one) {
		return one.path.parent_path() != left.front().path.parent_path() ||
		       one.why != left.front().why;
	});
	return static_cast<size_t>(other - left.begin());
}

void prune(const fs::path &root)
{
	constexpr size_t too_many = 8; // to be named one by one
	const auto locks = sys::own_cache();
	const auto all = leftovers(root, cache_wanted());
	uintmax_t freed = 0;
	for (std::span<const Leftover> left = all; !left.empty();) {
		const auto count = alike(left) > too_many ? alike(left) : 1;
		uintmax_t bytes = 0;
		for (const auto &[path, why] : left.first(count)) {
			bytes += use_of(path).bytes;
			fs::remove_all(path);
		}
		const auto name = fs::relative(left.front().path, root);
		fmt::print("removed {} ({}): {}\n",
			   count == 1 ? name.string()
				      : fmt::format("{} of {}", count, name.parent_path().string()),
			   size_text(bytes), left.front().why);
		freed += bytes;
		left = left.subspan(count);
	}
	fmt::print("{} removed, {} freed in {}\n", all.size(), size_text(freed), root.string());
}

} // namespace

int cache_command(const Options &options)
{
	const auto root = sys::cache_root();
	if (options.prune)
		prune(root);
	else
		print_all(root);
	return 0;
}

} // namespace tagtrap
