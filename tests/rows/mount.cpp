// SPDX-License-Identifier: GPL-2.0-only
// Mounts, swap and accounting. Nothing is mounted: one path of each call leads nowhere.
#include <cerrno>
#include <fcntl.h>
#include <linux/mount.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr char root_path[] = "/", nowhere[] = "/none/of/tagtrap";
constexpr Image paths[] = {like(root_path), like(nowhere)};
constexpr std::string_view no_path = "/none/of/tagtrap";
constexpr char key[] = "tagtrap", source[] = "source";
constexpr Image parameters[] = {like(key), like(source)};
constexpr mount_attr no_change = {}, read_only = {.attr_set = MOUNT_ATTR_RDONLY};
constexpr Image attributes[] = {like(no_change), like(read_only), like(root_path)};
constexpr int here = AT_FDCWD;
constexpr int get_format = 0x800004 << 8; ///< QCMD(Q_GETFMT, USRQUOTA)
constexpr uint32_t other_handle[4] = {8, 0x77, 1, 2};
constexpr Image handles[] = {like(other_handle)};

// clang-format off
constexpr Row table[] = {
	{"move_mount.from_pathname", trap(SYS_move_mount), {here, it, here, image(0), 0}, in,
	 text(64), on::itself, {.images = paths, .path = no_path},
	 {.yields = fails(ENOENT), .by = "getname_flags"}, {}, Care::root},
	{"move_mount.to_pathname", trap(SYS_move_mount), {here, image(0), here, it, 0}, in,
	 text(64), on::itself, {.images = paths, .path = no_path},
	 {.yields = fails(ENOENT), .by = "getname_flags"}, {}, Care::root},
	{"fspick.path", trap(SYS_fspick), {here, it, 0}, in, text(64), on::itself,
	 {.path = no_path}, {.yields = fails(ENOENT), .by = "getname_flags"}, {}, Care::root},
	{"fsconfig.key", trap(SYS_fsconfig), {object, FSCONFIG_SET_FLAG, it, 0, 0}, in, text(64),
	 on::mounting, {.text = "tagtrap"},
	 {.yields = fails(EINVAL), .by = "strndup_user"}, {}, Care::root},
	{"fsconfig.value.string", trap(SYS_fsconfig),
	 {object, FSCONFIG_SET_STRING, image(1), it, 0}, in, text(64), on::mounting,
	 {.images = parameters, .text = "tagtrap"}, {.by = "strndup_user"}, {}, Care::root},
	{"fsconfig.value.binary", trap(SYS_fsconfig),
	 {object, FSCONFIG_SET_BINARY, image(0), it, size}, in, bytes(64), on::mounting,
	 {.images = parameters},
	 {.yields = fails(EINVAL), .by = "__do_sys_fsconfig"}, {}, Care::root},
	{"fsconfig.value.path", trap(SYS_fsconfig),
	 {object, FSCONFIG_SET_PATH, image(0), it, here}, in, text(64), on::mounting,
	 {.images = parameters, .path = no_path},
	 {.yields = fails(EINVAL), .by = "getname_flags"}, {}, Care::root},
	{"mount_setattr.uattr", trap(SYS_mount_setattr), {here, image(2), 0, it, size}, in,
	 one<mount_attr>, on::itself, {.images = attributes, .holds = 0},
	 {.by = "copy_struct_from_user"}, {}, Care::root},
	{"mount_setattr.path", trap(SYS_mount_setattr),
	 {here, it, 0, image(1), sizeof(mount_attr)}, in, text(64), on::itself,
	 {.images = attributes, .path = no_path},
	 {.yields = fails(ENOENT), .by = "getname_flags"}, {}, Care::root},
	{"pivot_root.new_root", trap(SYS_pivot_root), {it, image(0)}, in, text(64), on::itself,
	 {.images = paths, .path = no_path},
	 {.yields = fails(ENOENT), .by = "getname_flags"}, {}, Care::root},
	{"pivot_root.put_old", trap(SYS_pivot_root), {image(0), it}, in, text(64), on::itself,
	 {.images = paths, .path = no_path},
	 {.yields = fails(ENOENT), .by = "getname_flags"}, {}, Care::root},
	{"swapon.specialfile", trap(SYS_swapon), {it, 0}, in, text(64), on::itself,
	 {.path = no_path}, {.yields = fails(ENOENT), .by = "getname_flags"}, {}, Care::root},
	{"swapoff.specialfile", trap(SYS_swapoff), {it}, in, text(64), on::itself,
	 {.path = no_path}, {.yields = fails(ENOENT), .by = "getname_flags"}, {}, Care::root},
	{"acct.name", trap(SYS_acct), {it}, in, text(64), on::itself, {.path = no_path},
	 {.yields = fails(ENOENT), .by = "getname_flags"}, {}, Care::root},
	{"quotactl.special", trap(SYS_quotactl), {get_format, it, 0, spare}, in, text(64),
	 on::itself, {.path = no_path},
	 {.yields = fails(ENOENT), .by = "getname_flags"}, {}, Care::root},
	{"open_by_handle_at.handle", trap(SYS_open_by_handle_at), {second, it, O_RDONLY}, in,
	 bytes(16), on::files, {.images = handles, .holds = 0},
	 {.yields = fails(ESTALE), .by = "handle_to_path"}, {}, Care::root},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
