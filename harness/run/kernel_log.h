// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <string_view>

#include "harness/sys/owned.h"

namespace tagtrap {

/// The text of a record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg) if it is a complaint of
/// the kernel: a warning, a report of lockdep, a sanitizer or a stall detector, an oops. Else
/// empty.
std::string_view complaint_in(std::string_view record);

/// What the kernel says from the time on that this is made.
class KernelLog {
public:
	/// `path`: for tests. A log that cannot be read (no privilege) has no complaints.
	explicit KernelLog(const char *path = "/dev/kmsg");

	bool readable() const { return static_cast<bool>(fd_); }
	/// The first complaint since this was asked last; empty: there was none. Does not wait.
	std::string complaint();

private:
	sys::Fd fd_;
};

} // namespace tagtrap
