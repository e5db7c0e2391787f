// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/json.h"
#include "harness/sys/owned.h"

namespace tagtrap {

/// A tag check fault that the kernel took in its own code, as the probe on do_tag_check_fault()
/// saw it: where it was, what the link register held, and where the callers return to.
struct KernelFault {
	std::vector<uint64_t> at;
	uint64_t count = 0; ///< how often it was seen

	bool operator==(const KernelFault &) const = default;
};

/// The faults in the text of a trace, each once. Those of user mode are left out, and so is what
/// pointer authentication puts into the top of a return address. Pure.
std::vector<KernelFault> parse_trace(std::string_view trace);

/// Where code lies in memory: what begins at an address.
using CodeBases = std::map<uint64_t, std::string>;

/// Where the kernel's code (from _stext on) and that of its modules lie now. For root alone.
CodeBases code_bases();

/// An address as the journal has it: "vmlinux+0x1c", "xfs:.text+0x30"; as it is where it lies below
/// all code. Pure.
std::string code_name(const CodeBases &bases, uint64_t address);

/// The arguments in the text of a system call's `format` file of tracefs: "struct statx * buffer".
/// Pure.
std::vector<std::string> parse_arguments(std::string_view format);

/// The `sites` event of a block whose points share a group. Pure.
Json sites_event(std::string_view group, std::string_view id,
		 const std::vector<KernelFault> &faults, const CodeBases &bases);

/// A kprobe on do_tag_check_fault(), in a trace buffer of its own. Its buffer keeps what came
/// first, so that a call which faults over and over costs no more than one that does not.
class FaultProbe {
public:
	/// Throws std::system_error that says which step failed.
	FaultProbe();
	FaultProbe(const FaultProbe &) = delete;
	FaultProbe &operator=(const FaultProbe &) = delete;
	~FaultProbe();

	/// The `sites` event of the points that ran since this was asked last; null: no fault.
	Json take(std::string_view group, std::string_view id);

	/// The event that names the modules which are loaded, and the kernel's system calls with
	/// their arguments.
	static Json loaded();

private:
	sys::Fd pipe_;
	CodeBases bases_;
};

} // namespace tagtrap
