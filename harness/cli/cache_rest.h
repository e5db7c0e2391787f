// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace tagtrap {

/// Files and directories, in numbers.
struct CacheUse {
	uintmax_t bytes = 0; ///< on disk
	size_t entries = 0;  ///< directly below
	std::filesystem::file_time_type last = std::filesystem::file_time_type::min(); ///< read or
										       ///< written
};

/// What `path`, a file or a directory, takes; a file with two names counts once.
CacheUse use_of(const std::filesystem::path &path);

/// What the present tree, on this machine, looks for in its cache.
struct CacheWanted {
	std::set<std::string> names;    ///< "sysroot/bookworm-...", for kinds that are made by name
	std::vector<std::string> bases; ///< of kernels of ours
	std::filesystem::file_time_type packages; ///< when this machine's packages were changed
};
CacheWanted cache_wanted();

/// What may go, and why.
struct Leftover {
	std::filesystem::path path;
	std::string why;
};

/// What below `root`, a cache, nothing refers to, or is made again in seconds. Only looks.
std::vector<Leftover> leftovers(const std::filesystem::path &root, const CacheWanted &wanted);

} // namespace tagtrap
