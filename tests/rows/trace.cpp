// SPDX-License-Identifier: GPL-2.0-only
// Requests of ptrace(2) to a child that has stopped and is killed behind each call.
#include <array>
#include <cerrno>
#include <csignal>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr int status_notes = 1;     ///< NT_PRSTATUS
constexpr uint32_t info_size = 128; ///< of a siginfo_t
constexpr uint32_t known_info = 48; ///< of what is looked at in one of a known kind
constexpr uint32_t call_info = 24;  ///< of a ptrace_syscall_info that is about no call
constexpr uint64_t mask_size = 8;
constexpr int get_rseq = 0x420f;
constexpr uint32_t rseq_size = 24;

constexpr iovec registers = {nullptr, sizeof(user_regs_struct)}, no_registers = {};
constexpr Image here[] = {like(registers, {{{0, 8, spare}}}), like(registers, {{{0, 8, it}}}),
			  like(no_registers, {{{0, 8, spare}}})};
constexpr int32_t stopped[12] = {SIGSTOP};
constexpr Image infos[] = {like(stopped)};
/// ptrace_peeksiginfo_args: the first of those that wait, of which there is none.
constexpr uint32_t from_first[4] = {0, 0, 0, 1};
constexpr Image questions[] = {like(from_first)};
constexpr Image no_mask[] = {{nullptr, mask_size}};

/// ptrace(word 0, child, word 2, word 3).
int64_t on_stopped(Issue &issue)
{
	const int64_t child = sys::raw(SYS_clone, SIGCHLD);
	if (child < 0)
		return child;
	if (child == 0) {
		sys::raw(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
		sys::raw(SYS_kill, static_cast<uint64_t>(sys::raw(SYS_getpid)), SIGSTOP);
		sys::raw(SYS_exit_group, 0);
		__builtin_unreachable();
	}
	const auto number = static_cast<uint64_t>(child);
	sys::raw(SYS_wait4, number, 0, WUNTRACED, 0);
	const int64_t result =
		sys::raw(SYS_ptrace, issue.word(0), number, issue.word(2), issue.word(3));
	sys::raw(SYS_kill, number, SIGKILL);
	sys::raw(SYS_wait4, number, 0, 0, 0);
	return result;
}

constexpr int needs[] = {SYS_clone, SYS_kill, SYS_getpid, SYS_wait4};

constexpr Memory with(std::span<const Image> images = {}, int8_t holds = -1)
{
	return {.images = images, .holds = holds, .issue = on_stopped, .needs = needs};
}

// clang-format off
constexpr Row table[] = {
	{"ptrace.PTRACE_PEEKDATA", trap(SYS_ptrace), {PTRACE_PEEKDATA, 0, spare, it}, out,
	 one<uint64_t>, on::itself, with(),
	 {.by = "generic_ptrace_peekdata", .absent = EIO}}, // of a pointer with a tag
	{"ptrace.PTRACE_GETSIGINFO", trap(SYS_ptrace), {PTRACE_GETSIGINFO, 0, 0, it}, out,
	 bytes(info_size), on::itself, with(), {.by = "copy_siginfo_to_user"}},
	{"ptrace.PTRACE_SETSIGINFO", trap(SYS_ptrace), {PTRACE_SETSIGINFO, 0, 0, it}, in,
	 bytes(known_info), on::itself, with(infos, 0), {.by = "copy_siginfo_from_user"}},
	{"ptrace.PTRACE_GETEVENTMSG", trap(SYS_ptrace), {PTRACE_GETEVENTMSG, 0, 0, it}, out,
	 one<uint64_t>, on::itself, with(), {.by = "ptrace_request"}},
	{"ptrace.PTRACE_PEEKSIGINFO", trap(SYS_ptrace), {PTRACE_PEEKSIGINFO, 0, it, spare}, in,
	 bytes(16), on::itself, with(questions, 0), {.by = "ptrace_peek_siginfo"}},
	{"ptrace.PTRACE_GETSIGMASK", trap(SYS_ptrace), {PTRACE_GETSIGMASK, 0, mask_size, it}, out,
	 one<uint64_t>, on::itself, with(), {.by = "ptrace_request"}},
	{"ptrace.PTRACE_SETSIGMASK", trap(SYS_ptrace), {PTRACE_SETSIGMASK, 0, mask_size, it}, in,
	 one<uint64_t>, on::itself, with(no_mask, 0), {.by = "ptrace_request"}},
	{"ptrace.PTRACE_GETREGSET.iov", trap(SYS_ptrace), {PTRACE_GETREGSET, 0, status_notes, it},
	 inout, one<iovec>, on::itself, with(here, 0), {.by = "ptrace_request"}},
	{"ptrace.PTRACE_GETREGSET.iov_base", trap(SYS_ptrace),
	 {PTRACE_GETREGSET, 0, status_notes, image(1)}, out, one<user_regs_struct>, on::itself,
	 with(here), {.by = "copy_regset_to_user"}},
	{"ptrace.PTRACE_SETREGSET.iov", trap(SYS_ptrace), {PTRACE_SETREGSET, 0, status_notes, it},
	 inout, one<iovec>, on::itself, with(here, 2), {.by = "ptrace_request"}},
	{"ptrace.PTRACE_GET_SYSCALL_INFO", trap(SYS_ptrace),
	 {PTRACE_GET_SYSCALL_INFO, 0, size, it}, out, bytes(call_info), on::itself, with(),
	 {.yields = a_number, .by = "ptrace_get_syscall_info", .absent = EIO}},
	{"ptrace.PTRACE_GET_RSEQ_CONFIGURATION", trap(SYS_ptrace), {get_rseq, 0, size, it}, out,
	 bytes(rseq_size), on::itself, with(),
	 {.yields = rseq_size, .by = "ptrace_get_rseq_configuration", .absent = EIO}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
