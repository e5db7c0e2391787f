// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/kernel_log.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/sys/proc.h"

namespace tagtrap {

namespace {

using enum ComplaintKind;

constexpr size_t longest_record = 8192; // what the kernel hands out at most
constexpr int most_records = 10'000;    // more than fit into the log of most kernels

// How complaints begin; the first that fits tells. WARN itself says where it is ("CPU: 1 PID: 2
// at"); what else begins with WARNING comes from lockdep and RCU, as far as it is listed here.
struct Saying {
	std::string_view begins;
	ComplaintKind kind;
};
constexpr std::array sayings = {
	Saying{"Internal error: ", oops},
	Saying{"Unable to handle kernel ", oops},
	Saying{"kernel BUG at ", oops},
	Saying{"Kernel panic", oops},
	Saying{"Oops: ", oops},
	Saying{"BUG: unable to handle ", oops},
	Saying{"BUG: kernel NULL pointer dereference", oops},
	Saying{"watchdog: BUG: ", stall},
	Saying{"watchdog: Watchdog detected ", stall},
	Saying{"BUG: workqueue lockup", stall},
	Saying{"INFO: task ", stall},
	Saying{"INFO: rcu", stall},
	Saying{"rcu: INFO: ", stall},
	Saying{"WARNING: possible ", report},
	Saying{"WARNING: inconsistent lock state", report},
	Saying{"WARNING: suspicious RCU usage", report},
	Saying{"WARNING: bad unlock balance detected", report},
	Saying{"WARNING: bad contention detected", report},
	Saying{"WARNING: held lock freed", report},
	Saying{"WARNING: lock held when returning to user space", report},
	Saying{"WARNING: Nested lock was not taken", report},
	Saying{"WARNING: SOFTIRQ-safe -> SOFTIRQ-unsafe", report},
	Saying{"WARNING: HARDIRQ-safe -> HARDIRQ-unsafe", report},
	Saying{"WARNING: ", warning},
	Saying{"INFO: trying to register non-static key", report},
	Saying{"UBSAN: ", report},
	Saying{"KASAN: ", report},
	Saying{"[ BUG: ", report}, // lockdep: Invalid wait context
	Saying{"BUG: ", report},   // KASAN, KFENCE, KMSAN, bad pages, sleeping functions
	Saying{"BUG ", report},    // the slab allocator, behind it the name of the cache
};

// Documentation/admin-guide/tainted-kernels.rst
constexpr uint64_t taint_machine_check = 1u << 4, taint_bad_page = 1u << 5, taint_die = 1u << 7,
		   taint_warn = 1u << 9, taint_lockup = 1u << 14;

ComplaintKind kind_of_taint(uint64_t bits)
{
	if ((bits & taint_die) != 0)
		return oops;
	if ((bits & (taint_bad_page | taint_machine_check)) != 0) // KASAN and KFENCE: a bad page
		return report;
	if ((bits & taint_lockup) != 0)
		return stall;
	return bits != 0 ? warning : none;
}

/// The taint that a line of the log announces: it may be set a moment later.
uint64_t taint_of_kind(ComplaintKind kind)
{
	switch (kind) {
	case none:
		return 0;
	case warning:
		return taint_warn;
	case stall:
		return taint_lockup | taint_warn;
	case report:
		return taint_bad_page | taint_warn;
	case oops:
		return taint_die | taint_warn;
	}
	return 0;
}

uint64_t number_in(const std::string &path)
{
	return std::strtoull(sys::slurp(path).c_str(), nullptr, 10);
}

void keep_worse(Complaint &worst, Complaint &&other)
{
	if (other.kind > worst.kind)
		worst = std::move(other);
}

} // namespace

Complaint complaint_in(std::string_view record)
{
	constexpr int facilities = 8; // times the facility, plus the level
	int priority = 0;
	size_t at = 0;
	for (; at < record.size() && record[at] >= '0' && record[at] <= '9' && at < 4; ++at)
		priority = 10 * priority + (record[at] - '0');
	const size_t text = record.find(';');
	if (at == 0 || priority >= facilities || text == std::string_view::npos)
		return {}; // none, or a program has written it
	const auto line = record.substr(text + 1, record.find('\n', text) - text - 1);
	if (line.starts_with("WARNING: ") && line.ends_with(" still has locks held!"))
		return {report, std::string(line)};
	for (const auto &saying : sayings)
		if (line.starts_with(saying.begins))
			return {saying.kind, std::string(line)};
	return {};
}

KernelLog::KernelLog(KernelSources sources)
	: sources_(std::move(sources)),
	  fd_(open(sources_.log.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)), last_(counters())
{
	if (fd_)
		lseek(fd_.get(), 0, SEEK_END);
}

KernelLog::Counters KernelLog::counters() const
{
	return {number_in(sources_.taint), number_in(sources_.oopses)};
}

/// `lost`: there was more than could be read.
Complaint KernelLog::read_log(bool &lost)
{
	Complaint worst;
	std::array<char, longest_record> record;
	for (int i = 0; i < most_records; ++i) {
		const ssize_t size = read(fd_.get(), record.data(), record.size());
		if (size < 0 && errno == EPIPE) { // overwritten before they were read
			lost = true;
			continue;
		}
		if (size < 0 && errno == EINTR)
			continue;
		if (size <= 0)
			return worst;
		keep_worse(worst, complaint_in({record.data(), static_cast<size_t>(size)}));
	}
	lost = true;
	lseek(fd_.get(), 0, SEEK_END);
	return worst;
}

/// `silent`: the log does not tell all.
Complaint KernelLog::told_by(const Counters &now, bool silent) const
{
	constexpr std::string_view why = "; the kernel's log could not be read to its end";
	const uint64_t fresh = now.taint & ~last_.taint;
	if (silent && now.oopses > last_.oopses)
		return {oops, fmt::format("{} oopses more than before{}", now.oopses - last_.oopses,
					  why)};
	if (fresh != 0)
		return {kind_of_taint(fresh),
			fmt::format("a new taint, {:#x}{}", fresh, silent ? why : "")};
	return {};
}

Complaint KernelLog::complaint()
{
	// Before the log: what taints the kernel is printed first, and would be told of twice.
	const Counters now = counters();
	bool silent = !fd_;
	Complaint worst;
	if (fd_)
		worst = read_log(silent);
	const uint64_t announced = taint_of_kind(worst.kind);
	keep_worse(worst, told_by(now, silent));
	last_ = {last_.taint | now.taint | announced, now.oopses};
	if (worst.kind == none && silent && fd_)
		return {warning, "records of the kernel's log were lost"};
	return worst;
}

} // namespace tagtrap
