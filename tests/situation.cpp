// SPDX-License-Identifier: GPL-2.0-only
#include "tests/situation.h"

#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <system_error>
#include <unistd.h>

#include "harness/sys/caller.h"

namespace tagtrap {

int64_t done(int64_t result, const char *step)
{
	if (result < 0)
		throw std::system_error(static_cast<int>(-result), std::generic_category(), step);
	return result;
}

int run_child(uint64_t flags, int (*work)(const ProbeArgs &), const ProbeArgs &args)
{
	// Before the clone: behind CLONE_VFORK the child has told by itself, and is over.
	const sys::CallerIs the_child;
	const int64_t child = sys::raw(SYS_clone, flags | SIGCHLD);
	if (child == 0) {
		// Behind CLONE_VFORK the parent cannot tell, and sleeps until this one is through.
		if ((flags & (CLONE_VFORK | CLONE_NEWPID)) == CLONE_VFORK)
			sys::tell_caller(static_cast<int32_t>(sys::raw(SYS_getpid)));
		int status = EXIT_FAILURE;
		try {
			status = work(args);
		} catch (const std::exception &) { // nobody above is for the child to go on with
		}
		sys::raw(SYS_exit_group, sys::arg(status));
		__builtin_unreachable();
	}
	done(child, "a child");
	if ((flags & CLONE_VFORK) == 0)
		sys::tell_caller(static_cast<int32_t>(child));
	int status = 0;
	done(sys::raw(SYS_wait4, arg(child), sys::arg(&status), 0, 0), "waiting for a child");
	return status;
}

namespace {

struct Errand {
	void (*work)(const ProbeArgs &);
	const ProbeArgs *args;
};

int errand(void *argument)
{
	const auto *const what = static_cast<const Errand *>(argument);
	what->work(*what->args);
	sys::raw(SYS_exit, 0);
	return 0;
}

} // namespace

void run_thread(void (*work)(const ProbeArgs &), const ProbeArgs &args, uint64_t tid)
{
	alignas(16) static std::array<unsigned char, 32768> stack;
	Errand what = {work, &args};
	constexpr int shared =
		CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
	const int child = clone(errand, stack.data() + stack.size(),
				shared | (tid != 0 ? CLONE_CHILD_CLEARTID : 0), &what, nullptr,
				nullptr, reinterpret_cast<void *>(tid));
	if (child < 0)
		done(-errno, "a thread");
	const auto self = arg(sys::raw(SYS_getpid));
	// Nobody may wake us if the word is not cleared: ask until it is gone.
	for (int looks = 0; sys::raw(SYS_tgkill, self, sys::arg(child), 0) == 0; ++looks) {
		const timespec pause = {0, looks < 100 ? 10'000 : 1'000'000};
		sys::raw(SYS_nanosleep, sys::arg(&pause), 0);
	}
}

Pipe::Pipe(bool filled)
{
	done(sys::raw(SYS_pipe2, sys::arg(ends.data()), O_CLOEXEC), "pipe2");
	if (filled)
		done(sys::raw(SYS_write, sys::arg(ends[1]), sys::arg("x"), 1), "filling a pipe");
}

Pipe::~Pipe()
{
	sys::raw(SYS_close, sys::arg(ends[0]));
	sys::raw(SYS_close, sys::arg(ends[1]));
}

bool holds_spare(const ProbeArgs &args, uint64_t bytes, uint64_t offset)
{
	unsigned char *const seen = spare_bytes(args) + args.page_size;
	std::memset(seen, 0, bytes);
	const int64_t count =
		sys::raw(SYS_pread64, sys::arg(args.fd), sys::arg(seen), bytes, offset);
	return count == static_cast<int64_t>(bytes) &&
	       std::memcmp(seen, spare_bytes(args), bytes) == 0;
}

void put_fresh(const ProbeArgs &args, unsigned char *bytes)
{
	std::memcpy(bytes, pattern(Content::fresh), args.length);
}

std::string cannot_open(const char *path)
{
	const int64_t fd =
		sys::raw(SYS_openat, sys::arg(AT_FDCWD), sys::arg(path), O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return fmt::format("{}: {}", path, std::strerror(static_cast<int>(-fd)));
	sys::raw(SYS_close, arg(fd));
	return "";
}

std::string other_pages()
{
	return sysconf(_SC_PAGESIZE) == 4096 ? ""
					     : "the buffer is laid out for pages of 4096 bytes";
}

Promise whole(const Point &, const KernelFacts &)
{
	return {.kind = PromiseKind::all_or_nothing,
		.reason = "a structure or string that cannot be copied whole fails the call"};
}

Promise dropped(const Point &, const KernelFacts &)
{
	return {.kind = PromiseKind::ignored,
		.reason = "mm_release: what cannot be accessed is passed over"};
}

} // namespace tagtrap
