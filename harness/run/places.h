// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <sys/mount.h>

#include "harness/run/bench.h"
#include "harness/run/session.h"

namespace tagtrap {

/// Where the files of each place go, and why a place is missing. Pipes and sockets need nothing.
struct Survey {
	Directories directories;
	std::map<std::string, std::string, std::less<>> missing; ///< place -> reason
	bool may_remount = false; ///< in our VM: mounts can be taken away and made again
};

/// In our VM: the mounts below `work`, and why the others are not there. Elsewhere nothing is
/// mounted or written outside `work`: its own filesystem is one place; a tmpfs below it where this
/// user may mount one privately, and for root images of our own on loop devices, are others. Makes
/// only places that are `wanted`. Puts this process into a mount namespace of its own (one thread
/// only).
Survey survey(const std::string &work, bool our_vm, const std::set<std::string> &wanted,
	      const Unmounted &unmounted = {});

/// Takes away what survey() mounted below `work`, and `work` itself. Not in our VM.
void clear_work(const std::string &work);

/// How remount() goes about it.
struct RemountPolicy {
	/// Nothing may have the place open; io-wq workers of a process that was killed close their
	/// files late: -EBUSY is tried for as long.
	int patience_ms = 5000;
	int limit_ms = 20000;                     ///< how long the kernel may take, beyond that
	int (*unmount)(const char *) = &::umount; ///< for tests
	bool (*disk_busy)() = nullptr;            ///< for tests; null: /proc/diskstats tells
};

/// Unmounts `directory` and mounts the same again. 0 or -errno; -ETIMEDOUT: it does not come back,
/// and nobody knows what has become of the mount; -EINPROGRESS: the same, and a disk still has
/// something to do. The time that a disk takes is not counted.
int64_t remount(const std::string &directory, const RemountPolicy &policy);

/// The mount that holds `path`, out of the text of /proc/mounts: {source, directory, type}.
struct Mount {
	std::string source, directory, type, options;
};
Mount mount_of(const std::string &mounts, const std::string &path);

} // namespace tagtrap
