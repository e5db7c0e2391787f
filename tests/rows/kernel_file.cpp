// SPDX-License-Identifier: GPL-2.0-only
// Files that the kernel makes up: one for each function that reads or writes them. What is written
// is refused behind the copy.
#include <cerrno>
#include <fcntl.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

/// Transfers `size` bytes by the row's call, from or to the file that image 0 names.
template <int flags> int64_t with_file(Issue &issue)
{
	const int64_t file = sys::raw(SYS_openat, sys::arg(AT_FDCWD), issue.value(image(0)),
				      flags | O_CLOEXEC | O_NONBLOCK);
	if (file < 0)
		return file;
	const auto descriptor = static_cast<uint64_t>(file);
	const int64_t result =
		sys::raw(issue.row.entry.number, descriptor, issue.value(it), issue.value(size));
	sys::raw(SYS_close, descriptor);
	return result;
}

constexpr int needs[] = {SYS_openat, SYS_close};
constexpr uint32_t word_length = 8;
constexpr PromiseKind partly = PromiseKind::close, whole = PromiseKind::all_or_nothing;

/// A name as an image, and the row's memory with it.
template <size_t length> struct Named {
	std::array<char, length> path = {};
	constexpr Named(const char (&text)[length])
	{
		std::copy(text, text + length, path.begin());
	}
};

template <Named name> constexpr Image image_of[] = {like(name.path)};

template <Named path>
constexpr Row load(std::string_view name, uint32_t length, std::string_view by,
		   PromiseKind promise = partly, Care care = Care::none)
{
	return {name,
		trap(SYS_read),
		{it, size},
		out,
		bytes(length),
		on::itself,
		{.images = image_of<path>, .issue = with_file<O_RDONLY>, .needs = needs},
		{.yields = length,
		 .by = by,
		 .promise = promise,
		 .ends = Ends::ready,
		 .absent = ENOENT},
		Tries::plain,
		care};
}

template <Named path>
constexpr Row store(std::string_view name, int error, std::string_view by, Care care = Care::none)
{
	return {name,
		trap(SYS_write),
		{it, size},
		in,
		bytes(word_length),
		on::itself,
		{.images = image_of<path>,
		 .text = "tagtrap",
		 .issue = with_file<O_WRONLY>,
		 .needs = needs},
		{.yields = fails(error), .by = by, .ends = Ends::nonblock, .absent = ENOENT},
		Tries::plain,
		care};
}

// clang-format off
constexpr Row table[] = {
	load<"/dev/zero">("read.zero", 64, "read_iter_zero"),
	load<"/dev/urandom">("read.urandom", 64, "get_random_bytes_user"),
	load<"/proc/version">("read.proc-version", 16, "seq_read_iter"),
	load<"/proc/self/status">("read.proc-status", 256, "seq_read_iter"),
	load<"/proc/self/cmdline">("read.proc-cmdline", 4, "get_mm_cmdline"),
	load<"/proc/self/auxv">("read.proc-auxv", 64, "simple_read_from_buffer"),
	load<"/proc/self/pagemap">("read.proc-pagemap", 64, "pagemap_read", whole),
	load<"/proc/self/coredump_filter">("read.proc-coredump_filter", 9,
	     "simple_read_from_buffer"),
	load<"/proc/self/oom_score_adj">("read.proc-oom_score_adj", 2, "simple_read_from_buffer"),
	load<"/proc/kpagecount">("read.kpagecount", 8, "kpagecount_read", whole, Care::root),
	load<"/proc/kpageflags">("read.kpageflags", 8, "kpageflags_read", whole, Care::root),
	load<"/proc/kcore">("read.kcore", 64, "read_kcore_iter", whole, Care::root),
	load<"/proc/sys/kernel/ostype">("read.sysctl-string", 6, "proc_sys_call_handler", whole),
	load<"/proc/sys/kernel/random/uuid">("read.sysctl-uuid", 37, "proc_sys_call_handler",
	     whole),
	load<"/proc/sys/kernel/pid_max">("read.sysctl-number", 4, "proc_sys_call_handler", whole),
	load<"/proc/mounts">("read.proc-mounts", 16, "seq_read_iter"),
	load<"/sys/kernel/mm/transparent_hugepage/enabled">("read.sysfs", 16, "seq_read_iter"),
	load<"/sys/kernel/notes">("read.sysfs-binary", 16, "kernfs_file_read_iter", whole),
	load<"/sys/kernel/tracing/trace_clock">("read.tracefs", 16, "seq_read_iter", partly,
	     Care::root),
	load<"/sys/kernel/tracing/README">("read.tracefs-text", 64, "simple_read_from_buffer",
	     partly, Care::root),

	store<"/proc/self/oom_score_adj">("write.proc-oom_score_adj", EINVAL,
	      "oom_score_adj_write"),
	store<"/proc/self/coredump_filter">("write.proc-coredump_filter", EINVAL,
	      "kstrtouint_from_user"),
	store<"/proc/self/clear_refs">("write.proc-clear_refs", EINVAL, "clear_refs_write"),
	store<"/proc/sys/kernel/pid_max">("write.sysctl-number", EINVAL, "proc_sys_call_handler",
	      Care::root),
	store<"/sys/kernel/mm/transparent_hugepage/enabled">("write.sysfs", EINVAL,
	      "kernfs_fop_write_iter", Care::root),
	store<"/sys/kernel/tracing/trace_clock">("write.tracefs", EINVAL, "tracing_clock_write",
	      Care::root),
	store<"/sys/kernel/tracing/current_tracer">("write.tracefs-tracer", EINVAL,
	      "tracing_set_trace_write", Care::root),
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
