// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "harness/run/bench.h"

namespace tagtrap {

/// Where the files of each place go, and why a place is missing. Pipes and sockets need nothing.
struct Survey {
	Directories directories;
	std::map<std::string, std::string, std::less<>> missing; ///< place -> reason
	bool may_remount = false; ///< the mounts are ours: they can be taken away and made again
};

/// In our VM: the mounts below `work`. Elsewhere nothing is mounted or written outside `work`: its
/// own filesystem is one place, and a private tmpfs below it where this user may mount one.
Survey survey(const std::string &work, bool our_vm);

/// Unmounts `directory` and mounts the same again. 0 or -errno. Nothing may have it open; io-wq
/// workers of a process that was killed close their files late: -EBUSY is tried for `patience_ms`.
int64_t remount(const std::string &directory, int patience_ms);

/// The mount that holds `path`, out of the text of /proc/mounts: {source, directory, type}.
struct Mount {
	std::string source, directory, type, options;
};
Mount mount_of(const std::string &mounts, const std::string &path);

} // namespace tagtrap
