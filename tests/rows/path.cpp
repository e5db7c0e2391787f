// SPDX-License-Identifier: GPL-2.0-only
// Paths that are opened, made, taken away and named anew.
#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr char file_path[] = "file";
constexpr Image to_file[] = {like(file_path)};
constexpr char made_path[] = "made";
constexpr Image to_made[] = {like(made_path)};
constexpr char none_path[] = "none";
constexpr Image to_none[] = {like(none_path)};
constexpr open_how to_read = {.flags = O_RDONLY | O_CLOEXEC};
constexpr Image how[] = {like(to_read)};
constexpr Image file_and_how[] = {like(file_path), like(to_read)};
constexpr uint32_t no_room[2] = {0, 0};
constexpr Image handle[] = {like(file_path), like(no_room)};
constexpr char type[] = "tmpfs";
constexpr char nowhere[] = "/none/of/tagtrap";
constexpr Image to_nowhere[] = {like(nowhere), like(type)};

// clang-format off
constexpr Row table[] = {
	{"openat.filename", trap(SYS_openat), {second, it, O_RDONLY | O_CLOEXEC}, in, text(64),
	 on::files, {.path = "file"}, {.yields = a_handle, .by = "getname_flags"}},
	{"openat2.filename", trap(SYS_openat2), {second, it, image(0), sizeof(open_how)}, in,
	 text(64), on::files, {.images = how, .path = "file"},
	 {.yields = a_handle, .by = "getname_flags"}},
	{"openat2.how", trap(SYS_openat2), {second, image(0), it, size}, in, one<open_how>,
	 on::files, {.images = file_and_how, .holds = 1},
	 {.yields = a_handle, .by = "copy_struct_from_user"}},
	{"mkdirat.pathname", trap(SYS_mkdirat), {second, it, 0700}, in, text(64), on::files,
	 {.path = "made"}, {.by = "getname_flags"}},
	{"mknodat.filename", trap(SYS_mknodat), {second, it, S_IFREG | 0600, 0}, in, text(64),
	 on::files, {.path = "made"}, {.by = "getname_flags"}},
	{"unlinkat.pathname", trap(SYS_unlinkat), {second, it, 0}, in, text(64), on::files,
	 {.path = "none"}, {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"symlinkat.oldname", trap(SYS_symlinkat), {it, second, image(0)}, in, text(64), on::files,
	 {.images = to_made, .text = "l"}, {.by = "getname_flags"}},
	{"symlinkat.newname", trap(SYS_symlinkat), {image(0), second, it}, in, text(64), on::files,
	 {.images = to_none, .path = "made"}, {.by = "getname_flags"}},
	{"linkat.oldname", trap(SYS_linkat), {second, it, second, image(0), 0}, in, text(64),
	 on::files, {.images = to_made, .path = "file"}, {.by = "getname_flags"}},
	{"linkat.newname", trap(SYS_linkat), {second, image(0), second, it, 0}, in, text(64),
	 on::files, {.images = to_file, .path = "made"}, {.by = "getname_flags"}},
	{"renameat.oldname", trap(SYS_renameat), {second, it, second, image(0)}, in, text(64),
	 on::files, {.images = to_made, .path = "none"},
	 {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"renameat.newname", trap(SYS_renameat), {second, image(0), second, it}, in, text(64),
	 on::files, {.images = to_none, .path = "made"},
	 {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"renameat2.oldname", trap(SYS_renameat2), {second, it, second, image(0), 0}, in, text(64),
	 on::files, {.images = to_made, .path = "none"},
	 {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"renameat2.newname", trap(SYS_renameat2), {second, image(0), second, it, 0}, in, text(64),
	 on::files, {.images = to_none, .path = "made"},
	 {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"chdir.filename", trap(SYS_chdir), {it}, in, text(64), on::itself,
	 {.path = "/none/of/tagtrap"}, {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"chroot.filename", trap(SYS_chroot), {it}, in, text(64), on::itself,
	 {.path = "/none/of/tagtrap"}, {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"inotify_add_watch.pathname", trap(SYS_inotify_add_watch), {object, it, IN_DELETE_SELF},
	 in, text(64), on::inotify, {.path = "/"}, {.yields = a_number, .by = "getname_flags"}},
	{"name_to_handle_at.name", trap(SYS_name_to_handle_at),
	 {second, it, image(1), spare, 0}, in, text(64), on::files, {.images = handle, .path = "file"},
	 {.yields = fails(EOVERFLOW), .by = "getname_flags"}},
	{"name_to_handle_at.handle", trap(SYS_name_to_handle_at), {second, image(0), it, spare, 0},
	 inout, bytes(8), on::files, {.images = handle, .holds = 1},
	 {.yields = fails(EOVERFLOW), .by = "do_sys_name_to_handle"}},
	{"name_to_handle_at.mnt_id", trap(SYS_name_to_handle_at),
	 {second, image(0), image(1), it, 0}, out, one<int>, on::files, {.images = handle},
	 {.yields = fails(EOVERFLOW), .by = "do_sys_name_to_handle"}},
	{"open_tree.filename", trap(SYS_open_tree), {second, it, O_CLOEXEC}, in, text(64),
	 on::files, {.path = "tree"}, {.yields = a_handle, .by = "getname_flags"}},
	{"mount.dev_name", trap(SYS_mount), {it, image(0), image(1), 0, 0}, in, text(64),
	 on::itself, {.images = to_nowhere, .text = "tagtrap"},
	 {.yields = fails(ENOENT), .by = "strndup_user"}, {}, Care::root},
	{"mount.dir_name", trap(SYS_mount), {image(1), it, image(1), 0, 0}, in, text(64),
	 on::itself, {.images = to_nowhere, .path = "/none/of/tagtrap"},
	 {.yields = fails(ENOENT), .by = "getname_flags"}, {}, Care::root},
	{"mount.type", trap(SYS_mount), {image(1), image(0), it, 0, 0}, in, text(64), on::itself,
	 {.images = to_nowhere, .text = "tagtrap"}, {.yields = fails(ENOENT), .by = "strndup_user"},
	 {}, Care::root},
	{"umount2.name", trap(SYS_umount2), {it, 0}, in, text(64), on::itself,
	 {.path = "/none/of/tagtrap"}, {.yields = fails(ENOENT), .by = "getname_flags"}, {},
	 Care::root},
	{"fsopen.fs_name", trap(SYS_fsopen), {it, 0}, in, text(64), on::itself, {.text = "tagtrap"},
	 {.yields = fails(ENODEV), .by = "strndup_user"}, {}, Care::root},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
