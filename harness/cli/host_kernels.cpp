// SPDX-License-Identifier: GPL-2.0-only
// `kernels` and `kernel build`.
#include <algorithm>
#include <fmt/core.h>

#include "fixtures/debian/apt.h"
#include "fixtures/debian/cache.h"
#include "fixtures/debian/kernels.h"
#include "fixtures/debian/version.h"
#include "harness/cli/commands.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "harness/sys/process.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

/// The source package of a base, unpacked; the newest that the archive has.
fs::path kernel_source(const std::string &base)
{
	const auto apt = debian::open_apt(debian::Scope::all);
	const auto name = "linux-source-" + base;
	const debian::Package *newest = nullptr;
	const auto packages = debian::kernel_packages(apt);
	for (const auto &package : packages)
		if (package.name == name &&
		    (newest == nullptr ||
		     debian::compare_versions(package.version, newest->version) > 0))
			newest = &package;
	if (newest == nullptr)
		throw sys::Problem(fmt::format("the archive has no {}", name));
	const auto deb = debian::fetch(apt, name, newest->version);
	const auto root = debian::make_whole(
		debian::cache_directory("sources") / (name + '_' + newest->version),
		[&](const fs::path &into) { debian::unpack(deb, into); });
	return root / "usr/src" / (name + ".tar.xz");
}

/// The newest base that fixtures/kernel has a series for.
std::string newest_base()
{
	std::string newest;
	const fs::path patches = fs::path(TAGTRAP_SOURCE_ROOT) / "fixtures/kernel/patches";
	for (const auto &entry : fs::directory_iterator(patches))
		if (const auto base = entry.path().filename().string();
		    newest.empty() || debian::compare_versions(base, newest) > 0)
			newest = base;
	return newest;
}

} // namespace

int kernels_command(const Options &options)
{
	auto rows = debian::known_kernels(options.refresh);
	if (!options.all)
		rows = debian::newest_rows(rows);
	std::ranges::stable_sort(rows, [](const auto &left, const auto &right) {
		return debian::compare_versions(left.name, right.name) < 0;
	});
	fmt::print("{:<15} {:<28} {:<8} {}\n", "NAME", "VERSION", "FETCHED", "WHERE");
	for (const auto &row : rows)
		fmt::print("{:<15} {:<28} {:<8} {}\n", row.name, row.version,
			   row.fetched ? "yes" : "no",
			   row.suite.empty() ? "only in the cache" : row.suite);
	return 0;
}

int kernel_build_command(const Options &options)
{
	const auto base = options.base.empty() ? newest_base() : options.base;
	const fs::path directory = fs::path(TAGTRAP_SOURCE_ROOT) / "fixtures/kernel";
	if (base.empty() || !fs::exists(directory / "patches" / base))
		throw sys::Problem(fmt::format("--base={}: fixtures/kernel/patches has no series "
					       "for it",
					       base),
				   2);
	const auto name = options.config + '-' + base;
	sys::become({directory / "build.sh", "--source=" + kernel_source(base).string(),
		     "--config=" + options.config,
		     "--out=" + debian::own_build_directory(name).string(),
		     "--cache=" + debian::cache_directory("kernel-build").string()});
}

} // namespace tagtrap
