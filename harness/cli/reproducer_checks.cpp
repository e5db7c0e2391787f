// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/reproducer_checks.h"

#include <cctype>
#include <fmt/format.h>
#include <fstream>
#include <system_error>

#include "harness/report/reproducer.h"
#include "harness/sys/process.h"

namespace tagtrap {

namespace {

void write_source(const std::string &path, const std::string &text)
{
	std::ofstream file(path);
	file << text;
	file.close();
	if (!file)
		throw std::system_error(errno, std::generic_category(), "writing " + path);
}

} // namespace

std::string arm64_compiler()
{
	constexpr const char *cross = "aarch64-linux-gnu-gcc";
#if defined(__aarch64__)
	if (sys::on_path("gcc"))
		return "gcc";
#endif
	return sys::on_path(cross) ? cross : "";
}

std::vector<std::string> compile_command(const std::string &compiler, const std::string &source,
					 const std::string &program)
{
	return {compiler, "-O2", "-static", "-Wall", "-Wextra", "-Werror", "-o", program, source};
}

std::string file_name_of(const std::string &id)
{
	std::string name;
	for (const char c : id) {
		if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_')
			name += c;
		else // `.` in front of what stands for another character keeps names apart
			name += c == '/' ? ".."
					 : fmt::format(".{:02x}", static_cast<unsigned char>(c));
	}
	return name;
}

BuiltReproducer build_reproducer(const std::string &directory, const std::string &id,
				 const Terms &terms, const Verdict &verdict,
				 const std::string &compiler)
{
	BuiltReproducer built = {.id = id};
	const auto made = reproducer(id, terms, verdict);
	built.wrong = made.why_not;
	if (made.source.empty())
		return built;
	const std::string program = directory + "/" + file_name_of(id);
	built.source = program + ".c";
	write_source(built.source, made.source);
	const auto done = sys::run({.argv = compile_command(compiler, built.source, program)});
	if (done.status == 0)
		built.program = program;
	else
		built.wrong = sys::last_lines(done.err, 10);
	return built;
}

std::vector<BuiltReproducer> build_reproducers(const std::string &directory,
					       const std::vector<std::string> &ids,
					       const Terms &terms, const std::string &compiler)
{
	std::vector<BuiltReproducer> all;
	for (const auto &id : ids)
		all.push_back(build_reproducer(directory, id, terms, {}, compiler));
	return all;
}

std::vector<std::string> reproduced_ids()
{
	return {
		"read/gfs2/cached/sync/4096@0/handler",
		"read/ext4/hole/sync/4096@2048/handler",
		"read/ext4/cold/sync/16384@4096/handler",
		"read/ext4/small/sync/1000@496/handler",
		"read/ext4/cached+direct/sync/4096@2048/handler",
		"read/tmpfs/cached/none/4096@2048/handler",
		"read/tmpfs/cached/async/4096@2048/handler",
		"read/tmpfs/cached/asymm/4096@2048/handler",
		"read/tmpfs/cached/storeonly/4096@2048/handler",
		"read/pipe/plain/sync/4096@2048/blocked",
		"read/unix/plain/sync/4096@2048/ignored",
		"read/pipe/good/sync/4096@2048/default",
		"read/tmpfs/cached+unmapped/sync/16384@4096/handler",
		"read/tmpfs/cached+protnone/sync/16384@4096/handler",
		"read/tmpfs/cached+rdonly/sync/16384@4096/handler",
		"read/pipe/tco/sync/4096@2048/handler",
		"read/pipe/align8/sync/4096@2040/restart",
		"read/pipe/plain/sync/4096@2048/thread",
		"read/pipe/plain/sync/4096@2048/thread+blocked",
		"read/pipe/plain/sync/4096@2048/altstack",
		"read/pipe/plain/sync/4096@2048/pending",
		"readv/ext4/cached+seg2/sync/4096@2048/nodefer",
		"preadv2/ext4/cached+seg3/sync/5000@4000/noexpose",
		"pread64/xfs/cached/sync/4096@2048/handler",
		"write/ext4/new/sync/4096@2048/handler",
		"write/ext4/cold/sync/4096@2048/handler",
		"write/ext4/hole/sync/4096@2048/handler",
		"write/ext4/small/sync/1000@496/handler",
		"write/btrfs/new+direct/sync/4096@2048/handler",
		"write/f2fs/cached+direct/sync/4096@2048/handler",
		"write/unix/plain/sync/4096@2048/handler",
		"pwrite64/tmpfs/cached/sync/4096@2048/handler",
		"writev/pipe/seg2/sync/4096@2048/thread",
		"pwritev2/tmpfs/cached/sync/4096@2048/noexpose-restart",
		"uring-read/ext4/cached/sync/4096@2048/handler",
		"uring-write/btrfs/new+direct+worker/sync/4096@2048/handler",
		"uring-readv/pipe/seg2/sync/4096@2048/handler",
		"uring-writev/ext4/cached+sqpoll/sync/4096@2048/altstack",
		"uring-read_fixed/ext4/cached/sync/4096@2048/handler",
		"tree_search_v2/btrfs/cached/sync/4096@128/handler",
		"process_vm_readv/self/plain/sync/1024@512/handler",
		"process_vm_readv-remote/self/plain/sync/1024@512/handler",
		"faccessat/self/align4/sync/1024@508/handler",
		"faccessat-before/self/align4/sync/1024@508/handler",
		"sendmmsg/self/plain/sync/1024@512/handler",
		"recvmmsg/self/plain/sync/1024@512/handler",
		"rt_sigreturn/self/plain/sync/1024@0/handler",
		"rt_sigreturn/self/plain/sync/1024@0/blocked",
		"statx.buf/ext4/plain/sync/@last/handler",
		"statx.path/tmpfs/plain/sync/@middle/blocked",
		"openat.filename/tmpfs/good/sync/@first/handler",
		"chdir.filename/self/plain/sync/@behind/handler",
		"ppoll.fds/pipe/plain/sync/@first/handler",
		"writev.vec/pipe/plain/sync/@last/handler",
	};
}

} // namespace tagtrap
