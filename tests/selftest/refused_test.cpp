// SPDX-License-Identifier: GPL-2.0-only
// Calls that a machine does not have, shown by a filter that takes them away.
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <csignal>
#include <seccomp.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/run/refused.h"
#include "harness/sys/must.h"

namespace tagtrap {

namespace {

/// The status of a child in which io_setup has the answer `action`.
int with_answer(uint32_t action, const char *why)
{
	const pid_t child = sys::must(fork(), "fork");
	if (child == 0) {
		signal(SIGSYS, SIG_DFL);
		const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
		if (filter == nullptr ||
		    seccomp_rule_add(filter, action, SCMP_SYS(io_setup), 0) != 0 ||
		    seccomp_load(filter) != 0)
			_exit(2);
		seccomp_release(filter);
		const std::array<int, 2> numbers = {SYS_io_setup, SYS_memfd_create};
		const auto refused = refused_calls(numbers);
		_exit(refused == std::map<int, std::string>{{SYS_io_setup, why}} ? 0 : 1);
	}
	int status = 0;
	sys::must(waitpid(child, &status, 0), "waitpid");
	return status;
}

} // namespace

TEST_CASE("a call that only finds its arguments wrong is not refused")
{
	const std::array<int, 3> numbers = {SYS_memfd_create, SYS_ppoll, SYS_read};
	CHECK(refused_calls(numbers).empty());
}

TEST_CASE("a call that is missing or forbidden is refused")
{
	CHECK(with_answer(SCMP_ACT_ERRNO(ENOSYS), "io_setup: Function not implemented") == 0);
	CHECK(with_answer(SCMP_ACT_ERRNO(EPERM), "io_setup: Operation not permitted") == 0);
	CHECK(with_answer(SCMP_ACT_KILL_PROCESS, "io_setup: a seccomp filter forbids it") == 0);
}

} // namespace tagtrap
