// SPDX-License-Identifier: GPL-2.0-only
// System calls that the headers here may lack. Their numbers are the same on all kinds of machine
// that this is built for, as of all calls from 424 on.
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/uio.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr int cachestat = 451, fchmodat2 = 452, futex_wait = 455, futex_requeue = 456,
	      statmount = 457, listmount = 458, setxattrat = 463, getxattrat = 464,
	      listxattrat = 465, removexattrat = 466, file_getattr = 468, file_setattr = 469;

constexpr uint32_t range_length = 16, statistics_length = 40; ///< cachestat_range, cachestat
constexpr uint64_t whole_file[2] = {};
constexpr Image ranges[] = {like(whole_file)};

constexpr uint64_t other = 1, every_bit = ~uint32_t{0};
constexpr int private_word = 2 | FUTEX_PRIVATE_FLAG; ///< of 32 bits
constexpr timespec minute = {60, 0};
constexpr Image word_and_time[] = {{nullptr, 4}, like(minute)};
/// struct futex_waitv: value, address, flags.
struct Waiter {
	uint64_t value = other, address = 0;
	uint32_t flags = private_word, reserved = 0;
};
constexpr Waiter pair[2] = {};
constexpr Image waiters[] = {like(pair, {{{8, 8, image(1)}, {sizeof(Waiter) + 8, 8, image(1)}}}),
			     {nullptr, 4}};

/// mnt_id_req, its first version: size, the mount, what is asked for.
struct Mount {
	uint32_t size = sizeof(Mount), spare = 0;
	uint64_t mount = 0, parameter = 0;
};
constexpr Mount no_mount = {.mount = uint64_t{1} << 40}, all_mounts = {.mount = ~uint64_t{0}};
constexpr Mount about_superblock = {.parameter = 1};
constexpr Image mounts[] = {like(no_mount), like(all_mounts), like(about_superblock)};
constexpr uint32_t status_length = 512; ///< of a struct statmount

/// statmount() of the first mount that is listed.
int64_t first_mount(Issue &issue)
{
	const int64_t count = sys::raw(listmount, issue.value(image(1)), issue.value(spare), 1, 0);
	if (count <= 0)
		return count == 0 ? -EBADMSG : count; // the root is a mount
	auto *const request = reinterpret_cast<Mount *>(issue.value(image(2)));
	request->mount = *reinterpret_cast<const uint64_t *>(issue.value(spare));
	return sys::raw(statmount, issue.word(0), issue.word(1), issue.word(2), 0);
}

constexpr int lists[] = {listmount};

constexpr char file_path[] = "file", nowhere[] = "/none/of/tagtrap", name[] = "user.tagtrap";
constexpr Image to_file[] = {like(file_path)};
constexpr std::string_view no_path = nowhere;
/// xattr_args: value, size, flags.
constexpr Image attributes[] = {
	like(nowhere),
	like(name),
	{nullptr, 16, {{{0, 8, spare}, {8, 4, 16}}}},
	{nullptr, 16, {{{0, 8, it}, {8, 4, size}}}},
};
constexpr uint32_t arguments_length = 16, attributes_length = 24; ///< xattr_args, file_attr
constexpr Image no_attributes[] = {like(nowhere), {nullptr, attributes_length}};
constexpr iovec part = {nullptr, 64};
constexpr Image parts[] = {like(part, {{{0, 8, spare}}})};
constexpr int nobody = -1, will_need = 3; ///< pidfd, MADV_WILLNEED

// clang-format off
constexpr Row table[] = {
	{"cachestat.cstat_range", trap(cachestat), {object, it, spare, 0}, in, bytes(range_length),
	 on::files, {.images = ranges, .holds = 0}, {.by = "__do_sys_cachestat"}},
	{"cachestat.cstat", trap(cachestat), {object, image(0), it, 0}, out,
	 bytes(statistics_length), on::files, {.images = ranges}, {.by = "__do_sys_cachestat"}},
	{"fchmodat2.filename", trap(fchmodat2), {second, it, 0600, 0}, in, text(64), on::files,
	 {.path = file_path}, {.by = "getname_flags"}},
	{"futex_wait.uaddr", trap(futex_wait), {it, other, every_bit, private_word, 0, 0}, in,
	 aligned<uint32_t>, on::itself, {.images = word_and_time, .holds = 0},
	 {.yields = fails(EAGAIN), .by = "futex_wait_setup", .ends = Ends::refused}},
	{"futex_wait.timeout", trap(futex_wait),
	 {image(0), other, every_bit, private_word, it, CLOCK_MONOTONIC}, in, one<timespec>,
	 on::itself, {.images = word_and_time, .holds = 1},
	 {.yields = fails(EAGAIN), .by = "get_timespec64", .ends = Ends::refused}},
	{"futex_requeue.waiters", trap(futex_requeue), {it, 0, 1, 1}, in, many<Waiter>(2),
	 on::itself, {.images = waiters, .holds = 0},
	 {.yields = fails(EAGAIN), .by = "futex_parse_waitv"}},
	{"statmount.req", trap(statmount), {it, spare, status_length, 0}, in, one<Mount>,
	 on::itself, {.images = mounts, .holds = 0},
	 {.yields = fails(ENOENT), .by = "copy_mnt_id_req"}},
	{"statmount.buf", trap(statmount), {image(2), it, size}, out, bytes(status_length),
	 on::itself, {.images = mounts, .issue = first_mount, .needs = lists},
	 {.by = "copy_statmount_to_user"}},
	{"listmount.req", trap(listmount), {it, spare, 1, 0}, in, one<Mount>, on::itself,
	 {.images = mounts, .holds = 0}, {.yields = fails(ENOENT), .by = "copy_mnt_id_req"}},
	{"listmount.mnt_ids", trap(listmount), {image(1), it, 1, 0}, out, one<uint64_t>, on::itself,
	 {.images = mounts}, {.yields = 1, .by = "__do_sys_listmount"}},
	{"setxattrat.pathname", trap(setxattrat),
	 {AT_FDCWD, it, 0, image(1), image(2), arguments_length}, in, text(64), on::itself,
	 {.images = attributes, .path = no_path}, {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"setxattrat.name", trap(setxattrat),
	 {AT_FDCWD, image(0), 0, it, image(2), arguments_length}, in, text(64), on::itself,
	 {.images = attributes, .text = "user.tagtrap"},
	 {.yields = fails(ENOENT), .by = "import_xattr_name"}},
	{"setxattrat.uargs", trap(setxattrat), {AT_FDCWD, image(0), 0, image(1), it, size}, in,
	 bytes(arguments_length), on::itself, {.images = attributes, .holds = 2},
	 {.yields = fails(ENOENT), .by = "copy_struct_from_user"}},
	{"setxattrat.value", trap(setxattrat),
	 {AT_FDCWD, image(0), 0, image(1), image(3), arguments_length}, in, bytes(64), on::itself,
	 {.images = attributes}, {.yields = fails(ENOENT), .by = "setxattr_copy"}},
	{"getxattrat.pathname", trap(getxattrat),
	 {AT_FDCWD, it, 0, image(1), image(2), arguments_length}, in, text(64), on::itself,
	 {.images = attributes, .path = no_path}, {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"getxattrat.name", trap(getxattrat),
	 {AT_FDCWD, image(0), 0, it, image(2), arguments_length}, in, text(64), on::itself,
	 {.images = attributes, .text = "user.tagtrap"},
	 {.yields = fails(ENOENT), .by = "import_xattr_name"}},
	{"getxattrat.uargs", trap(getxattrat), {AT_FDCWD, image(0), 0, image(1), it, size}, in,
	 bytes(arguments_length), on::itself, {.images = attributes, .holds = 2},
	 {.yields = fails(ENOENT), .by = "copy_struct_from_user"}},
	{"listxattrat.pathname", trap(listxattrat), {AT_FDCWD, it, 0, spare, 64}, in, text(64),
	 on::itself, {.path = no_path}, {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"removexattrat.pathname", trap(removexattrat), {AT_FDCWD, it, 0, image(1)}, in, text(64),
	 on::itself, {.images = attributes, .path = no_path},
	 {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"removexattrat.name", trap(removexattrat), {AT_FDCWD, image(0), 0, it}, in, text(64),
	 on::itself, {.images = attributes, .text = "user.tagtrap"},
	 {.yields = fails(ENOENT), .by = "import_xattr_name"}},
	{"file_getattr.filename", trap(file_getattr), {AT_FDCWD, it, spare, attributes_length, 0},
	 in, text(64), on::itself, {.path = no_path},
	 {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"file_getattr.ufattr", trap(file_getattr), {second, image(0), it, size, 0}, out,
	 bytes(attributes_length), on::files, {.images = to_file}, {.by = "copy_struct_to_user"}},
	{"file_setattr.filename", trap(file_setattr),
	 {AT_FDCWD, it, image(1), attributes_length, 0}, in, text(64), on::itself,
	 {.images = no_attributes, .path = no_path},
	 {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"file_setattr.ufattr", trap(file_setattr), {AT_FDCWD, image(0), it, size, 0}, in,
	 bytes(attributes_length), on::itself, {.images = no_attributes, .holds = 1},
	 {.yields = fails(ENOENT), .by = "copy_struct_from_user"}},
	{"process_madvise.vec", trap(SYS_process_madvise), {nobody, it, 1, will_need, 0}, in,
	 one<iovec>, on::itself, {.images = parts, .holds = 0},
	 {.yields = fails(EBADF), .by = "__import_iovec"}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
