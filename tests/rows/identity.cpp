// SPDX-License-Identifier: GPL-2.0-only
// Groups, names and places of the process, programs that cannot be run, and more of prctl(2),
// seccomp(2), memory policies and IPC.
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint32_t no_group = ~0u;
constexpr Image groups[] = {like(no_group)};
constexpr uint32_t name_length = 15; ///< of what is looked at in a thread's name
constexpr char root_path[] = "/", here[] = ".", nothing = 0, word[] = "word";
constexpr Image paths[] = {like(here), like(root_path)};
constexpr Image argument[] = {like(nothing), {nullptr, 16, {{{0, 8, it}}}}};
constexpr Image arguments[] = {like(nothing), {nullptr, 16, {{{0, 8, image(2)}}}}, like(word)};

constexpr int for_groups[] = {SYS_getgroups, SYS_setgroups};
constexpr int for_directory[] = {SYS_openat, SYS_close, SYS_chdir, SYS_fchdir};
constexpr int for_name[] = {SYS_prctl};
constexpr int for_pidfd[] = {SYS_pidfd_open, SYS_getpid, SYS_close};

/// getgroups() of one group, which is another one afterwards.
int64_t one_group(Issue &issue)
{
	std::array<uint32_t, 64> before = {};
	const int64_t count = sys::raw(SYS_getgroups, before.size(), sys::arg(before.data()));
	if (count < 0)
		return count;
	constexpr uint32_t root = 0;
	sys::raw(SYS_setgroups, 1, sys::arg(&root));
	const int64_t result = sys::raw(SYS_getgroups, 1, issue.value(it));
	sys::raw(SYS_setgroups, static_cast<uint64_t>(count), sys::arg(before.data()));
	return result;
}

int64_t in_root(Issue &issue)
{
	const int64_t before =
		sys::raw(SYS_openat, sys::arg(AT_FDCWD), issue.value(image(0)), O_PATH | O_CLOEXEC);
	if (before < 0)
		return before;
	sys::raw(SYS_chdir, issue.value(image(1)));
	const int64_t result = sys::raw(SYS_getcwd, issue.value(it), issue.value(size));
	sys::raw(SYS_fchdir, static_cast<uint64_t>(before));
	sys::raw(SYS_close, static_cast<uint64_t>(before));
	return result;
}

/// With the thread's own name again afterwards.
int64_t set_name(Issue &issue)
{
	sys::raw(SYS_prctl, PR_GET_NAME, issue.value(spare));
	const int64_t result = sys::raw(SYS_prctl, PR_SET_NAME, issue.value(it));
	sys::raw(SYS_prctl, PR_SET_NAME, issue.value(spare));
	return result;
}

/// pidfd_send_signal(this process, 0, it): no such signal has such a siginfo_t.
int64_t to_itself(Issue &issue)
{
	const int64_t pidfd =
		sys::raw(SYS_pidfd_open, static_cast<uint64_t>(sys::raw(SYS_getpid)), 0);
	if (pidfd < 0)
		return pidfd;
	const auto descriptor = static_cast<uint64_t>(pidfd);
	const int64_t result = sys::raw(SYS_pidfd_send_signal, descriptor, 0, issue.value(it), 0);
	sys::raw(SYS_close, descriptor);
	return result;
}

constexpr sock_fprog no_program = {};
constexpr Image programs[] = {like(no_program)};
constexpr int32_t winch[12] = {SIGWINCH, 0, SI_QUEUE};
constexpr Image infos[] = {like(winch)};
constexpr uint32_t known_info = 48;
constexpr int get_auxv = 0x41555856, map_size = 104; ///< PR_GET_AUXV, of a prctl_mm_map
constexpr Image no_map[] = {{nullptr, map_size}};
constexpr Image no_nodes[] = {{nullptr, 8}, {nullptr, 8}};
constexpr uint64_t page = 4096;
constexpr int no_node = -1, move_own = 2; ///< MPOL_MF_MOVE
constexpr Image a_page[] = {{nullptr, 8, {{{0, 8, spare}}}}, like(no_node)};

constexpr msqid_ds queue = {.msg_perm = {.mode = 0600}, .msg_qbytes = 16384};
constexpr semid_ds set = {.sem_perm = {.mode = 0600}};
constexpr shmid_ds segment = {.shm_perm = {.mode = 0600}};
constexpr Image queues[] = {like(queue)};
constexpr Image sets[] = {like(set)};
constexpr Image segments[] = {like(segment)};
constexpr timespec minute = {60, 0};
constexpr uint64_t mask_size = 8; ///< of the kernel's sigset_t
constexpr Image waiting[] = {like(minute),
			     {nullptr, 16, {{{0, 8, image(2)}, {8, 8, mask_size}}}},
			     {nullptr, 8},
			     {nullptr, 16, {{{0, 8, it}, {8, 8, mask_size}}}}};
constexpr Image no_request[] = {{nullptr, 4}};
constexpr Word key_of_request = {Word::Is::it, ~uint64_t{0} - offsetof(iocb, aio_key) + 1};

// clang-format off
constexpr Row table[] = {
	{"getgroups.grouplist", trap(SYS_getgroups), {1, it}, out, one<uint32_t>, on::itself,
	 {.issue = one_group, .needs = for_groups},
	 {.yields = 1, .by = "groups_to_user"}, {}, Care::root},
	{"setgroups.grouplist", trap(SYS_setgroups), {1, it}, in, one<uint32_t>, on::itself,
	 {.images = groups, .holds = 0},
	 {.yields = fails(EINVAL), .by = "groups_from_user"}, {}, Care::root},
	{"sethostname.name", trap(SYS_sethostname), {it, size}, in, bytes(16), on::own_names, {},
	 {.by = "__do_sys_sethostname"}, {}, Care::root},
	{"setdomainname.name", trap(SYS_setdomainname), {it, size}, in, bytes(16), on::own_names,
	 {}, {.by = "__do_sys_setdomainname"}, {}, Care::root},
	{"getcwd.buf", trap(SYS_getcwd), {it, size}, out, bytes(2), on::itself,
	 {.images = paths, .issue = in_root, .needs = for_directory},
	 {.yields = 2, .by = "__do_sys_getcwd"}},
	{"execve.filename", trap(SYS_execve), {it, 0, 0}, in, text(64), on::itself,
	 {.path = "/none/of/tagtrap"}, {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"execveat.filename", trap(SYS_execveat), {AT_FDCWD, it, 0, 0, 0}, in, text(64),
	 on::itself, {.path = "/none/of/tagtrap"},
	 {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"execveat.argv", trap(SYS_execveat), {object, image(0), it, 0, AT_EMPTY_PATH}, in,
	 many<uint64_t>(2), on::script, {.images = arguments, .holds = 1},
	 {.yields = fails(ENOEXEC), .by = "get_user_arg_ptr"}},
	{"execveat.envp", trap(SYS_execveat), {object, image(0), 0, it, AT_EMPTY_PATH}, in,
	 many<uint64_t>(2), on::script, {.images = arguments, .holds = 1},
	 {.yields = fails(ENOEXEC), .by = "get_user_arg_ptr"}},
	{"execveat.argv.string", trap(SYS_execveat), {object, image(0), image(1), 0, AT_EMPTY_PATH},
	 in, text(64), on::script, {.images = argument, .text = "word"},
	 {.yields = fails(ENOEXEC), .by = "copy_strings"}},
	{"execveat.envp.string", trap(SYS_execveat), {object, image(0), 0, image(1), AT_EMPTY_PATH},
	 in, text(64), on::script, {.images = argument, .text = "word"},
	 {.yields = fails(ENOEXEC), .by = "copy_strings"}},

	{"prctl.PR_SET_NAME", trap(SYS_prctl), {PR_SET_NAME, it}, in, text(name_length),
	 on::itself, {.text = "tagtrap", .issue = set_name, .needs = for_name},
	 {.by = "__do_sys_prctl"}},
	{"prctl.PR_SET_MM_MAP_SIZE", trap(SYS_prctl), {PR_SET_MM, PR_SET_MM_MAP_SIZE, it, 0, 0},
	 out, one<uint32_t>, on::itself, {}, {.by = "prctl_set_mm", .absent = EINVAL}, {},
	 Care::root},
	{"prctl.PR_SET_MM_MAP", trap(SYS_prctl), {PR_SET_MM, PR_SET_MM_MAP, it, size, 0}, in,
	 bytes(map_size), on::itself, {.images = no_map, .holds = 0},
	 {.yields = fails(EINVAL), .by = "prctl_set_mm_map"}, {}, Care::root},
	{"prctl.PR_GET_TID_ADDRESS", trap(SYS_prctl), {PR_GET_TID_ADDRESS, it}, out, one<uint64_t>,
	 on::itself, {}, {.by = "prctl_get_tid_address", .absent = EINVAL}},
	{"prctl.PR_GET_AUXV", trap(SYS_prctl), {get_auxv, it, size, 0, 0}, out, bytes(64),
	 on::itself, {}, {.yields = a_number, .by = "prctl_get_auxv", .absent = EINVAL}},
	{"prctl.PR_SET_VMA_ANON_NAME", trap(SYS_prctl),
	 {PR_SET_VMA, PR_SET_VMA_ANON_NAME, 0, 0, it}, in, text(64), on::itself,
	 {.text = "tagtrap"}, {.by = "strndup_user", .absent = EINVAL}},
	{"prctl.PR_SET_SECCOMP", trap(SYS_prctl), {PR_SET_SECCOMP, SECCOMP_MODE_FILTER, it}, in,
	 one<sock_fprog>, on::itself, {.images = programs, .holds = 0},
	 {.yields = fails(EINVAL), .by = "seccomp_prepare_user_filter"}},
	{"seccomp.SECCOMP_SET_MODE_FILTER", trap(SYS_seccomp), {SECCOMP_SET_MODE_FILTER, 0, it},
	 in, one<sock_fprog>, on::itself, {.images = programs, .holds = 0},
	 {.yields = fails(EINVAL), .by = "seccomp_prepare_user_filter"}},
	{"pidfd_send_signal.info", trap(SYS_pidfd_send_signal), {it}, in, bytes(known_info),
	 on::itself, {.images = infos, .holds = 0, .issue = to_itself, .needs = for_pidfd},
	 {.yields = fails(EINVAL), .by = "copy_siginfo_from_user_any"}},

	{"mbind.nmask", trap(SYS_mbind), {spare, page, 0, it, 65, 0}, in, one<uint64_t>,
	 on::itself, {.images = no_nodes, .holds = 0}, {.by = "get_nodes"}},
	{"get_mempolicy.nmask", trap(SYS_get_mempolicy), {0, it, 65, 0, 0}, out, one<uint64_t>,
	 on::itself, {}, {.by = "copy_nodes_to_user"}},
	{"migrate_pages.old_nodes", trap(SYS_migrate_pages), {0, 65, it, image(1)}, in,
	 one<uint64_t>, on::itself, {.images = no_nodes, .holds = 0},
	 {.yields = fails(EINVAL), .by = "get_nodes"}},
	{"migrate_pages.new_nodes", trap(SYS_migrate_pages), {0, 65, image(0), it}, in,
	 one<uint64_t>, on::itself, {.images = no_nodes, .holds = 1},
	 {.yields = fails(EINVAL), .by = "get_nodes"}},
	{"move_pages.nodes", trap(SYS_move_pages), {0, 1, image(0), it, spare, move_own}, in,
	 one<int>, on::itself, {.images = a_page, .holds = 1},
	 {.yields = fails(ENODEV), .by = "do_pages_move"}},

	{"msgctl.IPC_SET", trap(SYS_msgctl), {object, IPC_SET, it}, in, one<msqid_ds>,
	 on::message_queue, {.images = queues, .holds = 0},
	 {.by = "copy_msqid_from_user"}, {}, Care::root},
	{"msgctl.MSG_INFO", trap(SYS_msgctl), {object, MSG_INFO, it}, out, one<msginfo>,
	 on::message_queue, {}, {.yields = a_number, .by = "ksys_msgctl"}},
	{"semctl.IPC_SET", trap(SYS_semctl), {object, 0, IPC_SET, it}, in, one<semid_ds>,
	 on::semaphores, {.images = sets, .holds = 0},
	 {.by = "copy_semid_from_user"}, {}, Care::root},
	{"semctl.SEM_INFO", trap(SYS_semctl), {object, 0, SEM_INFO, it}, out, one<seminfo>,
	 on::semaphores, {}, {.yields = a_number, .by = "semctl_info"}},
	{"shmctl.IPC_SET", trap(SYS_shmctl), {second, IPC_SET, it}, in, one<shmid_ds>,
	 on::semaphores, {.images = segments, .holds = 0},
	 {.by = "copy_shmid_from_user"}, {}, Care::root},
	{"mq_timedreceive.u_abs_timeout", trap(SYS_mq_timedreceive), {object, spare,
	 on::mail_length, 0, it}, in, one<timespec>, on::mailbox, {.images = waiting, .holds = 0},
	 {.yields = on::mail_length, .by = "get_timespec64", .ends = Ends::ready}},
	{"io_cancel.iocb", trap(SYS_io_cancel), {0, key_of_request, spare}, in, one<uint32_t>,
	 on::itself, {.images = no_request, .holds = 0},
	 {.yields = fails(EINVAL), .by = "__do_sys_io_cancel"}},
	{"io_pgetevents.timeout", trap(SYS_io_pgetevents), {0, 1, 1, spare, it, image(1)}, in,
	 one<timespec>, on::itself, {.images = waiting, .holds = 0},
	 {.yields = fails(EINVAL), .by = "get_timespec64", .ends = Ends::refused}},
	{"io_pgetevents.usig", trap(SYS_io_pgetevents), {0, 1, 1, spare, image(0), it}, in,
	 bytes(16), on::itself, {.images = waiting, .holds = 1},
	 {.yields = fails(EINVAL), .by = "__do_sys_io_pgetevents", .ends = Ends::refused}},
	{"io_pgetevents.sigmask", trap(SYS_io_pgetevents), {0, 1, 1, spare, image(0), image(3)},
	 in, one<uint64_t>, on::itself, {.images = waiting, .holds = 2},
	 {.yields = fails(EINVAL), .by = "set_user_sigmask", .ends = Ends::refused}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
