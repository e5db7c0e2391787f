// SPDX-License-Identifier: GPL-2.0-only
// What a process is told of itself and of the machine, and its limits and rights.
#include <cerrno>
#include <linux/capability.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

/// Refused behind the copy: the current limit is above the highest.
constexpr rlimit wrong_limit = {2, 1};
constexpr Image wrong_limits[] = {like(wrong_limit)};
constexpr __user_cap_header_struct version_3 = {_LINUX_CAPABILITY_VERSION_3, 0};
/// Refused behind the copy: effective, and not permitted.
constexpr __user_cap_data_struct wrong_right[2] = {{~0u, 0, 0}, {0, 0, 0}};
constexpr Image capabilities[] = {like(version_3), like(wrong_right)};
/// Refused behind the copy: no exit signal can have this number.
constexpr clone_args wrong_clone = {.exit_signal = 0xffff};
constexpr Image wrong_clones[] = {like(wrong_clone)};
constexpr uint32_t allow = SECCOMP_RET_ALLOW;
constexpr Image actions[] = {like(allow)};
constexpr Image no_nodes[] = {{nullptr, 8}};
constexpr Image a_page[] = {{nullptr, 8, {{{0, 8, spare}}}}};

// clang-format off
constexpr Row table[] = {
	{"uname.name", trap(SYS_uname), {it}, out, one<utsname>, on::itself, {},
	 {.by = "__do_sys_newuname"}},
	{"times.tbuf", trap(SYS_times), {it}, out, one<tms>, on::itself, {},
	 {.yields = a_number, .by = "__do_sys_times"}},
	{"getrusage.ru", trap(SYS_getrusage), {RUSAGE_SELF, it}, out, one<rusage>, on::itself, {},
	 {.by = "__do_sys_getrusage"}, Tries::callers},
	{"sysinfo.info", trap(SYS_sysinfo), {it}, out, one<struct sysinfo>, on::itself, {},
	 {.by = "__do_sys_sysinfo"}},
	{"getresuid.ruidp", trap(SYS_getresuid), {it, spare, spare}, out, one<uint32_t>, on::itself,
	 {}, {.by = "__do_sys_getresuid"}},
	{"getresuid.euidp", trap(SYS_getresuid), {spare, it, spare}, out, one<uint32_t>, on::itself,
	 {}, {.by = "__do_sys_getresuid"}},
	{"getresuid.suidp", trap(SYS_getresuid), {spare, spare, it}, out, one<uint32_t>, on::itself,
	 {}, {.by = "__do_sys_getresuid"}},
	{"getresgid.rgidp", trap(SYS_getresgid), {it, spare, spare}, out, one<uint32_t>, on::itself,
	 {}, {.by = "__do_sys_getresgid"}},
	{"getresgid.egidp", trap(SYS_getresgid), {spare, it, spare}, out, one<uint32_t>, on::itself,
	 {}, {.by = "__do_sys_getresgid"}},
	{"getresgid.sgidp", trap(SYS_getresgid), {spare, spare, it}, out, one<uint32_t>, on::itself,
	 {}, {.by = "__do_sys_getresgid"}},
	{"getcpu.cpup", trap(SYS_getcpu), {it, 0, 0}, out, one<uint32_t>, on::itself, {},
	 {.by = "__do_sys_getcpu"}},
	{"getcpu.nodep", trap(SYS_getcpu), {0, it, 0}, out, one<uint32_t>, on::itself, {},
	 {.by = "__do_sys_getcpu"}},
	{"getrlimit.rlim", trap(SYS_getrlimit), {RLIMIT_CORE, it}, out, one<rlimit>, on::itself, {},
	 {.by = "__do_sys_getrlimit"}},
	{"setrlimit.rlim", trap(SYS_setrlimit), {RLIMIT_CORE, it}, in, one<rlimit>, on::itself,
	 {.images = wrong_limits, .holds = 0},
	 {.yields = fails(EINVAL), .by = "__do_sys_setrlimit"}},
	{"prlimit64.old_rlim", trap(SYS_prlimit64), {0, RLIMIT_CORE, 0, it}, out, one<rlimit>,
	 on::itself, {}, {.by = "__do_sys_prlimit64"}},
	{"prlimit64.new_rlim", trap(SYS_prlimit64), {0, RLIMIT_CORE, it, 0}, in, one<rlimit>,
	 on::itself, {.images = wrong_limits, .holds = 0},
	 {.yields = fails(EINVAL), .by = "__do_sys_prlimit64"}},
	{"capget.header", trap(SYS_capget), {it, spare}, in, one<__user_cap_header_struct>,
	 on::itself, {.images = capabilities, .holds = 0}, {.by = "__do_sys_capget"}},
	{"capget.dataptr", trap(SYS_capget), {image(0), it}, out, many<__user_cap_data_struct>(2),
	 on::itself, {.images = capabilities}, {.by = "__do_sys_capget"}},
	{"capset.header", trap(SYS_capset), {it, image(1)}, in, one<__user_cap_header_struct>,
	 on::itself, {.images = capabilities, .holds = 0},
	 {.yields = fails(EPERM), .by = "__do_sys_capset"}},
	{"capset.data", trap(SYS_capset), {image(0), it}, in, many<__user_cap_data_struct>(2),
	 on::itself, {.images = capabilities, .holds = 1},
	 {.yields = fails(EPERM), .by = "__do_sys_capset"}},
	{"get_robust_list.head_ptr", trap(SYS_get_robust_list), {0, it, spare}, out, one<uint64_t>,
	 on::itself, {}, {.by = "__do_sys_get_robust_list"}},
	{"get_robust_list.len_ptr", trap(SYS_get_robust_list), {0, spare, it}, out, one<uint64_t>,
	 on::itself, {}, {.by = "__do_sys_get_robust_list"}},
	{"clone3.uargs", trap(SYS_clone3), {it, size}, in, one<clone_args>, on::itself,
	 {.images = wrong_clones, .holds = 0},
	 {.yields = fails(EINVAL), .by = "copy_clone_args_from_user"}},
	{"prctl.PR_GET_NAME", trap(SYS_prctl), {PR_GET_NAME, it}, out, bytes(16), on::itself, {},
	 {.by = "__do_sys_prctl"}},
	{"prctl.PR_GET_PDEATHSIG", trap(SYS_prctl), {PR_GET_PDEATHSIG, it}, out, one<int>,
	 on::itself, {}, {.by = "__do_sys_prctl"}},
	{"prctl.PR_GET_CHILD_SUBREAPER", trap(SYS_prctl), {PR_GET_CHILD_SUBREAPER, it}, out,
	 one<int>, on::itself, {}, {.by = "__do_sys_prctl"}},
	{"seccomp.SECCOMP_GET_ACTION_AVAIL", trap(SYS_seccomp), {SECCOMP_GET_ACTION_AVAIL, 0, it},
	 in, one<uint32_t>, on::itself, {.images = actions, .holds = 0},
	 {.by = "seccomp_get_action_avail"}},
	{"seccomp.SECCOMP_GET_NOTIF_SIZES", trap(SYS_seccomp), {SECCOMP_GET_NOTIF_SIZES, 0, it},
	 out, one<seccomp_notif_sizes>, on::itself, {}, {.by = "seccomp_get_notif_sizes"}},
	{"getrandom.ubuf", trap(SYS_getrandom), {it, size, 0}, out, bytes(256), on::itself, {},
	 {.yields = 256, .by = "get_random_bytes_user", .promise = PromiseKind::close}},
	{"memfd_create.uname", trap(SYS_memfd_create), {it, 1}, in, text(64), on::itself,
	 {.text = "tagtrap"}, {.yields = a_handle, .by = "strncpy_from_user"}},
	{"mincore.vec", trap(SYS_mincore), {spare, 1, it}, out, bytes(1), on::itself, {},
	 {.by = "__do_sys_mincore"}},
	{"set_mempolicy.nmask", trap(SYS_set_mempolicy), {0, it, 65}, in, one<uint64_t>, on::itself,
	 {.images = no_nodes, .holds = 0}, {.by = "get_nodes"}},
	{"get_mempolicy.policy", trap(SYS_get_mempolicy), {it, 0, 0, 0, 0}, out, one<int>,
	 on::itself, {}, {.by = "kernel_get_mempolicy"}},
	{"move_pages.pages", trap(SYS_move_pages), {0, 1, it, 0, spare, 0}, in, one<uint64_t>,
	 on::itself, {.images = a_page, .holds = 0}, {.by = "do_pages_stat"}},
	{"move_pages.status", trap(SYS_move_pages), {0, 1, image(0), 0, it, 0}, out, one<int>,
	 on::itself, {.images = a_page}, {.by = "do_pages_stat"}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
