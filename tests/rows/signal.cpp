// SPDX-License-Identifier: GPL-2.0-only
// Dispositions, masks and what is sent. SIGWINCH stands for a signal that nobody minds.
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint64_t mask_size = 8;    ///< of the kernel's sigset_t
constexpr uint64_t action_size = 32; ///< of the kernel's struct sigaction
constexpr uint64_t info_size = 48;   ///< of what is looked at in a siginfo_t of a known kind
constexpr int nobody = 1 << 30;      ///< above every pid

constexpr Image nothing[] = {{nullptr, 32}};
constexpr Image no_signal[] = {{nullptr, 8}};
constexpr uint64_t winch = uint64_t{1} << (SIGWINCH - 1);
constexpr timespec no_wait = {0, 0};
constexpr Image waiting[] = {like(winch), like(no_wait)};
constexpr int32_t queued[12] = {SIGWINCH, 0, SI_QUEUE};
constexpr Image to_queue[] = {like(queued)};
constexpr int32_t disabled[6] = {0, 0, SS_DISABLE};
constexpr Image stacks[] = {like(disabled)};

// clang-format off
constexpr Row table[] = {
	{"rt_sigaction.act", trap(SYS_rt_sigaction), {SIGWINCH, it, 0, mask_size}, in,
	 bytes(action_size), on::itself, {.images = nothing, .holds = 0},
	 {.by = "__do_sys_rt_sigaction"}},
	{"rt_sigaction.oact", trap(SYS_rt_sigaction), {SIGWINCH, 0, it, mask_size}, out,
	 bytes(action_size), on::itself, {}, {.by = "__do_sys_rt_sigaction"}},
	{"rt_sigprocmask.nset", trap(SYS_rt_sigprocmask), {SIG_BLOCK, it, 0, mask_size}, in,
	 one<uint64_t>, on::itself, {.images = no_signal, .holds = 0},
	 {.by = "__do_sys_rt_sigprocmask"}},
	{"rt_sigprocmask.oset", trap(SYS_rt_sigprocmask), {SIG_BLOCK, 0, it, mask_size}, out,
	 one<uint64_t>, on::itself, {}, {.by = "__do_sys_rt_sigprocmask"}, Tries::callers},
	{"rt_sigpending.uset", trap(SYS_rt_sigpending), {it, mask_size}, out, one<uint64_t>,
	 on::itself, {}, {.by = "__do_sys_rt_sigpending"}},
	{"rt_sigtimedwait.uthese", trap(SYS_rt_sigtimedwait), {it, 0, image(1), mask_size}, in,
	 one<uint64_t>, on::itself, {.images = waiting, .holds = 0},
	 {.yields = fails(EAGAIN), .by = "__do_sys_rt_sigtimedwait", .ends = Ends::timeout}},
	{"rt_sigtimedwait.uts", trap(SYS_rt_sigtimedwait), {image(0), 0, it, mask_size}, in,
	 one<timespec>, on::itself, {.images = waiting, .holds = 1},
	 {.yields = fails(EAGAIN), .by = "get_timespec64", .ends = Ends::timeout}},
	{"rt_sigqueueinfo.uinfo", trap(SYS_rt_sigqueueinfo), {nobody, SIGWINCH, it}, in,
	 bytes(info_size), on::itself, {.images = to_queue, .holds = 0},
	 {.yields = fails(ESRCH), .by = "__copy_siginfo_from_user"}},
	{"rt_tgsigqueueinfo.uinfo", trap(SYS_rt_tgsigqueueinfo), {nobody, nobody, SIGWINCH, it}, in,
	 bytes(info_size), on::itself, {.images = to_queue, .holds = 0},
	 {.yields = fails(ESRCH), .by = "__copy_siginfo_from_user"}},
	{"sigaltstack.uss", trap(SYS_sigaltstack), {it, 0}, in, one<stack_t>, on::itself,
	 {.images = stacks, .holds = 0}, {.by = "__do_sys_sigaltstack"}},
	{"sigaltstack.uoss", trap(SYS_sigaltstack), {0, it}, out, one<stack_t>, on::itself, {},
	 {.by = "__do_sys_sigaltstack"}},
	{"signalfd4.user_mask", trap(SYS_signalfd4), {-1, it, mask_size, O_CLOEXEC}, in,
	 one<uint64_t>, on::itself, {.images = waiting, .holds = 0},
	 {.yields = a_handle, .by = "__do_sys_signalfd4"}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
