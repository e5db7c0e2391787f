// SPDX-License-Identifier: GPL-2.0-only
// Attributes of a file, and a program, that are named by a path: /proc/self/fd leads to both.
#include <array>
#include <cerrno>
#include <fmt/format.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint64_t path_at = 2048;
constexpr Word path = spare_at(path_at); ///< written before the call

int64_t make_call(const Issue &issue)
{
	return sys::raw(issue.row.entry.number, issue.word(0), issue.word(1), issue.word(2),
			issue.word(3), issue.word(4));
}

/// With `path` leading to the file of on::files.
int64_t on_file(Issue &issue)
{
	auto *const text = reinterpret_cast<char *>(issue.value(path));
	*fmt::format_to(text, "/proc/self/fd/{}/file", issue.args.second) = 0;
	return make_call(issue);
}

/// With `path` leading to the object.
int64_t on_object(Issue &issue)
{
	auto *const text = reinterpret_cast<char *>(issue.value(path));
	*fmt::format_to(text, "/proc/self/fd/{}", issue.args.fd) = 0;
	return make_call(issue);
}

constexpr char known[] = "trusted.tagtrap", value[64] = "value", nowhere[] = "/none/of/tagtrap";
constexpr char word[] = "word";
constexpr Image names[] = {like(known), like(value)};
constexpr Image words[] = {{nullptr, 16, {{{0, 8, image(1)}}}}, like(word)};
constexpr std::string_view no_file = nowhere, no_name = "trusted.none";
constexpr int replace = 2; ///< XATTR_REPLACE

constexpr Memory to_name = {.text = no_name, .issue = on_file};
constexpr Memory with_value = {.images = names, .text = no_name, .issue = on_file};
constexpr Memory with_name = {.images = names, .issue = on_file};
constexpr Due unknown = {.yields = fails(ENODATA), .by = "strncpy_from_user"};
constexpr Due missing = {.yields = fails(ENOENT), .by = "getname_flags"};
constexpr Due stored = {.yields = on::value_length, .by = "do_getxattr"};
constexpr auto plain = Tries::plain;
constexpr auto root = Care::root;

// clang-format off
constexpr Row table[] = {
	{"getxattr.name", trap(SYS_getxattr), {path, it, spare, 64}, in, text(64), on::files,
	 to_name, unknown, plain, root},
	{"getxattr.value", trap(SYS_getxattr), {path, image(0), it, size}, out,
	 bytes(on::value_length), on::files, with_name, stored, plain, root},
	{"lgetxattr.name", trap(SYS_lgetxattr), {path, it, spare, 64}, in, text(64), on::files,
	 to_name, unknown, plain, root},
	{"lgetxattr.value", trap(SYS_lgetxattr), {path, image(0), it, size}, out,
	 bytes(on::value_length), on::files, with_name, stored, plain, root},
	{"setxattr.name", trap(SYS_setxattr), {path, it, image(1), 64, replace}, in, text(64),
	 on::files, with_value, unknown, plain, root},
	{"setxattr.value", trap(SYS_setxattr), {path, image(0), it, size, 0}, in,
	 bytes(on::value_length), on::files, with_name, {.by = "setxattr_copy"}, plain, root},
	{"lsetxattr.pathname", trap(SYS_lsetxattr), {it, image(0), image(1), 4, 0}, in, text(64),
	 on::itself, {.images = names, .path = no_file}, missing},
	{"lsetxattr.name", trap(SYS_lsetxattr), {path, it, image(1), 64, replace}, in, text(64),
	 on::files, with_value, unknown, plain, root},
	{"lsetxattr.value", trap(SYS_lsetxattr), {path, image(0), it, size, 0}, in,
	 bytes(on::value_length), on::files, with_name, {.by = "setxattr_copy"}, plain, root},
	{"listxattr.list", trap(SYS_listxattr), {path, it, size}, out, bytes(16), on::files,
	 {.issue = on_file}, {.yields = a_number, .by = "listxattr"}, plain, root},
	{"llistxattr.pathname", trap(SYS_llistxattr), {it, spare, 64}, in, text(64), on::itself,
	 {.path = no_file}, missing},
	{"llistxattr.list", trap(SYS_llistxattr), {path, it, size}, out, bytes(16), on::files,
	 {.issue = on_file}, {.yields = a_number, .by = "listxattr"}, plain, root},
	{"removexattr.name", trap(SYS_removexattr), {path, it}, in, text(64), on::files, to_name,
	 unknown, plain, root},
	{"lremovexattr.pathname", trap(SYS_lremovexattr), {it, image(0)}, in, text(64), on::itself,
	 {.images = names, .path = no_file}, missing},
	{"lremovexattr.name", trap(SYS_lremovexattr), {path, it}, in, text(64), on::files, to_name,
	 unknown, plain, root},
	{"execve.argv", trap(SYS_execve), {path, it, 0}, in, many<uint64_t>(2), on::script,
	 {.images = words, .holds = 0, .issue = on_object},
	 {.yields = fails(ENOEXEC), .by = "get_user_arg_ptr"}},
	{"execve.envp", trap(SYS_execve), {path, 0, it}, in, many<uint64_t>(2), on::script,
	 {.images = words, .holds = 0, .issue = on_object},
	 {.yields = fails(ENOEXEC), .by = "get_user_arg_ptr"}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
