// SPDX-License-Identifier: GPL-2.0-only
#include <csignal>
#include <sched.h>
#include <sys/wait.h>

#include "tests/process/image.h"
#include "tests/situation.h"

namespace tagtrap {

// F1: the number that clone(2) could not store is missed by nobody but the handler.
namespace {

uint32_t word(const ProbeArgs &args)
{
	return *reinterpret_cast<const volatile uint32_t *>(args.buffer.bits);
}

/// As fork(2) with more flags; both numbers go into the buffer, if they are asked for.
int64_t split(uint64_t flags, const ProbeArgs &args)
{
#if defined(__x86_64__)
	return sys::raw(SYS_clone, flags | SIGCHLD, 0, args.buffer.bits, args.buffer.bits, 0);
#else
	return sys::raw(SYS_clone, flags | SIGCHLD, 0, args.buffer.bits, 0, args.buffer.bits);
#endif
}

/// The child's status, also where clone(2) has made one and tells an error.
int child_status()
{
	int status = 0;
	sys::raw(SYS_wait4, sys::arg(-1), sys::arg(&status), 0, 0);
	return status;
}

[[noreturn]] void leave(bool right)
{
	sys::raw(SYS_exit_group, right ? 0 : 1);
	__builtin_unreachable();
}

int64_t in_parent(const ProbeArgs &args)
{
	const int64_t child = split(CLONE_PARENT_SETTID, args);
	if (child == 0)
		leave(true);
	*args.submit_result = child;
	const int status = child_status();
	if (WIFSIGNALED(status))
		args.seen->child_signal = WTERMSIG(status);
	if (child < 0)
		return child;
	// Without a bad granule the number has to be there.
	return has_bad(args) || word(args) == child ? 0 : -ENODATA;
}

int64_t in_child(const ProbeArgs &args)
{
	const int64_t child = split(CLONE_CHILD_SETTID, args);
	if (child == 0)
		leave(has_bad(args) || word(args) == sys::raw(SYS_getpid));
	*args.submit_result = 0; // what the child was given, whose handler runs
	const int status = child_status();
	if (child < 0)
		return child;
	if (WIFSIGNALED(status))
		return died(status, args);
	return WEXITSTATUS(status) == 0 ? 0 : -ENODATA;
}

constexpr Disposition both[] = {Disposition::handler, Disposition::blocked};
constexpr Situation here = {.dispositions = both, .submits = true};
constexpr Situation there = {.dispositions = both, .elsewhere = true, .submits = true};

Promise passed_over(const Point &, const KernelFacts &)
{
	return {.kind = PromiseKind::ignored,
		.reason = "kernel_clone, schedule_tail: put_user() whose result nobody looks at"};
}

constexpr Case stores_number(std::string_view name, std::string_view kernel,
			     const Situation &situation, int64_t (*probe)(const ProbeArgs &))
{
	return {.name = name,
		.man = "clone(2)",
		.kernel = kernel,
		.direction = Direction::stores,
		.on = itself,
		.situation = &situation,
		.probe = probe,
		.promise = passed_over};
}

} // namespace

static const Case parent_row =
	stores_number("clone-parent_settid", "kernel_clone", here, in_parent);
static const Case child_row = stores_number("clone-child_settid", "schedule_tail", there, in_child);
static const Registered parent_registered(parent_row);
static const Registered child_registered(child_row);

} // namespace tagtrap
