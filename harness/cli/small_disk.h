// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "harness/cli/tally.h"

namespace tagtrap {

/// Runs `work` in a child for which `directory` is a filesystem of `kib` KiB of its own, and
/// returns what that counted. Nobody else sees the filesystem, and it is gone with the child.
/// Nothing where this machine allows no such mount.
std::optional<Tally> on_small_disk(const std::filesystem::path &directory, size_t kib,
				   const std::function<Tally()> &work);

} // namespace tagtrap
