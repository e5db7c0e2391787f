// SPDX-License-Identifier: GPL-2.0-only
// Security modules, which every kernel has others of, and limits of disk space.
#include <cerrno>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr int lsm_get_self_attr = 459, lsm_set_self_attr = 460, lsm_list_modules = 461;
constexpr int current = 100;      ///< LSM_ATTR_CURRENT
constexpr uint32_t enough = 1024; ///< bytes, for what all modules say
constexpr Image room[] = {like(enough)};
/// struct lsm_ctx: module, flags, its length, the length of the text behind it. Too long.
constexpr uint64_t too_long[4] = {0, 0, 64, 0};
constexpr Image contexts[] = {like(too_long)};

/// struct if_dqinfo: of its fields the last one says which of them count.
constexpr uint64_t no_information[3] = {0, 0, 0xffffffff00000000};
constexpr Image information[] = {like(no_information)};
constexpr int set_information = 0x80000600; ///< QCMD(Q_SETINFO, USRQUOTA)
constexpr int quotactl_fd = 443;

/// Where no module answers, the size is told all the same.
int64_t whoever_answers(Issue &issue)
{
	const int64_t result = sys::raw(lsm_get_self_attr, issue.word(0), issue.word(1),
					issue.word(2), issue.word(3));
	return result == -EOPNOTSUPP ? 0 : result;
}

// clang-format off
constexpr Row table[] = {
	{"lsm_get_self_attr.size", trap(lsm_get_self_attr), {current, spare, it, 0}, inout,
	 aligned<uint32_t>, on::itself, {.images = room, .holds = 0, .issue = whoever_answers},
	 {.yields = a_number, .by = "security_getselfattr"}},
	{"lsm_set_self_attr.ctx", trap(lsm_set_self_attr), {current, it, size, 0}, in, bytes(32),
	 on::itself, {.images = contexts, .holds = 0},
	 {.yields = fails(EINVAL), .by = "security_setselfattr"}},
	{"lsm_list_modules.size", trap(lsm_list_modules), {spare, it, 0}, inout, aligned<uint32_t>,
	 on::itself, {.images = room, .holds = 0},
	 {.yields = a_number, .by = "__do_sys_lsm_list_modules"}},
	{"quotactl_fd.addr", trap(quotactl_fd), {object, set_information, 0, it}, in, bytes(24),
	 on::files, {.images = information, .holds = 0},
	 {.yields = fails(EINVAL), .by = "quota_setinfo"}, {}, Care::root},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
