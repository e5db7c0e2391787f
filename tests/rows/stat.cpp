// SPDX-License-Identifier: GPL-2.0-only
// What is known of files, and of filesystems.
#include <cerrno>
#include <fcntl.h>
#include <linux/stat.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr char nothing = 0;
constexpr Image empty_path[] = {like(nothing)};
constexpr char file_path[] = "file";
constexpr Image to_file[] = {like(file_path)};
constexpr char link_path[] = "link";
constexpr Image to_link[] = {like(link_path)};
constexpr timespec times[] = {{1, 0}, {2, 0}};
constexpr Image to_file_and_times[] = {like(file_path), like(times)};
constexpr char root_path[] = "/";
constexpr Image to_root[] = {like(root_path)};

constexpr int needs[] = {SYS_lseek};

/// filldir64() stores no padding: of an entry with a name of four bytes each byte is stored. Others
/// may come first.
int64_t get_entry(Issue &issue)
{
	const uint64_t directory = sys::arg(issue.args.second);
	const uint64_t entry = issue.args.spare.bits;
	const auto *const name = reinterpret_cast<const char *>(entry + 19); // d_name
	int64_t position = 0;
	while (sys::raw(SYS_getdents64, directory, entry, on::entry_length) > 0 &&
	       std::string_view(name).size() != 4)
		position = sys::raw(SYS_lseek, directory, 0, SEEK_CUR);
	sys::raw(SYS_lseek, directory, static_cast<uint64_t>(position), SEEK_SET);
	return sys::raw(SYS_getdents64, directory, issue.word(1), on::entry_length);
}

// clang-format off
constexpr Row table[] = {
	{"statx.buf", trap(SYS_statx), {object, image(0), AT_EMPTY_PATH, STATX_ALL, it}, out,
	 one<struct statx>, on::files, {.images = empty_path}, {.by = "cp_statx"}},
	{"statx.path", trap(SYS_statx), {second, it, 0, STATX_ALL, spare}, in, text(64), on::files,
	 {.path = "file"}, {.by = "getname_flags"}},
	{"newfstatat.statbuf", trap(SYS_newfstatat), {second, image(0), it, 0}, out,
	 one<struct stat>, on::files, {.images = to_file}, {.by = "cp_new_stat"}},
	{"newfstatat.filename", trap(SYS_newfstatat), {second, it, spare, 0}, in, text(64),
	 on::files, {.path = "file"}, {.by = "getname_flags"}},
	{"fstat.statbuf", trap(SYS_fstat), {object, it}, out, one<struct stat>, on::files, {},
	 {.by = "cp_new_stat"}},
	{"statfs.buf", trap(SYS_statfs), {image(0), it}, out, one<struct statfs>, on::itself,
	 {.images = to_root}, {.by = "do_statfs_native"}},
	{"statfs.pathname", trap(SYS_statfs), {it, spare}, in, text(64), on::itself, {.path = "/"},
	 {.by = "getname_flags"}},
	{"fstatfs.buf", trap(SYS_fstatfs), {object, it}, out, one<struct statfs>, on::files, {},
	 {.by = "do_statfs_native"}},
	{"getdents64.dirent", trap(SYS_getdents64), {second, it, on::entry_length}, out,
	 bytes(on::entry_length), on::files, {.issue = get_entry, .needs = needs},
	 {.yields = on::entry_length, .by = "filldir64"}},
	{"readlinkat.path", trap(SYS_readlinkat), {second, it, spare, on::link_length}, in,
	 text(64), on::files, {.path = "link"}, {.yields = on::link_length, .by = "getname_flags"}},
	{"readlinkat.buf", trap(SYS_readlinkat), {second, image(0), it, on::link_length}, out,
	 bytes(on::link_length), on::files, {.images = to_link},
	 {.yields = on::link_length, .by = "readlink_copy"}},
	{"faccessat.filename", trap(SYS_faccessat), {second, it, F_OK}, in, text(64), on::files,
	 {.path = "file"}, {.by = "getname_flags"}},
	{"faccessat2.filename", trap(SYS_faccessat2), {second, it, F_OK, 0}, in, text(64), on::files,
	 {.path = "file"}, {.by = "getname_flags"}},
	{"utimensat.filename", trap(SYS_utimensat), {second, it, 0, 0}, in, text(64), on::files,
	 {.path = "file"}, {.by = "getname_flags"}},
	{"utimensat.utimes", trap(SYS_utimensat), {second, image(0), it, 0}, in, many<timespec>(2),
	 on::files, {.images = to_file_and_times, .holds = 1}, {.by = "get_timespec64"}},
	{"fchmodat.filename", trap(SYS_fchmodat), {second, it, 0600}, in, text(64), on::files,
	 {.path = "file"}, {.by = "getname_flags"}},
	{"fchownat.filename", trap(SYS_fchownat), {second, it, -1, -1, 0}, in, text(64), on::files,
	 {.path = "file"}, {.by = "getname_flags"}},
	{"truncate.path", trap(SYS_truncate), {it, 0}, in, text(64), on::itself,
	 {.path = "/none/of/tagtrap"}, {.yields = fails(ENOENT), .by = "getname_flags"}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
