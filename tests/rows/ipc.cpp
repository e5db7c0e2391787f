// SPDX-License-Identifier: GPL-2.0-only
// Messages, semaphores and segments of SysV, message queues of POSIX.
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <mqueue.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr int64_t type = 1;
constexpr Image typed[] = {like(type)};
constexpr sembuf raise_first = {0, 1, IPC_NOWAIT};
constexpr timespec minute = {60, 0};
constexpr Image operations[] = {like(raise_first), like(minute)};
constexpr uint16_t ones[] = {1, 1};
constexpr Image all_ones[] = {like(ones)};

/// Refused behind the copy.
constexpr int64_t wrong_attributes[8] = {0, -1, -1};
constexpr int64_t no_wait[8] = {O_NONBLOCK};
constexpr char queue_name[] = "tagtrap";
constexpr Image queues[] = {like(queue_name), like(wrong_attributes), like(no_wait), like(minute)};
constexpr int32_t wrong_event[16] = {0, 0, 0, 7}; ///< sigev_notify: no such way
constexpr Image events[] = {like(wrong_event)};

// clang-format off
constexpr Row table[] = {
	{"msgrcv.msgp", trap(SYS_msgrcv), {object, it, on::queued_length, 0, 0}, out,
	 bytes(8 + on::queued_length), on::message_queue, {}, {.yields = on::queued_length,
	 .by = "do_msg_fill", .after = After::consumed, .ends = Ends::ready}, Tries::callers},
	{"msgsnd.msgp", trap(SYS_msgsnd), {object, it, 64, IPC_NOWAIT}, in, bytes(8 + 64),
	 on::message_queue, {.images = typed, .holds = 0},
	 {.by = "load_msg", .ends = Ends::nonblock}},
	{"msgctl.IPC_STAT", trap(SYS_msgctl), {object, IPC_STAT, it}, out, one<msqid_ds>,
	 on::message_queue, {}, {.by = "copy_msqid_to_user"}},
	{"msgctl.IPC_INFO", trap(SYS_msgctl), {object, IPC_INFO, it}, out, one<msginfo>,
	 on::message_queue, {}, {.yields = a_number, .by = "ksys_msgctl"}},
	{"semctl.IPC_STAT", trap(SYS_semctl), {object, 0, IPC_STAT, it}, out, one<semid_ds>,
	 on::semaphores, {}, {.by = "copy_semid_to_user"}},
	{"semctl.IPC_INFO", trap(SYS_semctl), {object, 0, IPC_INFO, it}, out, one<seminfo>,
	 on::semaphores, {}, {.yields = a_number, .by = "semctl_info"}},
	{"semctl.GETALL", trap(SYS_semctl), {object, 0, GETALL, it}, out, many<uint16_t>(2),
	 on::semaphores, {}, {.by = "semctl_main"}},
	{"semctl.SETALL", trap(SYS_semctl), {object, 0, SETALL, it}, in, many<uint16_t>(2),
	 on::semaphores, {.images = all_ones, .holds = 0}, {.by = "semctl_main"}},
	{"semop.tsops", trap(SYS_semop), {object, it, 1}, in, one<sembuf>, on::semaphores,
	 {.images = operations, .holds = 0}, {.by = "do_semtimedop", .ends = Ends::nonblock}},
	{"semtimedop.tsops", trap(SYS_semtimedop), {object, it, 1, 0}, in, one<sembuf>,
	 on::semaphores, {.images = operations, .holds = 0},
	 {.by = "do_semtimedop", .ends = Ends::nonblock}},
	{"semtimedop.timeout", trap(SYS_semtimedop), {object, image(0), 1, it}, in, one<timespec>,
	 on::semaphores, {.images = operations, .holds = 1},
	 {.by = "get_timespec64", .ends = Ends::nonblock}},
	{"shmctl.IPC_STAT", trap(SYS_shmctl), {second, IPC_STAT, it}, out, one<shmid_ds>,
	 on::semaphores, {}, {.by = "copy_shmid_to_user"}},
	{"shmctl.IPC_INFO", trap(SYS_shmctl), {second, IPC_INFO, it}, out, one<shminfo>,
	 on::semaphores, {}, {.yields = a_number, .by = "copy_shminfo_to_user"}},
	{"shmctl.SHM_INFO", trap(SYS_shmctl), {second, SHM_INFO, it}, out, one<shm_info>,
	 on::semaphores, {}, {.yields = a_number, .by = "ksys_shmctl"}},
	{"mq_open.u_name", trap(SYS_mq_open), {it, O_RDONLY, 0, 0}, in, text(64), on::itself,
	 {.text = "tagtrap-none"}, {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"mq_open.u_attr", trap(SYS_mq_open), {image(0), O_RDWR | O_CREAT, 0600, it}, in,
	 one<mq_attr>, on::itself, {.images = queues, .holds = 1},
	 {.yields = fails(EINVAL), .by = "__do_sys_mq_open"}},
	{"mq_unlink.u_name", trap(SYS_mq_unlink), {it}, in, text(64), on::itself,
	 {.text = "tagtrap-none"}, {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"mq_timedsend.u_msg_ptr", trap(SYS_mq_timedsend), {object, it, size, 1, 0}, in,
	 bytes(on::mail_length), on::mailbox, {}, {.by = "load_msg", .ends = Ends::nonblock}},
	{"mq_timedsend.u_abs_timeout", trap(SYS_mq_timedsend), {object, spare, 1, 1, it}, in,
	 one<timespec>, on::mailbox, {.images = queues, .holds = 3},
	 {.by = "get_timespec64", .ends = Ends::nonblock}},
	{"mq_timedreceive.u_msg_ptr", trap(SYS_mq_timedreceive), {object, it, size, 0, 0}, out,
	 bytes(on::mail_length), on::mailbox, {}, {.yields = on::mail_length, .by = "store_msg",
	 .after = After::consumed, .ends = Ends::ready}},
	{"mq_timedreceive.u_msg_prio", trap(SYS_mq_timedreceive), {object, spare, on::mail_length,
	 it, 0}, out, one<uint32_t>, on::mailbox, {}, {.yields = on::mail_length,
	 .by = "do_mq_timedreceive", .after = After::consumed, .ends = Ends::ready}},
	{"mq_notify.u_notification", trap(SYS_mq_notify), {object, it}, in, bytes(64), on::mailbox,
	 {.images = events, .holds = 0}, {.yields = fails(EINVAL), .by = "__do_sys_mq_notify"}},
	{"mq_getsetattr.u_mqstat", trap(SYS_mq_getsetattr), {object, it, 0}, in, one<mq_attr>,
	 on::mailbox, {.images = queues, .holds = 2}, {.by = "__do_sys_mq_getsetattr"}},
	{"mq_getsetattr.u_omqstat", trap(SYS_mq_getsetattr), {object, 0, it}, out, one<mq_attr>,
	 on::mailbox, {}, {.by = "__do_sys_mq_getsetattr"}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
