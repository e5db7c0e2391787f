// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/others.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/sys/must.h"
#include "harness/sys/owned.h"

namespace tagtrap {

namespace {

constexpr int grace_ms = 1000; ///< how long SIGKILL may take

/// One round of ordinary work on the mount. False: it was refused.
bool round(const std::string &path)
{
	std::array<char, 4096> data = {};
	const sys::Fd file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	if (!file)
		return errno == ENOSPC || errno == EDQUOT;
	// To be told that there is no room is an answer like another.
	const ssize_t written = write(file.get(), data.data(), data.size());
	const bool full = written < 0 && (errno == ENOSPC || errno == EDQUOT);
	const bool done =
		full || (written > 0 && pread(file.get(), data.data(), data.size(), 0) > 0);
	return unlink(path.c_str()) == 0 && done;
}

} // namespace

Others::Others(const std::string &directory)
	: path_(directory + "/tagtrap-other-" + std::to_string(getpid()))
{
	void *const page = mmap(nullptr, sizeof(*rounds_), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	rounds_ =
		new (sys::must(page, "memory shared with a second task")) std::atomic<uint64_t>(0);
	pid_ = sys::must(fork(), "fork of a second task");
	if (pid_ == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		constexpr timespec pause = {0, 1'000'000};
		for (;;)
			if (round(path_))
				++*rounds_;
			else
				nanosleep(&pause, nullptr); // it may be let again
	}
}

Others::~Others()
{
	const sys::Fd handle(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
	kill(pid_, SIGKILL);
	pollfd wait = {handle.get(), POLLIN, 0};
	if (poll(&wait, 1, grace_ms) == 1) // else it is stuck behind the one that hangs
		waitpid(pid_, nullptr, 0);
	else
		waitpid(pid_, nullptr, WNOHANG);
	if (wait.revents != 0)
		unlink(path_.c_str());
	munmap(rounds_, sizeof(*rounds_));
}

} // namespace tagtrap
