// SPDX-License-Identifier: GPL-2.0-only
#include <sched.h>

#include "tests/process/image.h"
#include "tests/robust.h"

namespace tagtrap {

// F9: what execve(2) still does to memory that others share with the old image: faults that it
// takes there are nobody's. After a vfork the parent can look.
namespace {

constexpr uint64_t sharing = CLONE_VM | CLONE_VFORK;
constexpr int clear_needs[] = {SYS_execveat, SYS_memfd_create, SYS_set_tid_address};

void number_word(const ProbeArgs &, unsigned char *bytes)
{
	std::memset(bytes, 0x5a, sizeof(uint32_t));
}

int clear_and_execute(const ProbeArgs &args)
{
	sys::raw(SYS_set_tid_address, args.buffer.bits);
	execute();
	return 0;
}

int lock_and_execute(const ProbeArgs &mine)
{
	take_locks(mine);
	execute();
	return 0;
}

constexpr Situation clears = {.audience = Audience::nobody, .fill = number_word, .lacks = no_image};
constexpr Situation marks = {.audience = Audience::nobody, .fill = last_entry, .lacks = no_image};

} // namespace

static const Case clears_row = {
	.name = "exec-clear_child_tid",
	.man = "set_tid_address(2)",
	.kernel = "mm_release",
	.direction = Direction::stores,
	.on = itself,
	.situation = &clears,
	.needs = clear_needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		image_fd();
		const int status = run_child(sharing, clear_and_execute, args);
		// Where nothing is bad the word has to be cleared, or the case shows nothing.
		if (!has_bad(args) && *reinterpret_cast<uint32_t *>(args.buffer.bits) != 0)
			return -ENODATA;
		return told(status, args, 0);
	},
	.promise = dropped,
};
// F4: as when a thread exits.
static const Case marks_row = {
	.name = "exec-robust_entry",
	.man = "get_robust_list(2)",
	.kernel = "futex_exec_release",
	.direction = Direction::loads,
	.on = itself,
	.situation = &marks,
	.needs = image_needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		image_fd();
		with_locks(args, [](const ProbeArgs &mine) {
			const int status = run_child(sharing, lock_and_execute, mine);
			mine.seen->result = told(status, mine, 0);
		});
		return args.seen->result;
	},
	.promise = dropped,
};
static const Registered clears_registered(clears_row);
static const Registered marks_registered(marks_row);

} // namespace tagtrap
