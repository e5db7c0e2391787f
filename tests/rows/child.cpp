// SPDX-License-Identifier: GPL-2.0-only
// Another process: a child that is waited for, and memory that is this one's own.
#include <csignal>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint32_t info_size = 28; ///< of what waitid(2) stores of a siginfo_t

using Registers = std::array<uint64_t, 6>;

int64_t enter(const Issue &issue, const Registers &with)
{
	return sys::raw(issue.row.entry.number, with[0], with[1], with[2], with[3], with[4],
			with[5]);
}

/// The row's registers, `number` in the place of the one at `index`.
template <size_t index> int64_t enter_with(const Issue &issue, int64_t number)
{
	Registers with;
	for (size_t i = 0; i < with.size(); ++i)
		with[i] = issue.word(i);
	with[index] = static_cast<uint64_t>(number);
	return enter(issue, with);
}

/// With the number of a child that has exited.
template <size_t index> int64_t on_child(Issue &issue)
{
	const int64_t child = sys::raw(SYS_clone, SIGCHLD);
	if (child < 0)
		return child;
	if (child == 0) {
		sys::raw(SYS_exit_group, 0);
		__builtin_unreachable();
	}
	const int64_t result = enter_with<index>(issue, child);
	sys::raw(SYS_wait4, static_cast<uint64_t>(child), 0, 0, 0); // where it was refused before
	return result;
}

/// With the number of the process that makes the call.
int64_t on_itself(Issue &issue)
{
	return enter_with<0>(issue, sys::raw(SYS_getpid));
}

constexpr iovec half = {nullptr, 64};
constexpr Image here[] = {like(half, {{{0, 8, spare}}}), like(half, {{{0, 8, spare_at(512)}}})};

// clang-format off
constexpr Row table[] = {
	{"wait4.stat_addr", trap(SYS_wait4), {0, it, 0, 0}, out, one<int>, on::itself,
	 {.issue = on_child<0>},
	 {.yields = a_number, .by = "kernel_wait4", .after = After::consumed, .ends = Ends::ready}},
	{"wait4.ru", trap(SYS_wait4), {0, 0, 0, it}, out, one<rusage>, on::itself,
	 {.issue = on_child<0>}, {.yields = a_number, .by = "__do_sys_wait4",
	 .after = After::consumed, .ends = Ends::ready}},
	{"waitid.infop", trap(SYS_waitid), {P_PID, 0, it, WEXITED, 0}, out, bytes(info_size),
	 on::itself, {.issue = on_child<1>},
	 {.by = "__do_sys_waitid", .after = After::consumed, .ends = Ends::ready}},
	{"waitid.ru", trap(SYS_waitid), {P_PID, 0, 0, WEXITED, it}, out, one<rusage>, on::itself,
	 {.issue = on_child<1>},
	 {.by = "__do_sys_waitid", .after = After::consumed, .ends = Ends::ready}},
	{"process_vm_readv.lvec", trap(SYS_process_vm_readv), {0, it, 1, image(1), 1, 0}, in,
	 one<iovec>, on::itself, {.images = here, .holds = 0, .issue = on_itself},
	 {.yields = 64, .by = "__import_iovec"}},
	{"process_vm_readv.rvec", trap(SYS_process_vm_readv), {0, image(0), 1, it, 1, 0}, in,
	 one<iovec>, on::itself, {.images = here, .holds = 1, .issue = on_itself},
	 {.yields = 64, .by = "iovec_from_user"}},
	{"process_vm_writev.lvec", trap(SYS_process_vm_writev), {0, it, 1, image(1), 1, 0}, in,
	 one<iovec>, on::itself, {.images = here, .holds = 0, .issue = on_itself},
	 {.yields = 64, .by = "__import_iovec"}},
	{"process_vm_writev.rvec", trap(SYS_process_vm_writev), {0, image(0), 1, it, 1, 0}, in,
	 one<iovec>, on::itself, {.images = here, .holds = 1, .issue = on_itself},
	 {.yields = 64, .by = "iovec_from_user"}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
