// SPDX-License-Identifier: GPL-2.0-only
#include <cerrno>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr char name[] = "trusted.tagtrap";
constexpr Image to_name[] = {like(name)};
constexpr char value[64] = "value";
constexpr Image name_and_value[] = {like(name), like(value)};
constexpr char nowhere[] = "/none/of/tagtrap";
constexpr Image to_nowhere[] = {like(name), like(nowhere)};
constexpr std::string_view no_file = "/none/of/tagtrap";
constexpr std::string_view no_name = "trusted.none";

// clang-format off
constexpr Row table[] = {
	{"fgetxattr.name", trap(SYS_fgetxattr), {object, it, spare, 64}, in, text(64), on::files,
	 {.text = no_name}, {.yields = fails(ENODATA), .by = "strncpy_from_user"}, {}, Care::root},
	{"fgetxattr.value", trap(SYS_fgetxattr), {object, image(0), it, size}, out,
	 bytes(on::value_length), on::files, {.images = to_name},
	 {.yields = on::value_length, .by = "do_getxattr"}, {}, Care::root},
	{"fsetxattr.name", trap(SYS_fsetxattr), {object, it, image(1), 64, 0x2}, in, text(64),
	 on::files, {.images = name_and_value, .text = no_name},
	 {.yields = fails(ENODATA), .by = "strncpy_from_user"}, {}, Care::root},
	{"fsetxattr.value", trap(SYS_fsetxattr), {object, image(0), it, size, 0}, in,
	 bytes(on::value_length), on::files, {.images = to_name}, {.by = "setxattr_copy"}, {},
	 Care::root},
	{"flistxattr.list", trap(SYS_flistxattr), {object, it, size}, out, bytes(16), on::files, {},
	 {.yields = a_number, .by = "listxattr"}, {}, Care::root},
	{"fremovexattr.name", trap(SYS_fremovexattr), {object, it}, in, text(64), on::files,
	 {.text = no_name}, {.yields = fails(ENODATA), .by = "strncpy_from_user"}, {}, Care::root},
	{"getxattr.pathname", trap(SYS_getxattr), {it, image(0), spare, 64}, in, text(64),
	 on::itself, {.images = to_nowhere, .path = no_file},
	 {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"lgetxattr.pathname", trap(SYS_lgetxattr), {it, image(0), spare, 64}, in, text(64),
	 on::itself, {.images = to_nowhere, .path = no_file},
	 {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"setxattr.pathname", trap(SYS_setxattr), {it, image(0), image(1), 4, 0}, in, text(64),
	 on::itself, {.images = to_nowhere, .path = no_file},
	 {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"listxattr.pathname", trap(SYS_listxattr), {it, spare, 64}, in, text(64), on::itself,
	 {.path = no_file}, {.yields = fails(ENOENT), .by = "getname_flags"}},
	{"removexattr.pathname", trap(SYS_removexattr), {it, image(0)}, in, text(64), on::itself,
	 {.images = to_nowhere, .path = no_file}, {.yields = fails(ENOENT), .by = "getname_flags"}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
