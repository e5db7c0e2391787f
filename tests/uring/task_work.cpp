// SPDX-License-Identifier: GPL-2.0-only
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include "tests/situation.h"

namespace tagtrap {

namespace {

constexpr int needs[] = {SYS_ppoll};
constexpr uint64_t mask_size = sizeof(uint64_t);
constexpr int looks_for_sleep = 1000, looks_for_signal = 100; ///< a millisecond apart

void nap()
{
	const timespec pause = {0, 1'000'000};
	sys::raw(SYS_nanosleep, sys::arg(&pause), 0);
}

/// Whether the process whose stat file this is sleeps in a system call.
bool asleep(const char *stat)
{
	std::array<char, 512> text = {};
	const int64_t fd = sys::raw(SYS_openat, sys::arg(AT_FDCWD), sys::arg(stat), O_RDONLY);
	sys::raw(SYS_read, arg(fd), sys::arg(text.data()), text.size() - 1);
	sys::raw(SYS_close, arg(fd));
	const char *const name_end = std::strrchr(text.data(), ')');
	return name_end != nullptr && std::strncmp(name_end, ") S", 3) == 0;
}

/// What a child does: fills `first` while its parent sleeps, and a while later `second`.
void feed(const ProbeArgs &args, const char *stat, int first, int second)
{
	for (int looks = 0; looks < looks_for_sleep && !asleep(stat); ++looks)
		nap();
	sys::raw(SYS_write, sys::arg(first), args.spare.bits, args.length);
	for (int looks = 0; looks < looks_for_signal && args.seen->signal_count == 0; ++looks)
		nap();
	sys::raw(SYS_write, sys::arg(second), sys::arg("x"), 1);
}

/// Sleeps in ppoll(2) until `woken` can be read; the child meanwhile feeds both pipes.
int64_t sleep_until_fed(const ProbeArgs &args, const Pipe &read, const Pipe &woken)
{
	std::array<char, 32> stat;
	std::snprintf(stat.data(), stat.size(), "/proc/%d/stat",
		      static_cast<int>(sys::raw(SYS_getpid)));
	const int64_t child = done(sys::raw(SYS_clone, SIGCHLD), "a child");
	if (child == 0) {
		feed(args, stat.data(), read.ends[1], woken.ends[1]);
		sys::raw(SYS_exit_group, 0);
	}
	pollfd wanted = {woken.ends[0], POLLIN, 0};
	timespec limit = {2, 0}; // shorter than what is taken for a hang
	const int64_t result = sys::raw(SYS_ppoll, sys::arg(&wanted), 1, sys::arg(&limit),
					sys::arg(args.mask), mask_size);
	int status = 0;
	done(sys::raw(SYS_wait4, arg(child), sys::arg(&status), 0, 0), "waiting for a child");
	if (status != 0) { // it has fed nothing
		args.seen->child_signal = WTERMSIG(status);
		sys::raw(SYS_write, sys::arg(read.ends[1]), args.spare.bits, args.length);
	}
	return result;
}

std::string lacks_uring()
{
	const int64_t result = uring_available();
	return result < 0
		       ? "io_uring_setup: " + std::string(std::strerror(static_cast<int>(-result)))
		       : std::string();
}

Promise one_piece(const Point &, const KernelFacts &)
{
	return {.kind = PromiseKind::all_or_nothing,
		.reason = "pipe_read: a buffer that cannot be copied whole is not counted"};
}

constexpr Situation sleeps = {.length = 1024,
			      .full = 1024,
			      .dispositions = with_masks,
			      .submits = true,
			      .lacks = lacks_uring};

} // namespace

// F3: the request is completed while its thread sleeps in another call. That one ends as it would
// have: by its own event, or by the handler.
static const Case sleeps_row = {
	.name = "uring-task-work",
	.man = "io_uring_enter(2)",
	.kernel = "io_poll_task_func",
	.direction = Direction::stores,
	.on = itself,
	.situation = &sleeps,
	.needs = needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		const Pipe read(false), woken(false);
		Batch batch;
		io_uring_prep_read(batch.add(), read.ends[0],
				   reinterpret_cast<void *>(args.buffer.bits),
				   static_cast<unsigned>(args.length), 0);
		done(batch.enter(0, nullptr), "io_uring_enter");
		args.seen->siblings_due = 1;
		const int64_t slept = sleep_until_fed(args, read, woken);
		*args.submit_result = slept;
		const bool caught = args.seen->signal_count != 0;
		args.seen->siblings_done = slept == 1 || (caught && slept == -EINTR);
		batch.wait(1);
		return batch.result(0);
	},
	.promise = one_piece,
};
static const Registered sleeps_registered(sleeps_row);

} // namespace tagtrap
