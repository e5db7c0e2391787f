// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/model/observation.h"
#include "harness/sys/owned.h"

namespace tagtrap {

/// What the kernel said of itself.
struct Complaint {
	ComplaintKind kind = ComplaintKind::none;
	std::string text = {};

	bool operator==(const Complaint &) const = default;
};

/// What a record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg) complains of. The kernel's own
/// records only: a program that writes there is not the kernel. Pure.
Complaint complaint_in(std::string_view record);

/// Where a kernel tells of itself. Other paths are for tests.
struct KernelSources {
	std::string log = "/dev/kmsg";
	std::string taint = "/proc/sys/kernel/tainted";
	std::string oopses = "/sys/kernel/oops_count"; ///< since 6.2, and in stable kernels
};

/// What the kernel says from the time on that this is made.
class KernelLog {
public:
	explicit KernelLog(KernelSources sources = {});

	bool readable() const { return static_cast<bool>(fd_); }

	/// The worst complaint since this was asked last, of equals the first. The line in the log
	/// tells: a taint stays for good, so that a second oops makes no new one. Where the log
	/// cannot be read, or lost records, the taint and the number of oopses tell what they can,
	/// and the text says so. Does not wait, and does not follow a kernel that prints faster
	/// than we read.
	Complaint complaint();

private:
	/// Of what can be read without privilege.
	struct Counters {
		uint64_t taint = 0, oopses = 0;
	};

	Counters counters() const;
	Complaint read_log(bool &lost);
	Complaint told_by(const Counters &now, bool silent) const;

	KernelSources sources_;
	sys::Fd fd_;
	Counters last_;
};

} // namespace tagtrap
