// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <atomic>
#include <cstdint>
#include <sys/syscall.h>

#include "harness/sys/raw.h"

namespace tagtrap::sys {

/// Where the process that makes the call under test is told, for whoever watches the call. Memory
/// that children share; set by the worker child, null elsewhere. 0 stands for the worker itself.
inline std::atomic<int32_t> *caller = nullptr;

/// Tells that `process` makes the call from now on; returns who did before. A process in a PID
/// namespace of its own does not know the numbers that the watcher knows: it tells nothing.
inline int32_t tell_caller(int32_t process)
{
	if (caller == nullptr)
		return 0;
	const int32_t before = caller->load();
	if (before == 0 || before == static_cast<int32_t>(raw(SYS_getpid)))
		caller->store(process);
	return before;
}

/// While it lives, `process` (a child) makes the call; without one, whoever tells. Afterwards
/// whoever did before.
class CallerIs {
public:
	CallerIs() : before_(caller == nullptr ? 0 : caller->load()) {}
	explicit CallerIs(int32_t process) : before_(tell_caller(process)) {}
	CallerIs(const CallerIs &) = delete;
	CallerIs &operator=(const CallerIs &) = delete;
	~CallerIs()
	{
		if (caller != nullptr)
			caller->store(before_);
	}

private:
	int32_t before_;
};

} // namespace tagtrap::sys
