// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>

#include "fixtures/disk/filesystem.h"

namespace tagtrap {

/// Makes `filesystem` in an image of our own beside `directory` and mounts it there, through a loop
/// device that the kernel lets go of with the mount. For root, in a mount namespace of its own:
/// nobody else sees it, and it ends with the last process of the run. Empty: done; else why not.
std::string mount_loop_image(const disk::Filesystem &filesystem, const std::string &directory);

} // namespace tagtrap
