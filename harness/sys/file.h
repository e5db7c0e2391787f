// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "harness/sys/owned.h"

namespace tagtrap::sys {

/// The whole file. Throws std::system_error naming it.
std::string read_file(const std::filesystem::path &path);

/// Writes under a temporary name and renames: a reader sees the old or the new content, never
/// half of it. Throws std::system_error naming the file (ENOSPC: nothing is left behind).
void write_file(const std::filesystem::path &path, std::string_view text);

/// An exclusive lock on `path` (created if it does not exist), held until the result goes away.
/// Waits for its turn.
Fd lock_file(const std::filesystem::path &path);

/// The same without waiting: nothing when another process has the lock, of either kind.
std::optional<Fd> try_lock_file(const std::filesystem::path &path);

/// FNV-1a, 16 hex digits: names things in a cache by their content. Not for security.
std::string content_key(std::string_view text);

} // namespace tagtrap::sys
