// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/refused.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <seccomp.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "harness/sys/raw.h"

namespace tagtrap {

namespace {

constexpr unsigned limit_s = 10;

void release(char *text)
{
	std::free(text);
}

std::string name_of(int number)
{
	const sys::Owned<char *, release, nullptr> name(
		seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number));
	return name ? std::string(name.get()) : fmt::format("system call {}", number);
}

/// Why the call is refused; empty: it is not, it only finds its arguments wrong.
std::string refusal(int number)
{
	const pid_t child = sys::must(fork(), "a child");
	if (child == 0) {
		alarm(limit_s);
		constexpr uint64_t ones = ~uint64_t{0};
		// Of futex(2) ENOSYS is what an operation that it does not know has for an answer;
		// msgget(2) makes a queue that stays, unless it is told not to.
		const bool none = number == SYS_futex || number == SYS_msgget;
		const uint64_t second = none ? 0 : ones;
		const int64_t result = sys::raw(number, ones, second, ones, ones, ones, ones);
		// Rights that are asked for before the arguments are looked at: the same for all.
		const bool refused = result == -ENOSYS || result == -EPERM || result == -EACCES;
		_exit(refused ? static_cast<int>(-result) : 0);
	}
	int status = 0;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			sys::must(-1, "waiting for a child");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return "a seccomp filter forbids it";
	const bool refused = WIFEXITED(status) && WEXITSTATUS(status) != 0;
	return refused ? std::strerror(WEXITSTATUS(status)) : "";
}

} // namespace

std::map<int, std::string> refused_calls(std::span<const int> numbers)
{
	std::map<int, std::string> found;
	for (const int number : numbers)
		if (std::string why = refusal(number); !why.empty())
			found.emplace(number, fmt::format("{}: {}", name_of(number), why));
	return found;
}

} // namespace tagtrap
