// SPDX-License-Identifier: GPL-2.0-only
#include <sys/wait.h>

#include "tests/process/image.h"

namespace tagtrap {

namespace {

constexpr int64_t not_yet = -EINPROGRESS; ///< the call under test has not returned

int read_and_execute(const ProbeArgs &args)
{
	args.seen->result = sys::raw(SYS_read, sys::arg(args.fd), args.buffer.bits, args.length);
	execute();
	return 0;
}

/// The head of a robust list is read from the old memory by execve(2).
int list_and_execute(const ProbeArgs &args)
{
	sys::raw(SYS_set_robust_list, args.buffer.bits, 3 * sizeof(uint64_t));
	execute();
	return 0;
}

void empty_list(const ProbeArgs &args, unsigned char *bytes)
{
	const std::array<uint64_t, 3> list = {args.buffer.bits, 0, 0};
	std::memcpy(bytes, list.data(), sizeof(list));
}

constexpr Situation after = {.full = 1024, .elsewhere = true, .lacks = no_image};
constexpr Situation during = {.audience = Audience::nobody, .fill = empty_list, .lacks = no_image};

} // namespace

// F9: a fault that the old image was told of is not told to the new one.
static const Case after_row = {
	.name = "read-exec",
	.man = "execve(2)",
	.kernel = "begin_new_exec",
	.direction = Direction::stores,
	.on = pipes_only,
	.situation = &after,
	.needs = image_needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		image_fd();
		args.seen->result = not_yet;
		const int status = run_child(0, read_and_execute, args);
		if (WIFSIGNALED(status) && args.seen->result == not_yet)
			return died(status, args);
		return told(status, args, args.seen->result);
	},
	.promise = whole,
};
// F9: nor is one that execve(2) itself takes on the old memory.
static const Case during_row = {
	.name = "exec-robust_list",
	.man = "get_robust_list(2)",
	.kernel = "futex_exec_release",
	.direction = Direction::loads,
	.on = itself,
	.situation = &during,
	.needs = image_needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		image_fd();
		return told(run_child(0, list_and_execute, args), args, 0);
	},
	.promise = dropped,
};
static const Registered after_registered(after_row);
static const Registered during_registered(during_row);

} // namespace tagtrap
